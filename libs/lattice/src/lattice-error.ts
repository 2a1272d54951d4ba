/** What went wrong with an AWS call, for whoever must decide what to do next. Classified here, once. */
export type LatticeErrorKind =
  | 'notFound'
  /** The name is taken, the group is in use, or another change is under way. */
  | 'conflict'
  /** The group is being created or deleted, or its targets are draining: the same call works later. */
  | 'notReady'
  | 'throttled'
  | 'quota'
  /** The role may not do it. */
  | 'denied'
  /** The role could not be assumed. Nothing is called in its stead. */
  | 'notAssumed'
  /** The credentials lead to another account than the one that was declared. */
  | 'wrongAccount'
  | 'invalid'
  /** The hub's Lease on the cluster ends too soon, or is gone: no attempt was begun. */
  | 'fenced'
  /** 5xx, a broken connection or no answer: what was asked for may or may not have been done. */
  | 'unavailable';

/** A failure of an AWS call. */
export class LatticeError extends Error {
  override readonly name = 'LatticeError';

  constructor(
    readonly kind: LatticeErrorKind,
    message: string,
    readonly details: {
      readonly code?: string;
      readonly requestId?: string;
      readonly retryAfterMs?: number;
      /** An attempt before this one may have been carried out. */
      readonly isUnsure?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }

  /** Whether it is unknown if the call took effect. */
  get isUnknownOutcome(): boolean {
    return this.kind === 'unavailable' || this.details.isUnsure === true;
  }

  /** The same failure, of a call of which an attempt before may have been carried out. */
  afterUnsureAttempt(): LatticeError {
    return new LatticeError(this.kind, this.message, { ...this.details, isUnsure: true });
  }
}

const kindOfCode: Readonly<Record<string, LatticeErrorKind>> = {
  ResourceNotFoundException: 'notFound',
  ConflictException: 'conflict',
  ThrottlingException: 'throttled',
  ThrottledException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  ServiceQuotaExceededException: 'quota',
  AccessDeniedException: 'denied',
  AccessDenied: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidSignatureException: 'denied',
  SignatureDoesNotMatch: 'denied',
  IncompleteSignature: 'denied',
  ExpiredTokenException: 'denied',
  ExpiredToken: 'denied',
  RequestExpired: 'denied',
  ValidationException: 'invalid',
  ValidationError: 'invalid',
  InvalidParameterException: 'invalid',
  UnknownOperationException: 'invalid',
};

/** The error of an SDK call. By name, because front-door errors come without a class of their own. */
export function latticeErrorOf(error: unknown): LatticeError {
  if (error instanceof LatticeError) return error;
  const { name, message, $metadata, retryAfterSeconds } = (error ?? {}) as {
    name?: string;
    message?: string;
    $metadata?: { requestId?: string; httpStatusCode?: number };
    retryAfterSeconds?: number;
  };
  const kind = kindOf(name ?? '', message ?? '', $metadata?.httpStatusCode);
  return new LatticeError(kind, `${name ?? 'Error'}: ${message ?? 'unknown'}`, {
    ...(name !== undefined && { code: name }),
    ...($metadata?.requestId !== undefined && { requestId: $metadata.requestId }),
    ...(typeof retryAfterSeconds === 'number' && { retryAfterMs: retryAfterSeconds * 1000 }),
    cause: error,
  });
}

function kindOf(name: string, message: string, status: number | undefined): LatticeErrorKind {
  const known = kindOfCode[name];
  if (known === 'conflict' && /status: (CREATE|DELETE)_IN_PROGRESS|draining/i.test(message)) return 'notReady';
  if (known) return known;
  if (status === 403) return 'denied';
  if (status === 429) return 'throttled';
  if (status !== undefined && status >= 400 && status < 500) return 'invalid';
  return 'unavailable';
}

/** Whether a session's credentials were no good any more, so that new ones are worth a try. */
export function isExpiredCredentials(error: unknown): boolean {
  const { name } = (error ?? {}) as { name?: string };
  return name === 'ExpiredTokenException' || name === 'ExpiredToken' || name === 'RequestExpired';
}
