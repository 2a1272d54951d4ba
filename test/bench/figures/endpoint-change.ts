import { fiveExports } from '../world/fleet-shape.js';
import { describe } from '../world/worlds.js';
import { endpointRun } from './endpoint-changes.js';
import { sizes, type Figure } from './figure.js';

/** From the change of an endpoint until its RegisterTargets is received. */
export const endpointChange: Figure = {
  name: 'endpoint-change',
  about: 'endpoint change -> RegisterTargets received, p50 and p99',
  isQuick: true,
  run: async ({ options, recorder, worlds }) => {
    for (const clusters of sizes([10, 200, 1000], options)) {
      const world = await worlds.settled(fiveExports(clusters));
      await world.startHub();
      await world.quiet(3000, 300_000);
      // In a quick run each group changes once, so that no two changes can become one call.
      const count = options.isQuick ? 40 : 1000;
      if (!options.isQuick) await endpointRun(world, 200, 50, world.members);
      const run = await endpointRun(world, count, 50, world.members);
      recorder.row('endpoint change -> RegisterTargets received, 50 changes/s', describe(world.shape), {
        'p50 ms': run.p50,
        'p99 ms': run.p99,
        'most ms': run.most,
        'hub CPU us/change': run.cpuMicros,
      });
      recorder.check(`endpoint changes in ${clusters} clusters: changes without a RegisterTargets`, run.lost, 0);
      if (options.isQuick)
        for (const operation of ['RegisterTargets', 'DeregisterTargets'])
          recorder.check(`${count} endpoint changes: ${operation}`, run.calls[operation] ?? 0, count);
      await world.stopHub();
    }
  },
};
