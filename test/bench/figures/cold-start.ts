import { fiveExports, groupsOf } from '../world/fleet-shape.js';
import { describe } from '../world/worlds.js';
import { sizes, type Figure } from './figure.js';

const isRead = /^(Get|List)/;
const isOfSts = /^(AssumeRole|GetCallerIdentity)$/;

/** A hub that starts again where everything is as it must be. */
export const coldStart: Figure = {
  name: 'cold-start',
  about: 'start of a settled hub to steady: time, reads, no write',
  isQuick: true,
  run: async ({ options, recorder, worlds }) => {
    for (const clusters of sizes([100, 1000], options)) {
      const world = await worlds.settled(fiveExports(clusters));
      await Promise.all([world.aws.resetCalls(), world.clusters.resetTraffic()]);
      const hub = await world.startHub();
      const readyMs = performance.now();
      const steadyMs = await world.quiet(5000, 300_000);
      const { cpuMs } = hub.usage();
      const [calls, traffic, watched] = await Promise.all([world.aws.calls(), world.clusters.traffic(), world.clusters.watched()]);
      const sum = (fits: (operation: string) => boolean) =>
        Object.entries(calls).reduce((total, [operation, count]) => total + (fits(operation) ? count : 0), 0);
      const reads = sum((operation) => isRead.test(operation) && !isOfSts.test(operation));
      const writes = sum((operation) => !isRead.test(operation) && !isOfSts.test(operation));
      recorder.row('start of a settled hub', describe(world.shape), {
        's to ready': (readyMs - hub.startedAtMs) / 1000,
        's to steady': (steadyMs - hub.startedAtMs) / 1000,
        'hub CPU s': cpuMs / 1000,
        'AWS reads': reads,
        'AWS writes': writes,
        'member writes': traffic.memberWrites,
        'hub cluster writes': traffic.hubWrites,
      });
      recorder.check(`start of a settled hub, ${clusters} clusters: AWS writes`, writes, 0);
      recorder.check(`start of a settled hub, ${clusters} clusters: members watched`, watched, clusters);
      for (const operation of ['GetTargetGroup', 'ListTargets'])
        recorder.check(`start of a settled hub, ${clusters} clusters: ${operation}`, calls[operation] ?? 0, groupsOf(world.shape));
      await world.stopHub();
    }
  },
};
