import type { NextFunction, Request, Response } from 'express';
import { badInput, Problem } from './problem.js';

const takes = 'application/json, or application/yaml for /api/v1/apply';

/** What the parser of bodies found wrong, as a problem that says what to send. What is none of its errors is given back. */
export function unreadableBody(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const { status, type, message, limit } = error as { status?: unknown; type?: unknown; message?: unknown; limit?: unknown };
  if (type === 'entity.parse.failed') return badInput([{ field: 'body', fix: `must be JSON: ${String(message)}` }]);
  if (type === 'entity.too.large')
    return new Problem(413, 'TooLarge', `the body has more than ${String(limit)} bytes`, [
      { field: 'body', fix: `must have at most ${String(limit)} bytes: send it in parts` },
    ]);
  if (status === 415)
    return new Problem(415, 'UnsupportedContentType', String(message), [
      { field: 'content-type', fix: `send ${takes}, in UTF-8, plain or compressed with gzip` },
    ]);
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, 'UnreadableRequest', typeof type === 'string' ? type : 'the body could not be read');
  return error;
}

/** Refuses a body that no parser took: its content type is none that the API reads. */
export function bodyIsRead(request: Request, _response: Response, next: NextFunction): void {
  const { 'content-length': length = '0', 'transfer-encoding': coding, 'content-type': type } = request.headers;
  const hasBody = coding !== undefined || Number(length) > 0;
  if (!hasBody || request.body !== undefined) return next();
  const said = type === undefined ? 'the request does not say what its body is' : `${type} is not read here`;
  next(new Problem(415, 'UnsupportedContentType', said, [{ field: 'content-type', fix: `send ${takes}` }]));
}
