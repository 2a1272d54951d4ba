import type { ServiceModel } from '../models/service-model.js';
import { headerOf } from '../server/http-message.js';
import type { HttpRequest, HttpResponse } from '../server/http-message.js';
import type { Violation } from '../validation/shape-validator.js';
import { validationMessage } from '../validation/validation-message.js';
import { AwsError } from './aws-error.js';
import { jsonObject } from './json-body.js';
import { shapedOutput } from './output-filter.js';
import type { Protocol } from './protocol.js';
import { RequestFailure } from './request-failure.js';
import type { FailureKind } from './request-failure.js';

const failures: Readonly<Record<FailureKind, readonly [code: string, status: number]>> = {
  missingToken: ['MissingAuthenticationTokenException', 400],
  incompleteSignature: ['IncompleteSignatureException', 400],
  unknownKey: ['UnrecognizedClientException', 400],
  badSignature: ['InvalidSignatureException', 400],
  expiredToken: ['ExpiredTokenException', 400],
  accessDenied: ['AccessDeniedException', 400],
  throttled: ['ThrottledException', 400],
  internal: ['InternalServiceException', 500],
  unavailable: ['ServiceUnavailable', 503],
  unknownOperation: ['UnknownOperationException', 400],
  notServed: ['NotImplemented', 501],
  cannotParse: ['SerializationException', 400],
  tooLarge: ['RequestEntityTooLargeException', 413],
};

/** The prefix of X-Amz-Target that names the Resource Groups Tagging API. */
const taggingTargetPrefix = 'ResourceGroupsTaggingAPI_20170126';

/** AWS JSON 1.1 as the Resource Groups Tagging API speaks it: `X-Amz-Target` names the operation, everything else is in the body. */
export class AwsJson implements Protocol {
  /** @param validationCode what the service calls input that breaks its model, asked at every such answer */
  constructor(
    private readonly model: ServiceModel,
    private readonly validationCode: () => string,
  ) {}

  resolve(request: HttpRequest): string {
    const target = headerOf(request, 'x-amz-target') ?? '';
    const [prefix, operation = '', ...more] = target.split('.');
    const isKnown = prefix === taggingTargetPrefix && more.length === 0 && request.rawPath === '/' && request.method === 'POST';
    if (isKnown && Object.hasOwn(this.model.operations, operation)) return operation;
    if (isKnown && Object.hasOwn(this.model.refused, operation)) {
      throw new RequestFailure('notServed', `The simulator does not serve ${operation} of the Resource Groups Tagging API.`);
    }
    throw new RequestFailure('unknownOperation', `Unknown operation: ${target}`);
  }

  parse(_operation: string, request: HttpRequest): Readonly<Record<string, unknown>> {
    return jsonObject(request.body);
  }

  invalid(violations: readonly Violation[]): AwsError {
    const typeProblem = violations.find((violation) => violation.kind === 'type');
    if (typeProblem) return this.failure('cannotParse', `${typeProblem.constraint} at '${typeProblem.path.join('.')}'`);
    return new AwsError(this.validationCode(), 400, validationMessage(violations));
  }

  failure(kind: FailureKind, message: string): AwsError {
    const [code, status] = failures[kind];
    return new AwsError(code, status, message);
  }

  writeResult(operation: string, output: object, requestId: string): HttpResponse {
    const shape = this.model.operations[operation]?.output;
    const body = shape === undefined ? {} : shapedOutput(this.model, shape, output, (time) => time.getTime() / 1_000);
    return { kind: 'response', status: 200, headers: headersFor(requestId), body: JSON.stringify(body) };
  }

  writeError(error: AwsError, requestId: string): HttpResponse {
    const isModelled = Object.hasOwn(this.model.shapes, error.code);
    const message = isModelled ? { Message: error.message } : { message: error.message };
    const body = JSON.stringify({ __type: error.code, ...message, ...error.members });
    return { kind: 'response', status: error.status, headers: { ...headersFor(requestId), ...error.headers }, body };
  }
}

function headersFor(requestId: string): Record<string, string> {
  return { 'x-amzn-requestid': requestId, 'content-type': 'application/x-amz-json-1.1' };
}
