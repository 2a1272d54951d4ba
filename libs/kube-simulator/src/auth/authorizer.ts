import type { Cluster, ClusterListener } from '../cluster/cluster.js';
import { isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Resource } from '../resources/resource.js';
import { parseStored } from '../store/stored-object.js';
import { adminGroup } from './user.js';
import type { User } from './user.js';

/** What someone wants to do: to a resource, or to a path that is none. */
export type Attributes =
  | {
      readonly isResource: true;
      readonly verb: string;
      readonly group: string;
      readonly plural: string;
      readonly subresource: string;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly isResource: false; readonly verb: string; readonly path: string };

/** One rule of a role. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** Whether something is allowed, and what stood in the way of finding out. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

interface Binding {
  readonly subjects: readonly JsonObject[];
  /** Where the binding holds; empty for everywhere. */
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly roleKind: string;
  readonly roleName: string;
}

const group = 'rbac.authorization.k8s.io';
const tables = {
  roles: `roles.${group}`,
  clusterRoles: `clusterroles.${group}`,
  bindings: `rolebindings.${group}`,
  clusterBindings: `clusterrolebindings.${group}`,
};

/** Decides by the roles and bindings of the cluster (Kubernetes documentation, "Using RBAC Authorization"). */
export class Authorizer implements ClusterListener {
  private bindings: readonly Binding[] | undefined;
  private readonly rules = new Map<string, readonly PolicyRule[] | undefined>();

  constructor(private readonly cluster: Cluster) {}

  onStored(resource: Resource): void {
    if (resource.group === group) this.reload();
  }

  /** Reads roles and bindings anew when they are next needed. */
  reload(): void {
    this.bindings = undefined;
    this.rules.clear();
  }

  authorize(user: User, attributes: Attributes): Decision {
    if (user.groups.includes(adminGroup)) return { allowed: true, reason: '' };
    const namespace = attributes.isResource ? attributes.namespace : '';
    const missing: string[] = [];
    for (const binding of this.bindingsOf(user, namespace)) {
      const rules = this.rulesOf(binding);
      if (rules === undefined) missing.push(`${binding.roleKind.toLowerCase()}.${group} ${JSON.stringify(binding.roleName)} not found`);
      else if (rules.some((rule) => allows(rule, attributes)))
        return { allowed: true, reason: `RBAC: allowed by ${bindingText(binding, user)}` };
    }
    const problems = [...new Set(missing)];
    return {
      allowed: false,
      reason: problems.length === 0 ? '' : `RBAC: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`,
    };
  }

  /** Every rule that the roles give a user in a namespace; that administrators may do everything without one is no rule. */
  rulesFor(user: User, namespace: string): PolicyRule[] {
    return this.bindingsOf(user, namespace).flatMap((binding) => this.rulesOf(binding) ?? []);
  }

  private bindingsOf(user: User, namespace: string): Binding[] {
    this.bindings ??= [...this.readBindings(tables.clusterBindings), ...this.readBindings(tables.bindings)];
    return this.bindings.filter(
      (binding) =>
        (binding.namespace === '' || binding.namespace === namespace) && binding.subjects.some((subject) => isSubject(subject, user)),
    );
  }

  private readBindings(table: string): Binding[] {
    return this.cluster.store
      .table(table)
      .list('')
      .map((stored) => {
        const binding = parseStored(stored);
        const roleRef = objectAt(binding, 'roleRef');
        return {
          subjects: listAt(binding, 'subjects').filter(isJsonObject),
          namespace: stored.namespace,
          kind: binding.kind,
          name: stored.name,
          roleKind: stringAt(roleRef, 'kind'),
          roleName: stringAt(roleRef, 'name'),
        };
      });
  }

  /** The rules of a role; undefined where it is not there. */
  rulesOf({ roleKind, roleName, namespace }: Pick<Binding, 'roleKind' | 'roleName' | 'namespace'>): readonly PolicyRule[] | undefined {
    const isCluster = roleKind === 'ClusterRole';
    const key = isCluster ? roleName : `${namespace}/${roleName}`;
    const cacheKey = `${roleKind}:${key}`;
    if (!this.rules.has(cacheKey)) {
      const stored = this.cluster.store.table(isCluster ? tables.clusterRoles : tables.roles).get(key);
      this.rules.set(cacheKey, stored === undefined ? undefined : this.readRules(parseStored(stored)));
    }
    return this.rules.get(cacheKey);
  }

  /** The rules of a role as they are stored; nothing fills in the rules of aggregated cluster roles. */
  private readRules(role: KubeObject): PolicyRule[] {
    return listAt(role, 'rules').filter(isJsonObject).map(readRule);
  }
}

export function readRule(rule: JsonObject): PolicyRule {
  return {
    verbs: stringsAt(rule, 'verbs'),
    apiGroups: stringsAt(rule, 'apiGroups'),
    resources: stringsAt(rule, 'resources'),
    resourceNames: stringsAt(rule, 'resourceNames'),
    nonResourceURLs: stringsAt(rule, 'nonResourceURLs'),
  };
}

function isSubject(subject: JsonObject, user: User): boolean {
  const name = stringAt(subject, 'name');
  switch (stringAt(subject, 'kind')) {
    case 'User':
      return user.name === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${stringAt(subject, 'namespace')}:${name}`;
    default:
      return false;
  }
}

function allows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(attributes.verb)) return false;
  if (!attributes.isResource)
    return rule.nonResourceURLs.some(
      (url) => url === '*' || url === attributes.path || (url.endsWith('*') && attributes.path.startsWith(url.slice(0, -1))),
    );
  if (!rule.apiGroups.includes('*') && !rule.apiGroups.includes(attributes.group)) return false;
  if (rule.resourceNames.length > 0 && !rule.resourceNames.includes(attributes.name)) return false;
  const wanted = attributes.subresource === '' ? attributes.plural : `${attributes.plural}/${attributes.subresource}`;
  return rule.resources.some(
    (resource) => resource === '*' || resource === wanted || (attributes.subresource !== '' && resource === `*/${attributes.subresource}`),
  );
}

function bindingText({ kind, name, namespace, roleKind, roleName, subjects }: Binding, user: User): string {
  const subject = subjects.find((candidate) => isSubject(candidate, user));
  const who =
    subject?.['kind'] === 'ServiceAccount'
      ? `ServiceAccount ${JSON.stringify(`${stringAt(subject, 'name')}/${stringAt(subject, 'namespace')}`)}`
      : `${stringAt(subject, 'kind')} ${JSON.stringify(stringAt(subject, 'name'))}`;
  const what = namespace === '' ? JSON.stringify(name) : JSON.stringify(`${name}/${namespace}`);
  return `${kind} ${what} of ${roleKind} ${JSON.stringify(roleName)} to ${who}`;
}

/** Why something is refused, in the API server's words. */
export function forbiddenText(user: User, attributes: Attributes, { reason }: Decision): string {
  const suffix = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${attributes.verb}`;
  if (!attributes.isResource) return `${who} path ${JSON.stringify(attributes.path)}${suffix}`;
  const resource = attributes.subresource === '' ? attributes.plural : `${attributes.plural}/${attributes.subresource}`;
  const scope = attributes.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(attributes.namespace)}`;
  return `${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(attributes.group)} ${scope}${suffix}`;
}
