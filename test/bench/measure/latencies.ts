import type { Arrival } from '../world/aws-service.js';
import type { MadeChange } from '../world/clusters-service.js';

/** What became of changes: how long each took until its call was received, and how many never led to one. */
export interface Latencies {
  readonly ms: readonly number[];
  readonly lost: number;
}

/** Finds for every change the first call for its target group that came after it. Both are in the order of their times. */
export function latenciesOf(changes: readonly MadeChange[], arrivals: readonly Arrival[]): Latencies {
  const keyOf = ({ member, service }: { readonly member: number; readonly service: string }) => `${member}/${service}`;
  const byGroup = Map.groupBy(arrivals, keyOf);
  const ms = changes.flatMap((change) => {
    const arrival = byGroup.get(keyOf(change))?.find(({ atMs }) => atMs >= change.atMs);
    return arrival ? [arrival.atMs - change.atMs] : [];
  });
  return { ms, lost: changes.length - ms.length };
}
