import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessUsage } from '../measure/process-usage.js';
import type { Recorder } from '../report/results.js';
import { largeMembers, groupsOf } from '../world/fleet-shape.js';
import type { HubProcess } from '../world/hub-process.js';
import type { World } from '../world/world.js';
import { sizes, type Figure } from './figure.js';

/** An inventory of each account falls into every such window. */
const idleMs = 66_000;

/** What the hub takes while nothing happens, as members join. */
export const resources: Figure = {
  name: 'resources',
  about: 'RSS, idle CPU and open sockets by the number of engaged members',
  isQuick: false,
  run: async ({ options, recorder, worlds }) => {
    const steps = sizes([10, 100, 500, 1000], options);
    const world = await worlds.empty(largeMembers(steps.at(-1) ?? 10, options.services));
    try {
      const hub = await world.startHub();
      let engaged = 0;
      for (const clusters of steps) {
        const beganMs = performance.now();
        await world.clusters.register(engaged + 1, clusters);
        const steadyMs = await world.converged(clusters, 1_800_000);
        recorder.progress(
          `${clusters} members are engaged, the last ${clusters - engaged} after ${((steadyMs - beganMs) / 1000).toFixed(0)} s`,
        );
        engaged = clusters;
        await sleep(10_000);
        await record(world, hub, clusters, 'grown', recorder);
      }
      await world.stopHub();
      const again = await world.startHub();
      const steadyMs = await world.quiet(5000, 900_000);
      recorder.progress(`started again, steady after ${((steadyMs - again.startedAtMs) / 1000).toFixed(0)} s`);
      await sleep(10_000);
      await record(world, again, engaged, 'started anew', recorder);
    } finally {
      await worlds.end(world);
    }
  },
};

async function record(world: World, hub: HubProcess, clusters: number, how: string, recorder: Recorder): Promise<void> {
  const { usage, cpuShare } = await idle(hub);
  const { shape } = world;
  const objects = clusters * shape.exports * (2 + shape.slices);
  recorder.row('idle hub', `${clusters} clusters, ${how}`, {
    objects,
    'target groups': groupsOf({ ...shape, clusters }),
    'RSS MiB': usage.rssMiB,
    'peak RSS MiB': usage.peakRssMiB,
    'CPU % of a core': cpuShare * 100,
    sockets: usage.sockets,
  });
}

/** The use of a hub that is left alone. */
export async function idle(hub: { usage(): ProcessUsage }): Promise<{ readonly usage: ProcessUsage; readonly cpuShare: number }> {
  const before = hub.usage().cpuMs;
  await sleep(idleMs);
  const usage = hub.usage();
  return { usage, cpuShare: (usage.cpuMs - before) / idleMs };
}
