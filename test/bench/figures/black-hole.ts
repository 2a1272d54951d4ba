import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../measure/percentile.js';
import { fiveExports } from '../world/fleet-shape.js';
import type { World } from '../world/world.js';
import { describe } from '../world/worlds.js';
import { endpointRun } from './endpoint-changes.js';
import { sizes, type Figure } from './figure.js';

/** Long enough for the hub to have tried each black-holed member and to be waiting for answers. */
const settleMs = 12_000;

/**
 * Long enough for a p99 to be that of the hub: a collection of the whole heap, which comes about once a minute, slows down some ten changes, wherever it
 * falls. In a short run those alone are the p99, or are not there.
 */
const changes = 2000;

/** What members that answer nothing do to the others. */
export const blackHole: Figure = {
  name: 'black-hole',
  about: 'the same with 30 % of the members black-holed, as a ratio of interleaved pairs',
  isQuick: false,
  run: async ({ options, recorder, worlds }) => {
    for (const clusters of sizes([1000], options)) {
      const world = await worlds.settled(fiveExports(clusters));
      await world.startHub();
      await world.quiet(3000, 300_000);
      const dead = world.members.filter((member) => member % 10 < 3);
      const living = world.members.filter((member) => member % 10 >= 3);
      await endpointRun(world, 200, 50, living);
      const pairs: { readonly healthy: number; readonly holed: number }[] = [];
      for (let pair = 0; pair < options.pairs; pair++) {
        const healthy = await endpointRun(world, changes, 50, living);
        await world.clusters.blackHole(dead);
        await sleep(settleMs);
        const holed = await endpointRun(world, changes, 50, living);
        await world.clusters.heal();
        await allWatched(world);
        pairs.push({ healthy: healthy.p99, holed: holed.p99 });
        recorder.progress(`pair ${pair + 1}: p99 ${healthy.p99.toFixed(1)} ms, black-holed ${holed.p99.toFixed(1)} ms`);
        recorder.check('changes without a RegisterTargets beside black holes', healthy.lost + holed.lost, 0);
      }
      recorder.row('endpoint change, 30 % of members black-holed', describe(world.shape), {
        'p99 ms healthy': median(pairs.map((pair) => pair.healthy)),
        'p99 ms black-holed': median(pairs.map((pair) => pair.holed)),
        ratio: median(pairs.map((pair) => pair.holed / pair.healthy)),
      });
      await world.stopHub();
    }
  },
};

async function allWatched(world: World): Promise<void> {
  const deadlineMs = performance.now() + 120_000;
  while ((await world.clusters.watched()) < world.shape.clusters) {
    if (performance.now() > deadlineMs) throw new Error('members are not watched again after 120 s');
    await sleep(250);
  }
  await world.quiet(3000, 120_000);
}
