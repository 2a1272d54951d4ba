import { failure } from '../status/api-error.js';
import type { ApiError } from '../status/api-error.js';
import type { HttpExchange } from './http-exchange.js';

/** What the API server says to a path that it does not know: no Status, plain text. */
export async function notFoundText(exchange: HttpExchange): Promise<void> {
  await exchange.sendText(404, 'text/plain; charset=utf-8', '404 page not found\n', { 'x-content-type-options': 'nosniff' });
}

/** What it says to a path below a group that it has built in. */
export const noSuchPath = (): ApiError =>
  failure({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });

/**
 * What it says to an unknown path below a group that it has built in: a Status. Elsewhere it is plain text.
 * @throws ApiError 404
 */
export async function notFoundPath(exchange: HttpExchange, isBuiltIn: (group: string) => boolean): Promise<void> {
  const [root, group = ''] = exchange.path.split('/').filter((part) => part !== '');
  const isOwn = root === 'api' || (root === 'apis' && isBuiltIn(group));
  if (isOwn) throw noSuchPath();
  await notFoundText(exchange);
}
