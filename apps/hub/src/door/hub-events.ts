import type { Resource } from '@hub/api';
import { KubeError, type KubeObject } from '@hub/kube';
import type { Hub } from '../hub.js';
import type { EventView } from './views.js';

const eventResource: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

const mostPages = 10;

/** The events that the hub wrote into the hub cluster. */
export class HubEvents {
  constructor(private readonly hub: Hub) {}

  /** All of them, or as many as a few pages hold. @throws KubeError */
  async list(): Promise<readonly EventView[]> {
    const { api } = this.hub.fleet.hub;
    if (!api) throw new KubeError('unreachable', 'there is no connection to the hub cluster');
    const signal = AbortSignal.timeout(10_000);
    const views: EventView[] = [];
    let continueToken: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const { items, continueToken: next } = await api.listPage(eventResource, { limit: 1000, continueToken }, signal);
      views.push(...items.filter((object) => object['reportingController'] === 'lattice-hub.io/hub').map(viewOf));
      if (next === undefined) break;
      continueToken = next;
    }
    return views;
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
