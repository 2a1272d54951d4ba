import { fiveExports } from '../world/fleet-shape.js';
import type { World } from '../world/world.js';
import { describe } from '../world/worlds.js';
import { endpointRun, type EndpointRun } from './endpoint-changes.js';
import { sizes, type Figure, type FigureContext } from './figure.js';

const secondsOfStep = 5;
const probePerSecond = 20;

/** How much one replica takes before its p99 doubles, and what one event costs. */
export const eventLoad: Figure = {
  name: 'event-load',
  about: 'events/s that one replica takes before p99 doubles, and the CPU of one event',
  isQuick: false,
  run: async (context) => {
    const { options, recorder, worlds } = context;
    const [clusters = 10] = sizes([200], options);
    const world = await worlds.settled(fiveExports(clusters));
    await world.startHub();
    await world.quiet(3000, 300_000);
    await endpointRun(world, 200, 50, world.members);
    await ramp(context, world, 'endpoint changes, two AWS calls each', [25, 50, 100, 150, 200, 300, 400], (perSecond) =>
      endpointRun(world, perSecond * secondsOfStep, perSecond, world.members),
    );
    await world.quiet(3000, 60_000);
    const half = Math.floor(world.members.length / 2);
    const probe = () => endpointRun(world, probePerSecond * secondsOfStep, probePerSecond, world.members.slice(0, half));
    const alone = await probe();
    const what = 'slice events that change nothing, p99 of 20 endpoint changes/s beside them';
    await ramp(context, world, what, [50, 500, 1000, 2000, 3000], async (perSecond) => {
      const events = perSecond * secondsOfStep;
      const [run] = await Promise.all([probe(), world.clusters.touchSlices(events, perSecond, world.members.slice(half))]);
      return { ...run, cpuMicros: Math.max(0, (run.cpuMicros - alone.cpuMicros) * run.changes) / events };
    });
    await world.quiet(3000, 60_000);
    recorder.progress('the hub has worked everything off');
    await world.stopHub();
  },
};

/** Raises the rate until p99 has doubled. */
async function ramp(
  { recorder }: FigureContext,
  world: World,
  what: string,
  rates: readonly number[],
  act: (perSecond: number) => Promise<EndpointRun>,
): Promise<void> {
  let first: number | undefined;
  for (const perSecond of rates) {
    const before = world.simulatorsCpuMs();
    const beganMs = performance.now();
    const run = await act(perSecond);
    const tookMs = performance.now() - beganMs;
    const after = world.simulatorsCpuMs();
    recorder.row(`load on one replica of ${describe(world.shape)}: ${what}`, `${perSecond}/s`, {
      'p50 ms': run.p50,
      'p99 ms': run.p99,
      'hub CPU us/event': run.cpuMicros,
      'hub CPU %': (run.cpuMicros * perSecond) / 10_000,
      'clusters CPU %': ((after.clusters - before.clusters) / tookMs) * 100,
      'AWS CPU %': ((after.aws - before.aws) / tookMs) * 100,
    });
    first ??= run.p99;
    if (run.p99 > 2 * first) return;
  }
}
