import type { Policy, Slot, TargetGroupKey } from '@hub/model';

/** Something that was different a moment ago. */
export type Change =
  | { readonly kind: 'export'; readonly cluster: string; readonly namespace: string; readonly name: string }
  /** A Service or one of its EndpointSlices. */
  | { readonly kind: 'endpoints'; readonly cluster: string; readonly namespace: string; readonly service: string }
  /** A policy came, went or changed; before and after where both exist, because it may have changed its target. */
  | { readonly kind: 'policy'; readonly policies: readonly Policy[] }
  /** The policies of a member are known where nothing was known of them, or count no more: what had to wait for that goes on. */
  | { readonly kind: 'policiesKnown'; readonly origin: string }
  /** What the hub may conclude about a member changed, or it must be gone through again. */
  | { readonly kind: 'member'; readonly cluster: string };

/** What has to be known of the clusters that this replica holds, to tell which requests a change concerns. */
export interface RequestIndex {
  readonly clusters: () => Iterable<string>;
  /** Every slot that an export asks for or a target group is there for. */
  readonly slots: (cluster: string, namespace: string, name: string) => Iterable<Slot>;
  /** The names of the exports of a Service. */
  readonly exportsOfService: (cluster: string, namespace: string, service: string) => Iterable<string>;
  /** The requests that wait until it is known which policies a member has. */
  readonly awaiting: (origin: string) => Iterable<TargetGroupKey>;
  /** Every request of a cluster. */
  readonly all: (cluster: string) => Iterable<TargetGroupKey>;
}

/** Which target groups might now be wrong: the one place that maps a change to requests. */
export function* affectedRequests(change: Change, index: RequestIndex): Generator<TargetGroupKey> {
  switch (change.kind) {
    case 'export':
      yield* requestsOf(change.cluster, change.namespace, change.name, index);
      return;
    case 'endpoints':
      for (const name of index.exportsOfService(change.cluster, change.namespace, change.service)) {
        yield* requestsOf(change.cluster, change.namespace, name, index);
      }
      return;
    case 'policy':
      yield* requestsOfPolicies(change.policies, index);
      return;
    case 'policiesKnown':
      yield* index.awaiting(change.origin);
      return;
    case 'member':
      yield* index.all(change.cluster);
      return;
  }
}

function* requestsOfPolicies(policies: readonly Policy[], index: RequestIndex): Generator<TargetGroupKey> {
  const seen = new Set<string>();
  for (const { namespace, target } of policies) {
    if (!target) continue;
    for (const cluster of index.clusters()) {
      const names = target.kind === 'ServiceExport' ? [target.name] : index.exportsOfService(cluster, namespace, target.name);
      for (const name of names) {
        const id = `${cluster}/${namespace}/${name}`;
        if (seen.has(id)) continue;
        seen.add(id);
        yield* requestsOf(cluster, namespace, name, index);
      }
    }
  }
}

function* requestsOf(cluster: string, namespace: string, name: string, index: RequestIndex): Generator<TargetGroupKey> {
  for (const slot of index.slots(cluster, namespace, name)) yield { cluster, namespace, name, slot };
}
