import { headerOf } from './http-message.js';
import type { HttpRequest } from './http-message.js';
import { queryPairs } from './query-parameters.js';

export type ServiceName = 'vpc-lattice' | 'sts' | 'tagging';

/**
 * The service that a request is for, by its form, so that one port serves all: a target header means AWS JSON; a form or an `Action` in the query,
 * on the path `/`, means AWS Query; every other path is REST. What else is sent to `/` is for the service that its signature names. The scope of
 * the signature must agree later.
 */
export function serviceOf(request: HttpRequest): ServiceName {
  if (request.headers.has('x-amz-target')) return 'tagging';
  // A form anywhere else is a body whose type nobody set: so does curl.
  if (request.rawPath !== '/') return 'vpc-lattice';
  const contentType = headerOf(request, 'content-type') ?? '';
  if (contentType.startsWith('application/x-www-form-urlencoded')) return 'sts';
  if (queryPairs(request.rawQuery).some(([name]) => name === 'Action')) return 'sts';
  const scope = /Credential=[^/,]+\/[^/,]+\/[^/,]+\/(sts|tagging)\//.exec(headerOf(request, 'authorization') ?? '');
  if (scope?.[1] === 'sts' || scope?.[1] === 'tagging') return scope[1];
  return 'vpc-lattice';
}
