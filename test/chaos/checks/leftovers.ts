import type { ChaosFleet } from '../fleet/chaos-fleet.js';
import type { HubProcess } from '../fleet/hub-process.js';
import type { Leftover } from '../compare.js';
import type { Person } from '../person.js';

/** What a replica uses: its heap after a collection, and what it has open. */
export interface Footprint {
  readonly pid: number | undefined;
  readonly heapMiB: number;
  readonly openFiles: number;
}

/** How much more a settled replica may use at the end than when it was settled first. What is remembered of groups and rows is in it. */
const heapMiB = 25;
/** Connections to AWS are kept for a while, one for each call that was under way at once. */
const openFiles = 30;

export async function footprintOf(replica: HubProcess): Promise<Footprint> {
  await replica.collectGarbage();
  const metrics = await replica.metrics();
  const heap = metrics.get('nodejs_heap_size_used_bytes') ?? 0;
  return { pid: replica.pid, heapMiB: Math.round(heap / 2 ** 20), openFiles: metrics.get('process_open_fds') ?? 0 };
}

/** What a replica has kept that it did not need before. One that was started anew meanwhile is compared with what any new one needs. */
export function growth(before: Footprint, after: Footprint): readonly string[] {
  const grown: string[] = [];
  if (after.heapMiB > before.heapMiB + heapMiB) grown.push(`the heap grew from ${before.heapMiB} to ${after.heapMiB} MiB`);
  if (after.openFiles > before.openFiles + openFiles) grown.push(`${after.openFiles} files are open, ${before.openFiles} were`);
  return grown;
}

/** Every export of a member at every port that a history knows, and as many as are worked on at once. */
const requestsAtMost = 2 * 4 * 5 + 8;

/** Queues with more in them than there are requests: each waits once, however often it is asked for. */
export async function deepQueues(fleet: ChaosFleet): Promise<readonly string[]> {
  const { client } = fleet.redis;
  const depths = await Promise.all(
    fleet.members.map(async ({ name }) => {
      const queue = await queueOf(fleet, name);
      const lists = await Promise.all([client.llen(`${queue}:wait`), client.llen(`${queue}:active`), client.zcard(`${queue}:prioritized`)]);
      return { name, depth: lists.reduce((sum, length) => sum + length, 0) };
    }),
  );
  return depths.flatMap(({ name, depth }) => (depth > requestsAtMost ? [`${depth} requests wait in the queue of ${name}`] : []));
}

/** What is in Redis and belongs to nothing that there is: the queues of former holders, and members that nobody knows. */
export async function strayKeys(fleet: ChaosFleet): Promise<readonly string[]> {
  const hub = `{lattice-hub:${fleet.hubId}`;
  const keys = await fleet.redis.client.keys(`${hub.replace('{', String.raw`\{`)}*`);
  const own = [`${hub}}:epoch`, `${hub}}:room`, `${hub}:budget:`];
  for (const { name } of fleet.members) {
    own.push(`${hub}:${name}}:queue`, `${hub}:${name}}:rows`, `${await queueOf(fleet, name)}:`);
  }
  const strays = keys.filter((key) => !own.some((start) => key.startsWith(start)));
  return strays.length === 0 ? [] : [`${strays.length} keys of nobody: ${strays.slice(0, 5).join()}`];
}

/** Target groups that this hub can't know for its own any more, because they lack its tag. Nobody else makes any. */
export function foreignGroups({ aws, hubId }: ChaosFleet): readonly string[] {
  return aws
    .regions()
    .flatMap(({ account, region }) =>
      aws
        .state(account, region)
        .targetGroups.flatMap(({ name, tags }) => (tags['lattice-hub.io/hub'] === hubId ? [] : [`${name} in ${account}`])),
    );
}

async function queueOf(fleet: ChaosFleet, member: string): Promise<string> {
  const prefix = `{lattice-hub:${fleet.hubId}:${member}}`;
  return `${prefix}:${await fleet.redis.client.get(`${prefix}:queue`)}`;
}

/** Requests that wait or are worked on though nothing is to be done, and whatever else piles up in Redis. */
export async function stuckJobs(fleet: ChaosFleet): Promise<readonly string[]> {
  const { client } = fleet.redis;
  const stuck: string[] = [];
  for (const { name } of fleet.members) {
    const queue = await queueOf(fleet, name);
    const counts = {
      wait: await client.llen(`${queue}:wait`),
      active: await client.llen(`${queue}:active`),
      paused: await client.llen(`${queue}:paused`),
      prioritized: await client.zcard(`${queue}:prioritized`),
      delayed: await client.zcard(`${queue}:delayed`),
      failed: await client.zcard(`${queue}:failed`),
      completed: await client.zcard(`${queue}:completed`),
    };
    const wrong = Object.entries(counts).filter(([, count]) => count > 0);
    if (wrong.length > 0) stuck.push(`${name}: ${wrong.map(([state, count]) => `${count} ${state}`).join(', ')}`);
    const jobs = (await client.keys(`${queue}:*`)).filter((key) => /:(\d+|de:.*)$/.test(key));
    if (jobs.length > 0) stuck.push(`${name}: jobs in no list: ${jobs.slice(0, 5).join()}`);
  }
  return stuck;
}

/** What stays in AWS though nobody asks for it, and is not named by the member's status. */
export function unnamedLeftovers(leftovers: readonly Leftover[], fleet: ChaosFleet, person: Person): readonly string[] {
  return leftovers.flatMap(({ id, name }) => {
    const member = fleet.members.find((candidate) => candidate.name === id.split(' ')[0]);
    const items = member ? (person.withheld(member).items ?? []) : [];
    return items.some((item) => item.targetGroup === name && item.reason === 'InUse') ? [] : [`${id}: ${name} stays, and nothing says so`];
  });
}

/** Members of whom something is held back still, or that are not what they should be. */
export function unsettledMembers(fleet: ChaosFleet, person: Person): readonly string[] {
  return fleet.members.flatMap((member) => {
    const status = fleet.memberCluster(member.name)?.status;
    const conditions = (status?.conditions ?? []) as { readonly type: string; readonly status: string; readonly reason: string }[];
    const wrong = conditions.filter(({ type, status: is }) => is !== (type === 'Contested' ? 'False' : 'True'));
    const items = (person.withheld(member).items ?? []).filter((item) => item.reason !== 'InUse');
    return [
      ...(status?.state === 'Synced' ? [] : [`${member.name} is ${status?.state}`]),
      ...wrong.map(({ type, reason }) => `${member.name}: ${type} ${reason}`),
      ...person.holds(member).map((hold) => `${member.name}: hold ${hold}`),
      ...items.map((item) => `${member.name}: ${item.step} of ${item.targetGroup} is withheld: ${item.reason}`),
    ];
  });
}
