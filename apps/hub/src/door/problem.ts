import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { KubeconfigError, KubeError } from '@hub/kube';
import type { Logger } from '@hub/telemetry';
import { RowsUnreadable } from '@hub/workqueue';
import type { Response } from 'express';

/** One field that is wrong, and how it must be. */
export interface FieldProblem {
  readonly field: string;
  readonly fix: string;
}

/** An answer that is no success, as RFC 9457 has it: its title is the phrase of its status, as it is for about:blank (section 4.2.1). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    /** One CamelCase word for programs; where the hub cluster refused, its own. */
    readonly reason: string,
    readonly detail: string,
    readonly errors: readonly FieldProblem[] = [],
    readonly retryAfterSeconds?: number,
  ) {
    super(detail);
  }

  /** What is sent of it. */
  toJSON(): object {
    const { status, reason, detail, errors } = this;
    const title = STATUS_CODES[status] ?? 'Unknown';
    return { type: 'about:blank', title, status, reason, detail, ...(errors.length > 0 && { errors }) };
  }
}

/** What is wrong with a part of a body or query, as a schema tells it; zod says more than the common form of such an issue. */
export interface InputIssue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
  readonly code?: unknown;
  /** The names that the schema does not know. */
  readonly keys?: readonly string[];
  /** The values that it knows. */
  readonly values?: readonly unknown[];
  readonly expected?: unknown;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
}

/** The problem of a body or query that does not fit its schema. */
export function invalidInput(issues: readonly InputIssue[]): Problem {
  return badInput(issues.flatMap(fieldProblems));
}

/** The problem of input with these fields wrong: the detail tells all of them. */
export function badInput(errors: readonly FieldProblem[]): Problem {
  return new Problem(400, 'InvalidInput', errors.map((e) => `${e.field}: ${e.fix}`).join('; '), errors);
}

function fieldProblems(issue: InputIssue): readonly FieldProblem[] {
  const field = pathText(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ field, fix: fixOf(issue) }];
  const within = issue.path?.length ? `${field}.` : '';
  return (issue.keys ?? []).map((key) => ({ field: `${within}${key}`, fix: 'is not known: leave it out, or correct its name' }));
}

/** A schema's own words are kept; where it has none, the validator's are about its types and not about what to send. */
function fixOf({ message, code, expected, values, origin, minimum, maximum }: InputIssue): string {
  const isText = origin === 'string';
  if (code === 'invalid_type' && message.startsWith('Invalid input')) {
    const kind = `${/^[aeiou]/.test(String(expected)) ? 'an' : 'a'} ${String(expected)}`;
    return message.endsWith('received undefined') ? `is required: ${kind}` : `must be ${kind}`;
  }
  if (code === 'invalid_value' && message.startsWith('Invalid ')) return `must be one of ${(values ?? []).map(String).join(', ')}`;
  if (code === 'too_small' && message.startsWith('Too small'))
    return isText && minimum === 1 ? 'must not be empty' : `must have at least ${String(minimum)}${isText ? ' characters' : ''}`;
  if (code === 'too_big' && message.startsWith('Too big')) return `must have at most ${String(maximum)}${isText ? ' characters' : ''}`;
  return message;
}

function pathText(path: readonly unknown[] | undefined): string {
  const parts = (path ?? []).map((part) => String(typeof part === 'object' && part !== null ? (part as { key: unknown }).key : part));
  return parts.join('.') || 'body';
}

const statusOfKube: Partial<Record<KubeError['kind'], number>> = {
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  alreadyExists: 409,
  invalid: 422,
  throttled: 429,
};

/** What the router says: that there is no such route, or that a path is not written as one is. */
function problemOfHttp(error: HttpException): Problem {
  const route = /^Cannot ([A-Z]+ .*)$/s.exec(error.message)?.[1];
  if (route === undefined) return new Problem(error.getStatus(), error.name.replace(/Exception$/, ''), error.message);
  return new Problem(404, 'NotFound', `there is no ${route}: /openapi.json tells what there is`);
}

/** Turns whatever is thrown into problem+json. What a person did not cause shows no more than that it failed. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = this.problemOf(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, retryAfterSeconds } = problem;
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
    response.status(status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof KubeconfigError)
      return new Problem(400, 'KubeconfigRefused', error.message, [{ field: error.field, fix: error.fix }]);
    if (error instanceof KubeError) return this.problemOfKube(error);
    if (error instanceof RowsUnreadable) {
      this.logger.warn({ error }, 'a list could not be read from Redis');
      return new Problem(
        503,
        'RedisUnavailable',
        'target groups and plans are shown out of Redis, which does not answer the hub; try again',
      );
    }
    if (error instanceof HttpException) return problemOfHttp(error);
    this.logger.warn({ error }, 'a request could not be answered');
    return new Problem(500, 'InternalError', 'the request could not be answered; the log of the hub tells why');
  }

  private problemOfKube(error: KubeError): Problem {
    const status = statusOfKube[error.kind];
    if (status === undefined) {
      this.logger.warn({ error }, 'the hub cluster did not answer a request');
      return new Problem(503, 'HubClusterUnavailable', 'the hub cluster did not answer; try again');
    }
    const errors = (error.details.causes ?? []).map((cause) => ({ field: cause.field ?? '', fix: cause.message ?? '' }));
    return new Problem(status, error.details.reason ?? 'HubClusterRefused', error.message, errors);
  }
}
