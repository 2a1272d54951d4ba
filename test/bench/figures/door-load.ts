import { median } from '../measure/percentile.js';
import { ChildService } from '../world/child-service.js';
import { fiveExports } from '../world/fleet-shape.js';
import type { ReadersService, ReadingResult } from '../world/readers-service.js';
import { describe } from '../world/worlds.js';
import { endpointRun, type EndpointRun } from './endpoint-changes.js';
import { sizes, type Figure } from './figure.js';

const watchers = 200;
const readsPerSecond = 1000;

/** What people who read the API do to the work. */
export const doorLoad: Figure = {
  name: 'door-load',
  about: 'endpoint changes beside 200 watches and 1,000 reads a second, as a ratio of interleaved pairs',
  isQuick: false,
  run: async ({ options, recorder, worlds }) => {
    for (const clusters of sizes([100], options)) {
      const world = await worlds.settled(fiveExports(clusters));
      const hub = await world.startHub();
      await world.quiet(3000, 300_000);
      const token = await world.clusters.readerToken();
      await endpointRun(world, 200, 50, world.members);
      const pairs: { readonly alone: number; readonly read: number; readonly aloneP50: number; readonly readP50: number }[] = [];
      let reads = 0;
      const rssBefore = hub.usage().rssMiB;
      for (let pair = 0; pair < options.pairs; pair++) {
        const alone = await endpointRun(world, 500, 50, world.members);
        const { read, seconds, answered, failed, watchedLines } = await besideReaders(hub.url, token, () =>
          endpointRun(world, 500, 50, world.members),
        );
        reads += answered / seconds / options.pairs;
        pairs.push({ alone: alone.p99, read: read.p99, aloneP50: alone.p50, readP50: read.p50 });
        recorder.progress(
          `pair ${pair + 1}: p99 ${alone.p99.toFixed(1)} ms, with readers ${read.p99.toFixed(1)} ms, ${(answered / seconds).toFixed(0)} reads/s, ${watchedLines} lines`,
        );
        recorder.check('changes without a RegisterTargets beside readers', alone.lost + read.lost, 0);
        recorder.check('reads that failed', failed, 0);
      }
      recorder.row('endpoint change beside 200 watches and 1,000 reads/s', describe(world.shape), {
        'p50 ms alone': median(pairs.map((pair) => pair.aloneP50)),
        'p50 ms read': median(pairs.map((pair) => pair.readP50)),
        'p99 ms alone': median(pairs.map((pair) => pair.alone)),
        'p99 ms read': median(pairs.map((pair) => pair.read)),
        'ratio of p50': median(pairs.map((pair) => pair.readP50 / pair.aloneP50)),
        'ratio of p99': median(pairs.map((pair) => pair.read / pair.alone)),
        'reads/s': reads,
        'RSS MiB before': rssBefore,
        'RSS MiB most': hub.usage().peakRssMiB,
      });
      await world.stopHub();
    }
  },
};

/** A run of changes while others read, and what those saw; they are gone when it ends, however it does. */
async function besideReaders(
  url: string,
  token: string,
  run: () => Promise<EndpointRun>,
): Promise<ReadingResult & { readonly read: EndpointRun; readonly seconds: number }> {
  const readers = ChildService.start<ReadersService>(new URL('../world/readers-service.ts', import.meta.url), 1024);
  try {
    await readers.remote.start(url, token, watchers, readsPerSecond);
    const beganMs = performance.now();
    const read = await run();
    const seconds = (performance.now() - beganMs) / 1000;
    return { read, seconds, ...(await readers.remote.stop()) };
  } finally {
    await readers.stop();
  }
}
