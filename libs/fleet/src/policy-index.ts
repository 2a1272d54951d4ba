import { hubPolicyOrigin } from '@hub/api';
import type { Policy } from '@hub/model';

/** The policies of the whole fleet, by what they are about. */
export class PolicyIndex {
  private readonly byOrigin = new Map<string, readonly Policy[]>();
  private readonly byTarget = new Map<string, Map<string, readonly Policy[]>>();
  private readonly servicesOf = new Map<string, Set<string>>();

  /** The policies of one cluster as they are now, in place of what they were. */
  replace(origin: string, policies: readonly Policy[]): void {
    for (const target of new Set(this.byOrigin.get(origin)?.map(targetKey))) {
      const origins = this.byTarget.get(target);
      origins?.delete(origin);
      if (origins?.size === 0) this.drop(target);
    }
    if (policies.length === 0) this.byOrigin.delete(origin);
    else this.byOrigin.set(origin, policies);
    for (const [target, group] of Map.groupBy(policies, targetKey)) {
      let origins = this.byTarget.get(target);
      if (!origins) this.byTarget.set(target, (origins = new Map()));
      origins.set(origin, group);
      const [namespace = '', kind] = target.split('/');
      if (kind !== 'Service') continue;
      let services = this.servicesOf.get(namespace);
      if (!services) this.servicesOf.set(namespace, (services = new Set()));
      services.add(target);
    }
  }

  /** The policies that an export could follow: those on it, and those on its Service, or on any Service where its own is not known. */
  candidates(namespace: string, name: string, service: string | undefined): readonly Policy[] {
    const onServices = service === undefined ? [...(this.servicesOf.get(namespace) ?? [])] : [`${namespace}/Service/${service}`];
    return [`${namespace}/ServiceExport/${name}`, ...onServices].flatMap((target) =>
      [...(this.byTarget.get(target)?.values() ?? [])].flat(),
    );
  }

  /** The policies of one cluster. */
  of(origin: string): readonly Policy[] {
    return this.byOrigin.get(origin) ?? [];
  }

  *all(): Generator<Policy> {
    for (const policies of this.byOrigin.values()) yield* policies;
  }

  private drop(target: string): void {
    this.byTarget.delete(target);
    const namespace = target.split('/')[0] ?? '';
    this.servicesOf.get(namespace)?.delete(target);
  }
}

/** The name under which a policy's cluster stands in the index. */
export function originName(policy: Policy): string {
  return policy.origin.tier === 'hub' ? hubPolicyOrigin : policy.origin.cluster;
}

function targetKey(policy: Policy): string {
  return policy.target ? `${policy.namespace}/${policy.target.kind}/${policy.target.name}` : `${policy.namespace}/none/`;
}
