import type { BenchOptions } from '../options.js';
import type { Recorder } from '../report/results.js';
import { groupsOf, type FleetShape } from './fleet-shape.js';
import { World } from './world.js';

/** The worlds of a run: one for each shape of a fleet, so that several figures share what it costs to make its target groups. */
export class Worlds {
  private readonly worlds = new Map<string, World>();

  constructor(
    private readonly options: BenchOptions,
    private readonly recorder: Recorder,
  ) {}

  /** A world whose groups are all there; no hub runs in it. */
  async settled(shape: FleetShape): Promise<World> {
    const known = this.worlds.get(JSON.stringify(shape));
    if (known) return known;
    const beganMs = performance.now();
    const world = await this.empty(shape);
    await world.clusters.register(1, shape.clusters);
    const madeMs = performance.now();
    const hub = await world.startHub();
    const before = hub.usage().cpuMs;
    const lastMs = await world.converged(shape.clusters, 900_000);
    const seconds = (lastMs - hub.startedAtMs) / 1000;
    this.recorder.row('first start: every target group is made', describe(shape), {
      'target groups': groupsOf(shape),
      s: seconds,
      'calls/s': (await world.aws.workCalls()) / seconds,
      'hub CPU s': (hub.usage().cpuMs - before) / 1000,
    });
    this.recorder.progress(`${describe(shape)} are there after ${((madeMs - beganMs) / 1000).toFixed(1)} s, and settled`);
    await world.stopHub();
    return world;
  }

  /** A world of which the hub knows no member yet. */
  async empty(shape: FleetShape): Promise<World> {
    const world = await World.start(shape, this.options);
    this.worlds.set(JSON.stringify(shape), world);
    return world;
  }

  /** Ends a world that no later figure needs. */
  async end(world: World): Promise<void> {
    await world.stop();
    for (const [key, each] of this.worlds) if (each === world) this.worlds.delete(key);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.worlds.values()].map((world) => world.stop()));
  }
}

export function describe(shape: FleetShape): string {
  return `${shape.clusters} clusters x ${shape.exports * shape.ports} groups`;
}
