import { goQuote } from '../object/go-quote.js';
import type { JsonObject } from '../object/json-value.js';
import { aggregateErrors, nowhere } from './field-error.js';
import type { FieldError } from './field-error.js';

/** One cause in the details of a Status. */
export interface StatusCause extends JsonObject {
  reason?: string;
  message?: string;
  field?: string;
}

/** The body of an answer that is no object (Kubernetes API conventions, "Response Status Kind"). */
export interface StatusBody extends JsonObject {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: JsonObject;
  status: 'Failure' | 'Success';
  message?: string;
  reason?: string;
  details?: JsonObject;
  code?: number;
}

/** A group and a resource or kind, as they stand in messages: `services`, `leases.coordination.k8s.io`. */
export interface GroupName {
  readonly group: string;
  readonly name: string;
}

const qualified = ({ group, name }: GroupName): string => (group === '' ? name : `${name}.${group}`);

/** An answer of the API server that is an error: an HTTP status code and the Status body that goes with it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: number,
    readonly body: StatusBody,
  ) {
    super(body.message ?? '');
  }

  get reason(): string {
    return this.body.reason ?? '';
  }

  /** After how many seconds to come back, as the Retry-After header says it; undefined where there is no such header. */
  get retryAfterSeconds(): number | undefined {
    const seconds = this.body.details?.['retryAfterSeconds'];
    return typeof seconds === 'number' && seconds > 0 ? seconds : undefined;
  }
}

interface Failure {
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
  readonly details?: JsonObject;
}

/** Any failure, from its parts. */
export function failure({ code, reason, message, details }: Failure): ApiError {
  return new ApiError(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });
}

function detailsOf(target: GroupName, objectName: string): JsonObject {
  return { ...(objectName === '' ? {} : { name: objectName }), ...(target.group === '' ? {} : { group: target.group }), kind: target.name };
}

export const badRequest = (message: string): ApiError => failure({ code: 400, reason: 'BadRequest', message });
export const unauthorized = (): ApiError => failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
export const notFound = (resource: GroupName, name: string): ApiError =>
  failure({
    code: 404,
    reason: 'NotFound',
    message: `${qualified(resource)} ${goQuote(name)} not found`,
    details: detailsOf(resource, name),
  });
export const alreadyExists = (resource: GroupName, name: string): ApiError =>
  failure({
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualified(resource)} ${goQuote(name)} already exists`,
    details: detailsOf(resource, name),
  });
export const conflict = (target: GroupName, name: string, why: string): ApiError =>
  failure({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualified(target)} ${goQuote(name)}: ${why}`,
    details: detailsOf(target, name),
  });
export const forbidden = (resource: GroupName, name: string, why: string, causes?: StatusCause[]): ApiError =>
  failure({
    code: 403,
    reason: 'Forbidden',
    message:
      resource.name === '' ? `forbidden: ${why}` : `${qualified(resource)} ${name === '' ? '' : `${goQuote(name)} `}is forbidden: ${why}`,
    details: resource.name === '' ? {} : { ...detailsOf(resource, name), ...(causes === undefined ? {} : { causes }) },
  });
export const expired = (message: string): ApiError => failure({ code: 410, reason: 'Expired', message });
export const internalError = (message: string): ApiError =>
  failure({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${message}`, details: { causes: [{ message }] } });
export const tooLarge = (message: string): ApiError =>
  failure({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: ${message}` });
export const methodNotAllowed = (): ApiError =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });
/** The answer of the part that serves custom resources. */
export const unsupportedMethod = (resource: GroupName): ApiError =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: ` is not supported on resources of kind ${goQuote(qualified(resource))}`,
    details: detailsOf(resource, ''),
  });
export const notAcceptable = (accepted: readonly string[]): ApiError =>
  failure({ code: 406, reason: 'NotAcceptable', message: `only the following media types are accepted: ${accepted.join(', ')}` });
export const noRepresentation = (available: readonly string[]): ApiError =>
  failure({
    code: 406,
    reason: 'NotAcceptable',
    message: `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`,
    details: {},
  });
export const unknownPatchType = (): ApiError =>
  failure({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });
export const unsupportedMediaType = (accepted: readonly string[]): ApiError =>
  failure({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  });
export const unprocessable = (): ApiError =>
  failure({ code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {} });
export const tooManyRequests = (message: string, retryAfterSeconds: number): ApiError =>
  failure({ code: 429, reason: 'TooManyRequests', message, details: retryAfterSeconds > 0 ? { retryAfterSeconds } : {} });

/** The object's fields are wrong; details.kind is a kind where the object was validated, a resource where it was not reached. */
export function invalidObject(kind: GroupName, name: string, errors: readonly FieldError[]): ApiError {
  const causes: StatusCause[] = errors.map((error) => ({
    reason: error.type,
    message: error.body,
    field: error.field === '' ? nowhere : error.field,
  }));
  return failure({
    code: 422,
    reason: 'Invalid',
    message: `${qualified(kind)} ${goQuote(name)} is invalid: ${aggregateErrors(errors)}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      ...(kind.name === '' ? {} : { kind: kind.name }),
      causes,
    },
  });
}

/** A resourceVersion that this server has not reached: after a wait, 504 with a cause that clients look for. */
export const resourceVersionTooLarge = (requested: number, current: number): ApiError =>
  failure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${requested}, current: ${current}`,
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  });
