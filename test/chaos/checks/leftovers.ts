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
const heapMiB = 40;
/** Connections to AWS are kept for a while, one for each call that was under way at once. */
const openFiles = 60;

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

/** Requests that wait or are worked on though nothing is to be done, and whatever else piles up in Redis. */
export async function stuckJobs(fleet: ChaosFleet): Promise<readonly string[]> {
  const { client } = fleet.redis;
  const stuck: string[] = [];
  for (const { name } of fleet.members) {
    const prefix = `{lattice-hub:${fleet.hubId}:${name}}`;
    const queue = `${prefix}:${await client.get(`${prefix}:queue`)}`;
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
