import type { OperationModel, ServiceModel, StructureModel } from '../models/service-model.js';
import type { HttpRequest, HttpResponse } from '../server/http-message.js';
import { decodePercent, queryPairs } from '../server/query-parameters.js';
import type { Violation } from '../validation/shape-validator.js';
import { validationMessage } from '../validation/validation-message.js';
import { AwsError } from './aws-error.js';
import { jsonObject } from './json-body.js';
import { shapedOutput } from './output-filter.js';
import type { Protocol } from './protocol.js';
import { RequestFailure } from './request-failure.js';
import type { FailureKind } from './request-failure.js';

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly isServed: boolean;
}

/** Code and status of what the front door refuses; the modelled errors keep their modelled status. */
const failures: Readonly<Record<FailureKind, readonly [code: string, status: number]>> = {
  missingToken: ['MissingAuthenticationTokenException', 403],
  incompleteSignature: ['IncompleteSignatureException', 403],
  unknownKey: ['UnrecognizedClientException', 403],
  badSignature: ['InvalidSignatureException', 403],
  expiredToken: ['ExpiredTokenException', 403],
  accessDenied: ['AccessDeniedException', 403],
  throttled: ['ThrottlingException', 429],
  internal: ['InternalServerException', 500],
  unavailable: ['ServiceUnavailable', 503],
  unknownOperation: ['UnknownOperationException', 404],
  notServed: ['NotImplemented', 501],
  cannotParse: ['ValidationException', 400],
  tooLarge: ['RequestEntityTooLargeException', 413],
};

/** AWS REST-JSON 1: the method and the path name the operation, labels and query carry part of the input. */
export class RestJson implements Protocol {
  readonly #routes: readonly Route[];

  /** @param parseErrorCode what the service calls a body that it can't read, asked at every such answer */
  constructor(
    private readonly model: ServiceModel,
    private readonly parseErrorCode: () => 'ValidationException' | 'SerializationException',
  ) {
    this.#routes = [...routesOf(model.operations, true), ...routesOf(model.refused, false)];
  }

  resolve(request: HttpRequest): string {
    const segments = request.rawPath.split('/');
    const route = this.#routes.find((candidate) => candidate.method === request.method && matches(candidate.segments, segments));
    if (!route) throw new RequestFailure('unknownOperation', `Unknown operation: ${request.method} ${request.rawPath}`);
    if (!route.isServed) throw new RequestFailure('notServed', `The simulator does not serve ${route.operation} of Amazon VPC Lattice.`);
    return route.operation;
  }

  parse(operation: string, request: HttpRequest): Readonly<Record<string, unknown>> {
    const { uri, input } = this.#operation(operation);
    const members = this.#inputMembers(input);
    const hasBody = Object.values(members).some((member) => member.location === undefined);
    const given: Record<string, unknown> = {};
    if (hasBody) {
      const body = jsonObject(request.body);
      for (const [name, member] of Object.entries(members)) {
        if (member.location === undefined && Object.hasOwn(body, name)) given[name] = body[name];
      }
    }
    const raw = request.rawPath.split('/');
    uri.split('/').forEach((segment, index) => {
      if (segment.startsWith('{')) given[segment.slice(1, -1)] = decodePercent(raw[index] ?? '');
    });
    const query = queryPairs(request.rawQuery);
    for (const [name, member] of Object.entries(members)) {
      if (member.location !== 'querystring') continue;
      const values = query.filter(([key]) => key === member.locationName).map(([, value]) => value);
      if (values.length > 0) given[name] = this.#queryValue(member.shape, values);
    }
    return given;
  }

  invalid(violations: readonly Violation[]): AwsError {
    const typeProblem = violations.find((violation) => violation.kind === 'type');
    if (typeProblem) return this.failure('cannotParse', `${typeProblem.constraint} at '${typeProblem.path.join('.')}'`);
    return new AwsError('ValidationException', 400, validationMessage(violations), {
      reason: 'fieldValidationFailed',
      fieldList: violations.map((violation) => ({ name: violation.path.join('.'), message: violation.constraint })),
    });
  }

  failure(kind: FailureKind, message: string, retryAfterSeconds?: number): AwsError {
    const [code, status] = kind === 'cannotParse' ? [this.parseErrorCode(), 400] : failures[kind];
    const members = kind === 'cannotParse' && code === 'ValidationException' ? { reason: 'cannotParse' } : {};
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    return new AwsError(code, status, message, members, headers);
  }

  writeResult(operation: string, output: object, requestId: string): HttpResponse {
    const { status, output: shape } = this.#operation(operation);
    const body = shape === undefined || status === 204 ? undefined : shapedOutput(this.model, shape, output, (time) => time.toISOString());
    const headers = { 'x-amzn-requestid': requestId };
    if (body === undefined) return { kind: 'response', status, headers, body: '' };
    return { kind: 'response', status, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }

  writeError(error: AwsError, requestId: string): HttpResponse {
    return {
      kind: 'response',
      status: error.status,
      headers: { 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code, 'content-type': 'application/json', ...error.headers },
      body: JSON.stringify({ message: error.message, ...error.members }),
    };
  }

  #operation(name: string): OperationModel {
    const operation = this.model.operations[name];
    if (!operation) throw new Error(`the model has no operation "${name}"`);
    return operation;
  }

  #inputMembers(shapeName: string | undefined): StructureModel['members'] {
    const shape = shapeName === undefined ? undefined : this.model.shapes[shapeName];
    return shape?.type === 'structure' ? shape.members : {};
  }

  /** A query value has no type of its own; the shape says whether it is a number or a list. */
  #queryValue(shapeName: string, values: readonly string[]): unknown {
    const shape = this.model.shapes[shapeName];
    if (shape?.type === 'list') return values;
    const value = values.at(-1) ?? '';
    if (shape?.type === 'integer') return /^-?\d{1,10}$/.test(value) ? Number(value) : value;
    return value;
  }
}

function routesOf(
  operations: Readonly<Record<string, { readonly method: string; readonly uri: string }>>,
  isServed: boolean,
): readonly Route[] {
  return Object.entries(operations).map(([operation, { method, uri }]) => ({ operation, method, segments: uri.split('/'), isServed }));
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  if (template.length !== segments.length) return false;
  return template.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]));
}
