import type { Resource } from '@hub/api';
import { KubeError, type KubeObject } from '@hub/kube';
import type { Hub } from '../hub.js';
import type { EventView, ListQuery } from './views.js';

const eventResource: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

/** The events that the hub wrote into the hub cluster. */
export class HubEvents {
  constructor(private readonly hub: Hub) {}

  /** The newest first. @throws KubeError */
  async list(query: ListQuery): Promise<readonly EventView[]> {
    const { api } = this.hub.fleet.hub;
    if (!api) throw new KubeError('unreachable', 'there is no connection to the hub cluster');
    const namespace = query.namespace === undefined ? {} : { namespace: query.namespace };
    const page = await api.listPage(eventResource, { limit: 1000, continueToken: undefined, ...namespace }, AbortSignal.timeout(10_000));
    return page.items
      .filter((object) => object['reportingController'] === 'lattice-hub.io/hub')
      .map(viewOf)
      .filter(
        (view) =>
          (query.cluster === undefined || (view.kind === 'MemberCluster' && view.name === query.cluster)) &&
          (query.name === undefined || view.name === query.name),
      )
      .toSorted((a, b) => (a.time < b.time ? 1 : -1));
  }
}

function viewOf(object: KubeObject): EventView {
  const regarding = (object['regarding'] ?? {}) as { kind?: string; namespace?: string; name?: string };
  const series = object['series'] as { count?: number } | undefined;
  return {
    time: text(object['eventTime'] ?? object.metadata['creationTimestamp']),
    type: text(object['type']),
    reason: text(object['reason']),
    note: text(object['note']),
    kind: regarding.kind ?? '',
    namespace: regarding.namespace ?? null,
    name: regarding.name ?? '',
    count: series?.count ?? 1,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
