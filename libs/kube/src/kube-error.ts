/** What went wrong with a Kubernetes API, for whoever must decide what to do next. Classified here, once. */
export type KubeErrorKind =
  /** No connection, or it broke. */
  | 'unreachable'
  /** No answer in time. */
  | 'timeout'
  /** The server's certificate is not what the kubeconfig says. */
  | 'tls'
  /** The address is one that a member may not lead the hub to. */
  | 'addressRefused'
  | 'unauthorized'
  | 'forbidden'
  /** The object is not there. */
  | 'notFound'
  /** The kind is not there: its CRD is missing. */
  | 'notServed'
  /** A resourceVersion or continue token is too old. */
  | 'expired'
  | 'conflict'
  | 'alreadyExists'
  | 'invalid'
  | 'throttled'
  /** 5xx: the server can't at the moment. */
  | 'unavailable'
  /** The answer is not what a Kubernetes API says: cut off, not JSON, another kind, too large. */
  | 'malformed'
  /** There is more of it than is taken in of one cluster. */
  | 'excessive';

/** A failure of a call to a Kubernetes API. Its message never holds a token or a key. */
export class KubeError extends Error {
  override readonly name = 'KubeError';

  constructor(
    readonly kind: KubeErrorKind,
    message: string,
    readonly details: {
      readonly status?: number;
      readonly reason?: string;
      readonly retryAfterMs?: number;
      readonly causes?: readonly StatusCause[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

/** One field that the API server refused. */
export interface StatusCause {
  readonly field?: string;
  readonly message?: string;
  readonly reason?: string;
}

/** How many characters of a server's words are kept: they go into conditions and events, and a member could say anything at any length. */
const maxMessage = 1024;

interface Status {
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly code?: unknown;
  readonly details?: { readonly causes?: readonly StatusCause[]; readonly retryAfterSeconds?: number } | null;
}

/** How an API server says that what is applied does not fit the schema of its kind. */
const unfit = /^failed to (?:create typed patch object \((\S+); [^)]*Kind=(\w+)\)|merge config): /;

/** The error of an answer that is not a success. A CRD that is missing answers 404 in plain text, an object that is missing with a Status. */
export function errorOfAnswer(status: number, headers: Readonly<Record<string, string | undefined>>, body: string): KubeError {
  const parsed = parseStatus(body);
  const message = typeof parsed?.message === 'string' ? shortened(parsed.message) : `the API server answered ${status}`;
  const reason = typeof parsed?.reason === 'string' ? parsed.reason : undefined;
  if (status === 500 && unfit.test(message)) return errorOfUnfit(message);
  const retryAfterMs = retryAfter(headers['retry-after'], parsed?.details?.retryAfterSeconds);
  return new KubeError(kindOf(status, reason, parsed !== undefined), message, {
    status,
    ...(reason !== undefined && { reason }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(parsed?.details?.causes && { causes: parsed.details.causes }),
  });
}

/**
 * The error of an object with fields that its kind does not have. API servers answer a server-side apply of it with 500 and without a reason
 * (Kubernetes 1.37), although it is the object that is wrong.
 */
function errorOfUnfit(message: string): KubeError {
  const [start = '', name = '', kind = ''] = unfit.exec(message) ?? [];
  const lines = message
    .slice(start.length)
    .replace(/^errors:\n/, '')
    .split('\n');
  const causes = lines.flatMap((line) => {
    const [, field, problem] = /^\s*\.([^:\s]+): (.+)$/.exec(line) ?? [];
    return field === undefined || problem === undefined ? [] : [{ field, message: unfitText(problem, kind) }];
  });
  const told = causes.map((cause) => `${cause.field}: ${cause.message}`).join('; ');
  return new KubeError('invalid', causes.length === 0 ? message : `${kind} ${name}: ${told}`, { status: 500, reason: 'Invalid', causes });
}

function unfitText(problem: string, kind: string): string {
  if (problem === 'field not declared in schema') return `${kind} has no such field: leave it out, or correct its name`;
  const [, expected, got] = /^expected (\w+), got &value\.valueUnstructured\{Value:(.*)\}$/.exec(problem) ?? [];
  return expected === undefined ? problem : `must be a ${expected}, not ${got}`;
}

/** The error of a Status object inside a watch. */
export function errorOfStatus(object: unknown): KubeError {
  const { code } = (object ?? {}) as Status;
  return errorOfAnswer(typeof code === 'number' ? code : 500, {}, JSON.stringify(object ?? null));
}

function kindOf(status: number, reason: string | undefined, isStatus: boolean): KubeErrorKind {
  if (status === 404) return isStatus && reason === 'NotFound' ? 'notFound' : 'notServed';
  if (status === 409) return reason === 'AlreadyExists' ? 'alreadyExists' : 'conflict';
  const known: Readonly<Record<number, KubeErrorKind>> = {
    400: 'invalid',
    401: 'unauthorized',
    403: 'forbidden',
    405: 'invalid',
    406: 'malformed',
    410: 'expired',
    413: 'invalid',
    415: 'invalid',
    422: 'invalid',
    429: 'throttled',
  };
  return known[status] ?? (status >= 500 ? 'unavailable' : 'malformed');
}

function parseStatus(body: string): Status | undefined {
  try {
    const parsed = JSON.parse(body) as Status | null;
    return parsed !== null && parsed.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds or nothing: API servers send no dates. Bounded, so that no server can put the hub to sleep. */
function retryAfter(header: string | undefined, seconds: number | undefined): number | undefined {
  const value = Number(header ?? seconds);
  return Number.isFinite(value) && value >= 0 && (header ?? seconds) !== undefined ? Math.min(value, 300) * 1000 : undefined;
}

/** The error of a connection or a stream that broke. */
export function errorOfSocket(error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  const { code, name, message } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown; readonly message?: unknown };
  const text = shortened([message, error].find((words) => typeof words === 'string') ?? '');
  if (typeof code === 'string' && isTlsCode(code)) return new KubeError('tls', `TLS: ${text}`, { cause: error });
  if (name === 'TimeoutError') return new KubeError('timeout', 'no answer in time', { cause: error });
  return new KubeError('unreachable', text || 'the connection broke', { cause: error });
}

function shortened(text: string): string {
  return text.length <= maxMessage ? text : `${text.slice(0, maxMessage - 1)}…`;
}

function isTlsCode(code: string): boolean {
  return /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH|ERR_SSL_|EPROTO)/.test(code);
}
