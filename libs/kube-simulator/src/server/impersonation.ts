import { forbiddenText } from '../auth/authorizer.js';
import type { Authorizer } from '../auth/authorizer.js';
import { makeUser } from '../auth/user.js';
import type { User } from '../auth/user.js';
import { goQuote } from '../object/go-quote.js';
import { badRequest, forbidden } from '../status/api-error.js';
import type { HttpExchange } from './http-exchange.js';

const extraPrefix = 'impersonate-extra-';

/** Whom the headers name. */
interface Impersonation {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/**
 * The user in whose name the request is made (Kubernetes documentation, "User impersonation"): the caller's own, or another where the headers
 * say so and the caller may.
 * @throws ApiError 400, 403
 */
export function impersonate(exchange: HttpExchange, caller: User, authorizer: Authorizer): User {
  try {
    return userOf(readHeaders(exchange), caller, authorizer);
  } catch (error) {
    exchange.setHeader('x-content-type-options', 'nosniff');
    throw error;
  }
}

function userOf(wanted: Impersonation, caller: User, authorizer: Authorizer): User {
  const { name, uid, groups, extra } = wanted;
  if (name === '') {
    if (groups.length === 0 && uid === '' && Object.keys(extra).length === 0) return caller;
    throw badRequest(`requested ${goUser(wanted)} without impersonating a user name`);
  }
  const [, namespace = '', account = ''] = /^system:serviceaccount:([^:]+):(.+)$/.exec(name) ?? [];
  if (account === '') check(caller, { group: '', plural: 'users', name }, authorizer);
  else check(caller, { group: '', plural: 'serviceaccounts', namespace, name: account }, authorizer);
  for (const group of groups) check(caller, { group: '', plural: 'groups', name: group }, authorizer);
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values)
      check(caller, { group: 'authentication.k8s.io', plural: 'userextras', subresource: key, name: value }, authorizer);
  }
  if (uid !== '') check(caller, { group: 'authentication.k8s.io', plural: 'uids', name: uid }, authorizer);
  const implied = account === '' ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return makeUser(name, groups.length > 0 ? groups : implied, uid, extra);
}

function readHeaders(exchange: HttpExchange): Impersonation {
  const extra: Record<string, string[]> = {};
  for (const header of Object.keys(exchange.request.headers)) {
    if (header.startsWith(extraPrefix)) extra[decoded(header.slice(extraPrefix.length))] = exchange.headerValues(header);
  }
  const first = (header: string): string => exchange.headerValues(header)[0] ?? '';
  return { name: first('impersonate-user'), uid: first('impersonate-uid'), groups: exchange.headerValues('impersonate-group'), extra };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** What is impersonated, as it is authorized. */
interface Target {
  readonly group: string;
  readonly plural: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name: string;
}

function check(caller: User, { group, plural, subresource = '', namespace = '', name }: Target, authorizer: Authorizer): void {
  const attributes = { isResource: true as const, verb: 'impersonate', group, plural, subresource, namespace, name };
  const decision = authorizer.authorize(caller, attributes);
  if (!decision.allowed) throw forbidden({ group, name: plural }, name, forbiddenText(caller, attributes, decision));
}

/** The user as Go prints one. */
function goUser({ name, uid, groups, extra }: Impersonation): string {
  const list = (values: readonly string[]): string =>
    values.length === 0 ? '[]string(nil)' : `[]string{${values.map(goQuote).join(', ')}}`;
  const entries = Object.entries(extra).map(([key, values]) => `${goQuote(key)}:${list(values)}`);
  const map = entries.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${entries.join(', ')}}`;
  return `&user.DefaultInfo{Name:${goQuote(name)}, UID:${goQuote(uid)}, Groups:${list(groups)}, Extra:${map}}`;
}
