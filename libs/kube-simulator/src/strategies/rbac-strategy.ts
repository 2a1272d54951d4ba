import { equalJson, isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import { validateDnsSubdomain, validatePathSegment } from '../object/names.js';
import type { Strategy } from '../resources/resource.js';
import { child, forbidden, indexed, invalid, notSupported, required } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const base = { nameRule: validatePathSegment, allowUnconditionalUpdate: true, allowCreateOnUpdate: true, statusFields: [] } as const;
const rbacGroup = 'rbac.authorization.k8s.io';

/** Roles and cluster roles: rules about resources or about paths. */
export function roleStrategy(isNamespaced: boolean): Strategy {
  const validate = (role: KubeObject): FieldError[] => validateRules(role, isNamespaced);
  return { ...base, validate, validateUpdate: validate };
}

/** Bindings: whom they bind may change, to what may not. */
export function bindingStrategy(roleKinds: readonly string[], isNamespaced: boolean): Strategy {
  const validate = (binding: KubeObject): FieldError[] => validateBinding(binding, roleKinds, isNamespaced);
  return {
    ...base,
    applyDefaults: defaultGroups,
    validate,
    validateUpdate: (binding, old) => [...validate(binding), ...validateRoleRef(binding, old)],
  };
}

function validateRules(role: KubeObject, isNamespaced: boolean): FieldError[] {
  const rules = listAt(role, 'rules').filter(isJsonObject);
  const missingVerbs = rules.flatMap((rule, index) =>
    stringsAt(rule, 'verbs').length === 0 ? [required(child(indexed('rules', index), 'verbs'))] : [],
  );
  return [...rules.flatMap((rule, index) => validateRule(rule, indexed('rules', index), isNamespaced)), ...missingVerbs];
}

function validateRule(rule: JsonObject, path: string, isNamespaced: boolean): FieldError[] {
  const urls = stringsAt(rule, 'nonResourceURLs');
  const hasResources = ['apiGroups', 'resources', 'resourceNames'].some((field) => stringsAt(rule, field).length > 0);
  if (urls.length > 0) {
    if (isNamespaced) return [invalid(child(path, 'nonResourceURLs'), urls, 'namespaced rules cannot apply to non-resource URLs')];
    return hasResources
      ? [invalid(child(path, 'nonResourceURLs'), urls, 'rules cannot apply to both regular resources and non-resource URLs')]
      : [];
  }
  return [
    ...(stringsAt(rule, 'apiGroups').length === 0
      ? [required(child(path, 'apiGroups'), 'resource rules must supply at least one api group')]
      : []),
    ...(stringsAt(rule, 'resources').length === 0
      ? [required(child(path, 'resources'), 'resource rules must supply at least one resource')]
      : []),
  ];
}

function defaultGroups(binding: KubeObject): void {
  const roleRef = objectAt(binding, 'roleRef');
  if (roleRef !== undefined && stringAt(roleRef, 'apiGroup') === '') roleRef['apiGroup'] = rbacGroup;
  for (const subject of listAt(binding, 'subjects')) {
    if (!isJsonObject(subject) || stringAt(subject, 'apiGroup') !== '') continue;
    if (subject['kind'] === 'User' || subject['kind'] === 'Group') subject['apiGroup'] = rbacGroup;
  }
}

function validateBinding(binding: KubeObject, roleKinds: readonly string[], isNamespaced: boolean): FieldError[] {
  const roleRef = objectAt(binding, 'roleRef') ?? {};
  const group = stringAt(roleRef, 'apiGroup');
  const kind = stringAt(roleRef, 'kind');
  const name = stringAt(roleRef, 'name');
  const subjects = listAt(binding, 'subjects').filter(isJsonObject);
  return [
    ...(group === rbacGroup ? [] : [notSupported('roleRef.apiGroup', group, [rbacGroup])]),
    ...(roleKinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, roleKinds)]),
    ...(name === '' ? [] : validatePathSegment(name).map((message) => invalid('roleRef.name', name, message))),
    ...subjects.flatMap((subject, index) => validateSubject(subject, indexed('subjects', index), isNamespaced)),
    ...subjects.flatMap((subject, index) =>
      stringAt(subject, 'name') === '' ? [required(child(indexed('subjects', index), 'name'))] : [],
    ),
    ...(name === '' ? [required('roleRef.name')] : []),
  ];
}

function validateSubject(subject: JsonObject, path: string, isNamespaced: boolean): FieldError[] {
  const kind = stringAt(subject, 'kind');
  const name = stringAt(subject, 'name');
  const group = stringAt(subject, 'apiGroup');
  if (kind === 'ServiceAccount') {
    return [
      ...(name === '' ? [] : validateDnsSubdomain(name).map((message) => invalid(child(path, 'name'), name, message))),
      ...(group === '' ? [] : [notSupported(child(path, 'apiGroup'), group, [''])]),
      ...(stringAt(subject, 'namespace') === '' && !isNamespaced ? [required(child(path, 'namespace'))] : []),
    ];
  }
  if (kind !== 'User' && kind !== 'Group') return [notSupported(child(path, 'kind'), kind, ['ServiceAccount', 'User', 'Group'])];
  return [
    ...(group === rbacGroup ? [] : [notSupported(child(path, 'apiGroup'), group, [rbacGroup])]),
    ...(stringAt(subject, 'namespace') === '' ? [] : [forbidden(child(path, 'namespace'), `may not be specified for ${kind}`)]),
  ];
}

function validateRoleRef(binding: KubeObject, old: KubeObject): FieldError[] {
  const roleRef = objectAt(binding, 'roleRef') ?? {};
  if (equalJson(roleRef, objectAt(old, 'roleRef') ?? {})) return [];
  const shown = { APIGroup: stringAt(roleRef, 'apiGroup'), Kind: stringAt(roleRef, 'kind'), Name: stringAt(roleRef, 'name') };
  return [invalid('roleRef', shown, 'field is immutable')];
}
