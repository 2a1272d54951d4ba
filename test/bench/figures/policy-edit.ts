import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../measure/percentile.js';
import type { Recorder } from '../report/results.js';
import { fiveGroups, groupsOf, membersOfAccount } from '../world/fleet-shape.js';
import type { World } from '../world/world.js';
import { describe } from '../world/worlds.js';
import { sizes, type Figure } from './figure.js';

const limit = { perSecond: 10, burst: 10 } as const;

/** So long after an edit a hub that is alone tells how far its members have come; then it is at rest. */
const restMs = 11_000;

/** From a policy edit until every group of the fleet has it. */
export const policyEdit: Figure = {
  name: 'policy-edit',
  about: 'policy edit -> all groups current, with and without latency and a limit',
  isQuick: true,
  run: async ({ options, recorder, worlds }) => {
    for (const clusters of sizes([10, 100, 500], options)) {
      const world = await worlds.settled(fiveGroups(clusters));
      await unlimited(world, options.isQuick ? 1 : 3, recorder);
      await limited(world, options.isQuick ? 1 : 3, recorder);
      await worlds.end(world);
    }
  },
};

async function unlimited(world: World, times: number, recorder: Recorder): Promise<void> {
  await world.startHub();
  await world.quiet(3000, 300_000);
  const edits = new Edits(world, recorder);
  for (const latencyMs of [0, 30]) {
    await world.aws.setLatency(latencyMs);
    const tookMs: number[] = [];
    for (let i = 0; i < times; i++) tookMs.push(await edits.edit(120_000));
    recorder.row('policy edit -> all groups current', `${describe(world.shape)}, latency ${latencyMs} ms`, { ms: median(tookMs) });
  }
  await world.aws.setLatency(0);
  await world.stopHub();
}

async function limited(world: World, times: number, recorder: Recorder): Promise<void> {
  await world.startHub(limit);
  await world.quiet(3000, 300_000);
  await world.aws.setLimit(limit);
  const edits = new Edits(world, recorder);
  const each: number[] = [];
  let refused = 0;
  for (let i = 0; i < times; i++) {
    // Buckets that are full are part of the limit, and so is a hub that has told all that there was to tell of the edit before.
    await sleep(2000);
    if (times > 1) await world.quiet(restMs, 120_000);
    each.push(await edits.edit(120_000));
    refused += sumOf(await world.aws.refused());
  }
  const tookMs = median(each);
  const allowedMs = ((membersOfAccount * 5 - limit.burst) / limit.perSecond) * 1000;
  recorder.row('policy edit under a limit of 10 calls/s an account', describe(world.shape), {
    ms: tookMs,
    'ms allowed': allowedMs,
    ratio: tookMs / allowedMs,
    'calls refused': refused,
  });
  await world.stopHub();
}

class Edits {
  constructor(
    private readonly world: World,
    private readonly recorder: Recorder,
  ) {}

  /** Edits the policy. @returns the ms until the last update was made */
  async edit(timeoutMs: number): Promise<number> {
    const { aws, clusters, shape } = this.world;
    const groups = groupsOf(shape);
    const path = `/edit-${process.hrtime.bigint()}`;
    await aws.resetCalls();
    const beganMs = await clusters.editPolicy(path);
    const deadlineMs = performance.now() + timeoutMs;
    while (((await aws.calls())['UpdateTargetGroup'] ?? 0) < groups && performance.now() < deadlineMs) await sleep(20);
    await this.world.quiet(1500, timeoutMs);
    const [calls, counts, lastMs] = await Promise.all([aws.calls(), aws.groups(), aws.lastAnsweredMs('UpdateTargetGroup')]);
    const refused = sumOf(await aws.refused());
    const what = `edit of a policy of ${groups} groups`;
    this.recorder.check(`${what}: groups with the new health check`, counts.byPath[path] ?? 0, groups);
    this.recorder.check(`${what}: UpdateTargetGroup`, (calls['UpdateTargetGroup'] ?? 0) - refused, groups);
    this.recorder.check(`${what}: other calls`, (await aws.workCalls()) - (calls['UpdateTargetGroup'] ?? 0), 0);
    return lastMs - beganMs;
  }
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}
