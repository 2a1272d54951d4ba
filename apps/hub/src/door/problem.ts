import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { KubeconfigError, KubeError } from '@hub/kube';
import type { Logger } from '@hub/telemetry';
import type { Response } from 'express';

/** One field that is wrong, and how it must be. */
export interface FieldProblem {
  readonly field: string;
  readonly fix: string;
}

/** An answer that is no success, as RFC 9457 has it. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly FieldProblem[] = [],
    readonly retryAfterSeconds?: number,
  ) {
    super(detail);
  }
}

/** The problem of a body or query that does not fit its schema. */
export function invalidInput(issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[]): Problem {
  const errors = issues.map(({ path, message }) => ({ field: pathText(path), fix: message }));
  return new Problem(400, 'Invalid input', errors.map((e) => `${e.field}: ${e.fix}`).join('; '), errors);
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
    const { status, title, detail, errors, retryAfterSeconds } = problem;
    if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
    response
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify({ type: 'about:blank', title, status, detail, ...(errors.length > 0 && { errors }) }));
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof KubeconfigError)
      return new Problem(400, 'Kubeconfig refused', error.message, [{ field: error.field, fix: error.fix }]);
    if (error instanceof KubeError) return this.problemOfKube(error);
    if (error instanceof HttpException) return new Problem(error.getStatus(), error.name.replace(/Exception$/, ''), error.message);
    const { status, statusCode, type } = error as { status?: unknown; statusCode?: unknown; type?: unknown };
    // Errors of the body parser: too large, not JSON, cut off.
    const code = typeof status === 'number' ? status : statusCode;
    if (typeof code === 'number' && code >= 400 && code < 500)
      return new Problem(code, 'Unreadable request', typeof type === 'string' ? type : 'the body could not be read');
    this.logger.warn({ error }, 'a request could not be answered');
    return new Problem(500, 'Internal error', 'the request could not be answered; the log of the hub tells why');
  }

  private problemOfKube(error: KubeError): Problem {
    const status = statusOfKube[error.kind];
    if (status === undefined) {
      this.logger.warn({ error }, 'the hub cluster did not answer a request');
      return new Problem(503, 'Hub cluster unavailable', 'the hub cluster did not answer; try again');
    }
    const errors = (error.details.causes ?? []).map((cause) => ({ field: cause.field ?? '', fix: cause.message ?? '' }));
    return new Problem(status, error.details.reason ?? 'Refused by the hub cluster', error.message, errors);
  }
}
