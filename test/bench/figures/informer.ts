import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../measure/percentile.js';
import type { ProcessUsage } from '../measure/process-usage.js';
import { ChildService } from '../world/child-service.js';
import { largeMembers } from '../world/fleet-shape.js';
import type { InformerService } from '../world/informer-service.js';
import type { World } from '../world/world.js';
import { sizes, type Figure } from './figure.js';
import { idle } from './resources.js';

const eventsPerSecond = 500;
const seconds = 10;

/** The same members on the informers of @kubernetes/client-node, at the same time as the hub. */
export const informer: Figure = {
  name: 'informer',
  about: "the hub beside @kubernetes/client-node's informers on the same members",
  isQuick: false,
  run: async ({ options, recorder, worlds }) => {
    const [clusters = 10] = sizes([200], options);
    const world = await worlds.settled(largeMembers(clusters, options.services));
    const hub = await world.startHub();
    const hubSteadyMs = await world.quiet(5000, 600_000);
    const hubCpuMs = hub.usage().cpuMs;
    const yardstick = ChildService.start<InformerService>(new URL('../world/informer-service.ts', import.meta.url), 8192);
    try {
      const begunWith = yardstick.usage().cpuMs;
      const { ms, objects } = await yardstick.remote.start(await world.clusters.kubeconfigs(), world.epochMs);
      const yardstickCpuMs = yardstick.usage().cpuMs - begunWith;
      recorder.progress(`the informers have read ${objects} objects`);
      await sleep(10_000);
      const [ofHub, ofYardstick] = await Promise.all([idle(hub), idle(yardstick)]);
      const name = `${clusters} clusters, ${objects} objects`;
      const events = await eventCost(world, yardstick);
      recorder.row('beside the informer of client-node', `${name}: informer`, {
        's to read': ms / 1000,
        'CPU s to read': yardstickCpuMs / 1000,
        ...described(ofYardstick),
        'CPU us/event': events.yardstickMicros,
        'p50 ms': percentile(events.ms, 0.5),
        'p99 ms': percentile(events.ms, 0.99),
      });
      recorder.row('beside the informer of client-node', `${name}: the whole hub`, {
        's to read': (hubSteadyMs - hub.startedAtMs) / 1000,
        'CPU s to read': hubCpuMs / 1000,
        ...described(ofHub),
        'CPU us/event': events.hubMicros,
      });
    } finally {
      await yardstick.stop();
      await world.stopHub();
    }
  },
};

function described({ usage, cpuShare }: { readonly usage: ProcessUsage; readonly cpuShare: number }): Readonly<Record<string, number>> {
  return { 'RSS MiB': usage.rssMiB, 'idle CPU %': cpuShare * 100, sockets: usage.sockets };
}

/** What one event costs that changes nothing for a target group, for both at once. */
async function eventCost(
  world: World,
  yardstick: ChildService<InformerService>,
): Promise<{ readonly hubMicros: number; readonly yardstickMicros: number; readonly ms: readonly number[] }> {
  const { hub } = world;
  if (!hub) throw new Error('no hub runs');
  await yardstick.remote.listen();
  const before = { hub: hub.usage().cpuMs, yardstick: yardstick.usage().cpuMs };
  const made = await world.clusters.touchSlices(eventsPerSecond * seconds, eventsPerSecond, world.members);
  await sleep(1000);
  const after = { hub: hub.usage().cpuMs, yardstick: yardstick.usage().cpuMs };
  const heard = Map.groupBy(await yardstick.remote.changes(), ({ cluster, name }) => `${cluster}/${name}`);
  const ms = made.flatMap(({ member, service, atMs }) => {
    const first = heard.get(`${member}/${service}-${world.shape.slices - 1}`)?.find((change) => change.atMs >= atMs);
    return first ? [first.atMs - atMs] : [];
  });
  return {
    hubMicros: ((after.hub - before.hub) * 1000) / made.length,
    yardstickMicros: ((after.yardstick - before.yardstick) * 1000) / made.length,
    ms,
  };
}
