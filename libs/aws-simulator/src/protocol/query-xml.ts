import type { ServiceModel } from '../models/service-model.js';
import { headerOf } from '../server/http-message.js';
import type { HttpRequest, HttpResponse } from '../server/http-message.js';
import { queryPairs } from '../server/query-parameters.js';
import type { Violation } from '../validation/shape-validator.js';
import { validationMessage } from '../validation/validation-message.js';
import { AwsError } from './aws-error.js';
import { formStructure } from './form-structure.js';
import { shapedOutput } from './output-filter.js';
import type { Protocol } from './protocol.js';
import { RequestFailure } from './request-failure.js';
import type { FailureKind } from './request-failure.js';

/** STS's own codes; they differ from those of the JSON protocols in name and in status. */
const failures: Readonly<Record<FailureKind, readonly [code: string, status: number]>> = {
  missingToken: ['MissingAuthenticationToken', 403],
  incompleteSignature: ['IncompleteSignature', 400],
  unknownKey: ['InvalidClientTokenId', 403],
  badSignature: ['SignatureDoesNotMatch', 403],
  expiredToken: ['ExpiredToken', 403],
  accessDenied: ['AccessDenied', 403],
  throttled: ['Throttling', 400],
  internal: ['InternalFailure', 500],
  unavailable: ['ServiceUnavailable', 503],
  unknownOperation: ['InvalidAction', 400],
  notServed: ['NotImplemented', 501],
  cannotParse: ['MalformedInput', 400],
  tooLarge: ['RequestEntityTooLarge', 413],
};

/** The AWS Query protocol: a form names `Action` and `Version` and carries the input flat; the answer is XML, or JSON where a client asks. */
export class QueryXml implements Protocol {
  constructor(private readonly model: ServiceModel) {}

  resolve(request: HttpRequest): string {
    const form = formOf(request);
    const action = form.get('Action') ?? '';
    const version = form.get('Version') ?? this.model.apiVersion;
    if (request.rawPath !== '/' || !['GET', 'POST'].includes(request.method)) {
      throw new RequestFailure('unknownOperation', `Unknown operation: ${request.method} ${request.rawPath}`);
    }
    if (version === this.model.apiVersion && Object.hasOwn(this.model.operations, action)) return action;
    if (version === this.model.apiVersion && Object.hasOwn(this.model.refused, action)) {
      throw new RequestFailure('notServed', `The simulator does not serve ${action} of AWS STS.`);
    }
    throw new RequestFailure('unknownOperation', `Could not find operation ${action} for version ${version}`);
  }

  parse(operation: string, request: HttpRequest): Readonly<Record<string, unknown>> {
    const input = this.model.operations[operation]?.input;
    return input === undefined ? {} : formStructure(this.model, input, formOf(request));
  }

  invalid(violations: readonly Violation[]): AwsError {
    const typeProblem = violations.find((violation) => violation.kind === 'type');
    if (typeProblem) return this.failure('cannotParse', `${typeProblem.constraint} at '${typeProblem.path.join('.')}'`);
    return new AwsError('ValidationError', 400, validationMessage(violations));
  }

  failure(kind: FailureKind, message: string): AwsError {
    const [code, status] = failures[kind];
    return new AwsError(code, status, message);
  }

  writeResult(operation: string, output: object, requestId: string, request: HttpRequest): HttpResponse {
    const { output: shape, resultWrapper } = this.model.operations[operation] ?? {};
    const result = shape === undefined ? {} : shapedOutput(this.model, shape, output, secondsIso);
    const wrapper = resultWrapper ?? `${operation}Result`;
    if (asksForJson(request)) {
      return answer(
        200,
        requestId,
        'application/json',
        JSON.stringify({ [`${operation}Response`]: { [wrapper]: result, ResponseMetadata: { RequestId: requestId } } }),
      );
    }
    const body = element(wrapper, result) + element('ResponseMetadata', { RequestId: requestId });
    return answer(200, requestId, 'text/xml', `<${operation}Response xmlns="${this.#namespace()}">${body}</${operation}Response>\n`);
  }

  writeError(error: AwsError, requestId: string, request: HttpRequest): HttpResponse {
    const details = { Type: error.status >= 500 ? 'Receiver' : 'Sender', Code: error.code, Message: error.message };
    // STS was seen to cut a body that is too long with a bare 413.
    if (error.status === 413) return answer(413, requestId, 'text/xml', '');
    if (asksForJson(request))
      return answer(error.status, requestId, 'application/json', JSON.stringify({ Error: details, RequestId: requestId }));
    const body = element('Error', details) + element('RequestId', requestId);
    return answer(error.status, requestId, 'text/xml', `<ErrorResponse xmlns="${this.#namespace()}">${body}</ErrorResponse>\n`);
  }

  #namespace(): string {
    return `https://sts.amazonaws.com/doc/${this.model.apiVersion}/`;
  }
}

/** The forms that were read, so that a long one is read once for its operation and its input. */
const forms = new WeakMap<HttpRequest, ReadonlyMap<string, string>>();

/** The form's fields: those of the query, then those of a form body. */
function formOf(request: HttpRequest): ReadonlyMap<string, string> {
  const known = forms.get(request);
  if (known) return known;
  const form = readForm(request);
  forms.set(request, form);
  return form;
}

function readForm(request: HttpRequest): ReadonlyMap<string, string> {
  const isForm = (headerOf(request, 'content-type') ?? '').startsWith('application/x-www-form-urlencoded');
  const body = isForm ? new URLSearchParams(request.body.toString('utf8')) : [];
  return new Map([...queryPairs(request.rawQuery), ...body]);
}

function asksForJson(request: HttpRequest): boolean {
  return (headerOf(request, 'accept') ?? '').split(',').some((type) => type.trim().startsWith('application/json'));
}

function answer(status: number, requestId: string, contentType: string, body: string): HttpResponse {
  return { kind: 'response', status, headers: { 'x-amzn-requestid': requestId, 'content-type': contentType }, body };
}

function secondsIso(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

function element(name: string, value: unknown): string {
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => element('member', item)).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, item]) => element(key, item))
      .join('');
  }
  return escapeXml(String(value));
}

/** Also drops what XML 1.0 can't hold at all. */
function escapeXml(text: string): string {
  const allowed = Array.from(text, (sign) => (isXmlCharacter(sign.codePointAt(0) ?? 0) ? sign : '')).join('');
  return allowed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
