import type { RequestRows, TargetGroupRow } from '../report/target-group-row.js';
import type { FleetViews } from './fleet-views.js';
import type { HubEvents } from './hub-events.js';
import { ListFeed } from './list-feed.js';
import type { ClusterView, EventView, ExportView, PolicyView } from './views.js';

/** How old an answer may be: a person sees no difference, and a thousand readers cost what one does. */
const ordinaryAgeMs = 100;
const eventAgeMs = 1000;
/** How often watchers hear of what is different. */
const tellEveryMs = 250;
const unusedMs = 60_000;

/** The lists of the API, each made once for all who read or watch it. */
export class FleetLists {
  readonly clusters: ListFeed<ClusterView>;
  readonly exports: ListFeed<ExportView>;
  readonly policies: ListFeed<PolicyView>;
  readonly targetGroups: ListFeed<TargetGroupRow>;
  readonly events: ListFeed<EventView>;

  constructor(views: FleetViews, events: HubEvents, nowMs: () => number) {
    const ordinary = { leastAgeMs: ordinaryAgeMs, tellEveryMs, unusedMs, nowMs };
    this.clusters = new ListFeed({ ...ordinary, read: async () => views.clusters(), keyOf: (item) => item.name });
    this.exports = new ListFeed({
      ...ordinary,
      read: async () => views.exports(),
      keyOf: (item) => `${item.namespace}/${item.name}/${item.cluster}`,
    });
    this.policies = new ListFeed({
      ...ordinary,
      read: async () => views.policies(),
      keyOf: (item) => `${item.namespace}/${item.name}/${item.cluster}/${item.uid}`,
    });
    const known = new Map<string, RequestRows>();
    this.targetGroups = new ListFeed({
      ...ordinary,
      read: () => views.targetGroups(known),
      forget: () => known.clear(),
      keyOf: (item) => [item.account, item.region, item.cluster, item.namespace, item.export, item.name].join('/'),
    });
    this.events = new ListFeed({ read: () => events.list(), keyOf: eventKey, leastAgeMs: eventAgeMs, tellEveryMs, unusedMs, nowMs });
  }
}

/** The newest first. */
function eventKey({ time, namespace, kind, name, reason, note }: EventView): string {
  const age = String(Number.MAX_SAFE_INTEGER - (Date.parse(time) || 0)).padStart(16, '0');
  return [age, namespace ?? '', kind, name, reason, note].join('/');
}
