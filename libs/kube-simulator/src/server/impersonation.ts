import { forbiddenText } from '../auth/authorizer.js';
import type { Authorizer } from '../auth/authorizer.js';
import { makeUser } from '../auth/user.js';
import type { User } from '../auth/user.js';
import { forbidden } from '../status/api-error.js';
import type { HttpExchange } from './http-exchange.js';

/**
 * The user in whose name the request is made (Kubernetes documentation, "User impersonation"): the caller's own, or another where the headers
 * say so and the caller may.
 * @throws ApiError 403
 */
export function impersonate(exchange: HttpExchange, caller: User, authorizer: Authorizer): User {
  const name = exchange.header('impersonate-user');
  const groups = (exchange.header('impersonate-group') ?? '').split(',').map((group) => group.trim());
  if (name === undefined || name === '') return caller;
  const wanted = groups.filter((group) => group !== '');
  check(caller, 'users', name, authorizer);
  for (const group of wanted) check(caller, 'groups', group, authorizer);
  const [, namespace = ''] = /^system:serviceaccount:([^:]+):/.exec(name) ?? [];
  const implied = namespace === '' ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return makeUser(name, wanted.length > 0 ? wanted : implied, exchange.header('impersonate-uid') ?? '');
}

function check(caller: User, plural: string, name: string, authorizer: Authorizer): void {
  const attributes = { isResource: true as const, verb: 'impersonate', group: '', plural, subresource: '', namespace: '', name };
  const decision = authorizer.authorize(caller, attributes);
  if (!decision.allowed) throw forbidden({ group: '', name: plural }, name, forbiddenText(caller, attributes, decision));
}
