import type { HttpRequest, HttpResponse } from '../server/http-message.js';
import type { Violation } from '../validation/shape-validator.js';
import type { AwsError } from './aws-error.js';
import type { FailureKind } from './request-failure.js';

/** One of the three wire protocols, bound to the model of the service that speaks it. */
export interface Protocol {
  /** The operation that a request names. Throws a RequestFailure where there is none, or where it is refused by name. */
  resolve(request: HttpRequest): string;
  /** The input as plain values, not yet validated. Throws a RequestFailure `cannotParse`. */
  parse(operation: string, request: HttpRequest): Readonly<Record<string, unknown>>;
  /** The error for input that breaks the model. */
  invalid(violations: readonly Violation[]): AwsError;
  /** The error for what the front door refuses. */
  failure(kind: FailureKind, message: string, retryAfterSeconds?: number): AwsError;
  writeResult(operation: string, output: object, requestId: string, request: HttpRequest): HttpResponse;
  writeError(error: AwsError, requestId: string, request: HttpRequest): HttpResponse;
}
