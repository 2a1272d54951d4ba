import { isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { badRequest, invalidObject } from '../status/api-error.js';
import { invalid, required } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import type { Attributes, Authorizer, PolicyRule } from './authorizer.js';
import type { Authenticator } from './authenticator.js';
import { issuer } from './token-registry.js';
import { makeUser } from './user.js';
import type { User } from './user.js';

/** Answers a review: the status that goes into it. */
export type Reviewer = (review: JsonObject, caller: User, namespace: string) => JsonObject;

const group = 'authorization.k8s.io';
const rejectSpec = (errors: readonly FieldError[]): Error => invalidObject({ group, name: '' }, '', errors);

/** The reviewers by kind. */
export function reviewers(authenticator: Authenticator, authorizer: Authorizer): Readonly<Record<string, Reviewer>> {
  const access = (user: User, spec: JsonObject): JsonObject => {
    const { allowed, reason } = authorizer.authorize(user, readAttributes(spec));
    return { allowed, ...(reason === '' ? {} : { reason }) };
  };
  return {
    TokenReview: (review) => reviewToken(objectAt(review, 'spec') ?? {}, authenticator),
    SelfSubjectReview: (_review, caller) => ({ userInfo: userInfo(caller) }),
    SelfSubjectAccessReview: (review, caller) => {
      const spec = objectAt(review, 'spec') ?? {};
      checkOneOf(spec, [...checkMetadata(review), ...checkAttributes(spec)]);
      return access(caller, spec);
    },
    SubjectAccessReview: (review) => {
      const spec = objectAt(review, 'spec') ?? {};
      checkOneOf(spec, [...checkMetadata(review), ...checkSubject(spec), ...checkAttributes(spec)]);
      return access(subjectOf(spec), spec);
    },
    LocalSubjectAccessReview: (review, _caller, namespace) => {
      const spec = objectAt(review, 'spec') ?? {};
      const given = stringAt(objectAt(spec, 'resourceAttributes'), 'namespace');
      const errors = [...checkMetadata(review), ...checkSubject(spec), ...checkAttributes(spec)];
      const path = objectAt(spec, 'nonResourceAttributes');
      if (path !== undefined) errors.push(invalid('spec.nonResourceAttributes', shownPath(path), 'disallowed on this kind of request'));
      else if (given !== namespace) errors.push(invalid('spec.resourceAttributes.namespace', given, 'must match metadata.namespace'));
      checkOneOf(spec, errors);
      return access(subjectOf(spec), spec);
    },
    SelfSubjectRulesReview: (review, caller) => {
      const namespace = stringAt(objectAt(review, 'spec'), 'namespace');
      if (namespace === '') throw badRequest('no namespace on request');
      return rulesStatus(authorizer.rulesFor(caller, namespace));
    },
  };
}

function userInfo({ name, uid, groups, extra }: User): JsonObject {
  const hasExtra = Object.keys(extra).length > 0;
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    groups: [...groups],
    ...(hasExtra ? { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) } : {}),
  };
}

function reviewToken(spec: JsonObject, authenticator: Authenticator): JsonObject {
  const token = stringAt(spec, 'token');
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const asked = stringsAt(spec, 'audiences');
  const wanted = asked.length === 0 ? [issuer] : asked;
  const user = authenticator.byToken(token, wanted);
  const audiences =
    user === undefined || user.audiences.length === 0
      ? wanted.filter((audience) => audience === issuer)
      : wanted.filter((audience) => user.audiences.includes(audience));
  if (user === undefined || audiences.length === 0) return { user: {}, error: 'invalid bearer token' };
  return { authenticated: true, user: userInfo(user), audiences };
}

function checkSubject(spec: JsonObject): FieldError[] {
  return stringAt(spec, 'user') === '' && stringsAt(spec, 'groups').length === 0
    ? [invalid('spec.user', '', 'at least one of user or group must be specified')]
    : [];
}

/** A review says nothing of itself: of its metadata only the namespace of a local one counts. */
function checkMetadata(review: JsonObject): FieldError[] {
  const metadata = objectAt(review, 'metadata') ?? {};
  const isEmpty = Object.keys(metadata).every((key) => key === 'managedFields' || key === 'namespace');
  return isEmpty ? [] : [invalid('metadata', metadata, 'must be empty')];
}

/** Selectors by which access to a part of a collection is asked about. */
function checkAttributes(spec: JsonObject): FieldError[] {
  return ['fieldSelector', 'labelSelector'].flatMap((name) => {
    const path = `spec.resourceAttributes.${name}`;
    const selector = objectAt(objectAt(spec, 'resourceAttributes'), name);
    if (selector === undefined) return [];
    const raw = stringAt(selector, 'rawSelector');
    const hasRequirements = listAt(selector, 'requirements').length > 0;
    if (raw !== '' && hasRequirements) return [invalid(`${path}.rawSelector`, raw, 'may not specified at the same time as requirements')];
    if (raw !== '' || hasRequirements) return [];
    return [required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`)];
  });
}

const shownPath = (path: JsonObject): JsonObject => ({ Path: stringAt(path, 'path'), Verb: stringAt(path, 'verb') });

function checkOneOf(spec: JsonObject, others: readonly FieldError[]): void {
  const path = spec['nonResourceAttributes'];
  const hasBoth = isJsonObject(path) === isJsonObject(spec['resourceAttributes']);
  const shown = isJsonObject(path) ? shownPath(path) : null;
  const errors = hasBoth
    ? [invalid('spec', shown, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'), ...others]
    : others;
  if (errors.length > 0) throw rejectSpec(errors);
}

function subjectOf(spec: JsonObject): User {
  const user = makeUser(stringAt(spec, 'user'), stringsAt(spec, 'groups'), stringAt(spec, 'uid'));
  return { ...user, groups: stringsAt(spec, 'groups') };
}

function readAttributes(spec: JsonObject): Attributes {
  const path = objectAt(spec, 'nonResourceAttributes');
  if (path !== undefined) return { isResource: false, verb: stringAt(path, 'verb'), path: stringAt(path, 'path') };
  const resource = objectAt(spec, 'resourceAttributes');
  return {
    isResource: true,
    verb: stringAt(resource, 'verb'),
    group: stringAt(resource, 'group'),
    plural: stringAt(resource, 'resource'),
    subresource: stringAt(resource, 'subresource'),
    namespace: stringAt(resource, 'namespace'),
    name: stringAt(resource, 'name'),
  };
}

function rulesStatus(rules: readonly PolicyRule[]): JsonObject {
  const filled = (name: string, values: readonly string[]): JsonObject => (values.length === 0 ? {} : { [name]: [...values] });
  return {
    resourceRules: rules
      .filter(({ resources }) => resources.length > 0)
      .map((rule) => ({
        verbs: [...rule.verbs],
        ...filled('apiGroups', rule.apiGroups),
        ...filled('resources', rule.resources),
        ...filled('resourceNames', rule.resourceNames),
      })),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
      .map((rule) => ({ verbs: [...rule.verbs], ...filled('nonResourceURLs', rule.nonResourceURLs) })),
    incomplete: false,
  };
}
