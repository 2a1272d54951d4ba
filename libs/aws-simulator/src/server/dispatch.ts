import { headerOf } from './http-message.js';
import type { HttpRequest } from './http-message.js';
import { queryPairs } from './query-parameters.js';

export type ServiceName = 'vpc-lattice' | 'sts' | 'tagging';

/**
 * The service that a request is for, by its form alone, so that one port serves all: a target header means AWS JSON, a form or an `Action` in the
 * query means AWS Query, everything else is REST. The signature's scope must agree later.
 */
export function serviceOf(request: HttpRequest): ServiceName {
  if (request.headers.has('x-amz-target')) return 'tagging';
  const contentType = headerOf(request, 'content-type') ?? '';
  if (contentType.startsWith('application/x-www-form-urlencoded')) return 'sts';
  const isQuery = request.rawPath === '/' && queryPairs(request.rawQuery).some(([name]) => name === 'Action');
  return isQuery ? 'sts' : 'vpc-lattice';
}
