/** A value that does not fit its type; the message is the one of Go's decoder. */
export class TypeMismatchError extends Error {
  override readonly name = 'TypeMismatchError';

  constructor(
    message: string,
    /** What the API server says where the value came out of a strategic merge, which is converted by another decoder. */
    readonly mergedMessage: string = message,
  ) {
    super(message);
  }
}
