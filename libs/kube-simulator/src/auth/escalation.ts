import { isJsonObject, listAt, objectAt, stringAt } from '../object/json-value.js';
import { goQuote } from '../object/go-quote.js';
import { nameOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { groupResource } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { forbidden, notFound } from '../status/api-error.js';
import { readRule } from './authorizer.js';
import type { Authorizer, PolicyRule } from './authorizer.js';
import { adminGroup } from './user.js';
import type { User } from './user.js';

const group = 'rbac.authorization.k8s.io';

/**
 * Refuses a role or a binding that gives more than its writer has (Kubernetes documentation, "Privilege escalation prevention and
 * bootstrapping"), unless the writer may `escalate` or `bind` the role.
 * @throws ApiError 403, or 404 where a binding names a role that is not there
 */
export function refuseEscalation(authorizer: Authorizer, user: User, resource: Resource, namespace: string, object: KubeObject): void {
  if (resource.group !== group || user.groups.includes(adminGroup)) return;
  const may = (verb: string, plural: string, name: string): boolean =>
    authorizer.authorize(user, { isResource: true, verb, group, plural, subresource: '', namespace, name }).allowed;
  const isRole = resource.plural === 'roles' || resource.plural === 'clusterroles';
  const roleRef = objectAt(object, 'roleRef');
  const [roleKind, roleName] = [stringAt(roleRef, 'kind'), stringAt(roleRef, 'name')];
  if (isRole ? may('escalate', resource.plural, nameOf(object)) : may('bind', `${roleKind.toLowerCase()}s`, roleName)) return;
  const given = isRole
    ? listAt(object, 'rules').filter(isJsonObject).map(readRule)
    : authorizer.rulesOf({ roleKind, roleName, namespace: roleKind === 'ClusterRole' ? '' : namespace });
  if (given === undefined) throw notFound(groupResource(resource), roleName);
  const held = authorizer.rulesFor(user, namespace);
  const missing = given.flatMap(singleRules).filter((rule) => !held.some((own) => covers(own, rule)));
  if (missing.length === 0) return;
  const groups = `[${user.groups.map(goQuote).join(' ')}]`;
  const why = `user ${goQuote(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:`;
  throw forbidden(groupResource(resource), nameOf(object), [why, ...merged(missing).map(ruleText).toSorted()].join('\n'));
}

/** A rule taken apart into rules about one group, one resource, one name and one verb each. */
function singleRules(rule: PolicyRule): PolicyRule[] {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  const nothing = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  return [
    ...apiGroups.flatMap((apiGroup) =>
      resources.flatMap((resource) =>
        names.flatMap((some) =>
          verbs.map((verb) => ({ ...nothing, verbs: [verb], apiGroups: [apiGroup], resources: [resource], resourceNames: some })),
        ),
      ),
    ),
    ...nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ ...nothing, verbs: [verb], nonResourceURLs: [url] }))),
  ];
}

/** Whether a rule allows all that a single one does. */
function covers(own: PolicyRule, { verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): boolean {
  const has = (values: readonly string[], wanted: readonly string[]): boolean =>
    values.includes('*') || wanted.every((value) => values.includes(value));
  if (!has(own.verbs, verbs)) return false;
  if (nonResourceURLs.length > 0)
    return nonResourceURLs.every((url) =>
      own.nonResourceURLs.some((held) => held === '*' || held === url || (held.endsWith('*') && url.startsWith(held.slice(0, -1)))),
    );
  const ofSubresource = resources.every(
    (resource) => resource.includes('/') && own.resources.includes(`*/${resource.split('/')[1] ?? ''}`),
  );
  const holdsNames =
    own.resourceNames.length === 0 || (resourceNames.length > 0 && resourceNames.every((name) => own.resourceNames.includes(name)));
  return has(own.apiGroups, apiGroups) && (has(own.resources, resources) || ofSubresource) && holdsNames;
}

/** Single rules that differ in their verbs alone, as one. */
function merged(rules: readonly PolicyRule[]): PolicyRule[] {
  const byTarget = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { verbs: _verbs, ...target } = rule;
    const key = JSON.stringify(target);
    const known = byTarget.get(key);
    byTarget.set(key, known === undefined ? rule : { ...rule, verbs: [...new Set([...known.verbs, ...rule.verbs])] });
  }
  return [...byTarget.values()];
}

function ruleText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const part = (name: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [`${name}:[${values.map(goQuote).join(' ')}]`];
  const parts = [
    ...part('APIGroups', apiGroups),
    ...part('Resources', resources),
    ...part('NonResourceURLs', nonResourceURLs),
    ...part('ResourceNames', resourceNames),
    ...part('Verbs', verbs),
  ];
  return `{${parts.join(', ')}}`;
}
