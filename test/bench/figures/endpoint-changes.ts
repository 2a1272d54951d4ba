import { setTimeout as sleep } from 'node:timers/promises';
import { latenciesOf } from '../measure/latencies.js';
import { percentile } from '../measure/percentile.js';
import type { World } from '../world/world.js';

/** A run of endpoint changes, and what it was like. */
export interface EndpointRun {
  readonly changes: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly lost: number;
  /** Of the hub, for one change with its calls. */
  readonly cpuMicros: number;
  readonly calls: Readonly<Record<string, number>>;
}

/** Replaces endpoints at a steady rate and times each until its RegisterTargets was received. */
export async function endpointRun(world: World, count: number, perSecond: number, members: readonly number[]): Promise<EndpointRun> {
  const { aws, clusters, hub } = world;
  if (!hub) throw new Error('no hub runs');
  await aws.resetCalls();
  const before = hub.usage().cpuMs;
  const changes = await clusters.replaceEndpoints(count, perSecond, members);
  await sleep(500);
  const cpuMs = hub.usage().cpuMs - before;
  const deadlineMs = performance.now() + 30_000;
  while (((await aws.calls())['DeregisterTargets'] ?? 0) < count && performance.now() < deadlineMs) await sleep(100);
  const arrivals = await aws.arrivals('RegisterTargets', changes[0]?.atMs ?? 0);
  const { ms, lost } = latenciesOf(changes, arrivals);
  return {
    changes: count,
    p50: percentile(ms, 0.5),
    p99: percentile(ms, 0.99),
    most: Math.max(...ms),
    lost,
    cpuMicros: (cpuMs * 1000) / count,
    calls: await aws.calls(),
  };
}
