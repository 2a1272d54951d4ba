/** What can go wrong before or around an operation, in words of no protocol. Each protocol has its own code, status and shape for it. */
export type FailureKind =
  | 'missingToken'
  | 'incompleteSignature'
  | 'unknownKey'
  | 'badSignature'
  | 'expiredToken'
  | 'accessDenied'
  | 'throttled'
  | 'internal'
  | 'unavailable'
  | 'unknownOperation'
  | 'notServed'
  | 'cannotParse'
  | 'tooLarge';

/** Thrown by whoever refuses a request without knowing its protocol; the protocol turns it into an {@link AwsError}. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';

  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}
