import { expectedGroups, type ExpectedGroup, type OracleWorld } from '../oracle.js';

/** What people said from one moment on. */
export interface Entry {
  readonly fromMs: number;
  readonly world: OracleWorld;
  readonly groups: ReadonlyMap<string, ExpectedGroup>;
  readonly text: string;
  /** Whether clusters or replicas could not all hear each other then. */
  readonly isTroubled: boolean;
}

/** How long it may take until the hub sees that a group is used which it has no reason to read: listings tell it too. */
const useIsSeenMs = 30_000;

/**
 * Everything that people have said since the fleet was last seen to be exactly as they say. What the hub takes away must follow from one of these
 * words: it may be late, and it may not be wrong.
 */
export class Ledger {
  private words: Entry[] = [];
  /** The first word that counts, for each member that was seen to be as it must since the whole fleet was. */
  private readonly firsts = new Map<string, Entry>();
  /** Since when services use groups, by performance.now(). */
  private readonly usedSinceMs = new Map<string, number>();

  /** Notes what people say now, where it is something else than before. */
  note(world: OracleWorld, isTroubled = false): Entry {
    const groups = expectedGroups(world);
    // Policies and slices by themselves too: a group that nobody asks for any more, and that is in use, follows them.
    const clusters = world.clusters.map(({ name, policyScope, policies: own, slices }) => [
      name,
      policyScope,
      own.map(({ metadata, spec }) => [metadata.uid, spec]),
      slices.map(({ metadata, endpoints }) => [metadata.namespace, metadata.name, endpoints]),
    ]);
    const hubPolicies = world.hubPolicies.map(({ metadata, spec }) => [metadata.uid, spec]);
    const text = JSON.stringify([[...groups.values()].map((group) => [group, [...group.addresses]]), hubPolicies, clusters]);
    const last = this.words.at(-1);
    if (last?.text === text && last.isTroubled === isTroubled) return last;
    const entry = { fromMs: performance.now(), world, groups, text, isTroubled };
    this.words.push(entry);
    return entry;
  }

  /** What the hub may go by in what follows from a member's own objects. */
  of(cluster: string): readonly Entry[] {
    const first = this.firsts.get(cluster);
    return first === undefined ? this.words : this.words.slice(Math.max(0, this.words.indexOf(first)));
  }

  /** What the hub may go by in what follows from the policies of all of them. */
  get all(): readonly Entry[] {
    return this.words;
  }

  /** All of one member is as the last word says, and nothing of it is under way: what was said before counts no more, a moment of grace aside. */
  settled(cluster: string, graceMs: number): void {
    const limit = performance.now() - graceMs;
    const first = this.words.findLast((entry) => entry.fromMs <= limit);
    if (first && this.words.indexOf(first) > this.words.indexOf(this.of(cluster)[0] ?? first)) this.firsts.set(cluster, first);
  }

  /** So it is with all of them. */
  settledEverywhere(graceMs: number): void {
    const limit = performance.now() - graceMs;
    const since = this.words.findLastIndex((entry) => entry.fromMs <= limit);
    if (since > 0) this.words = this.words.slice(since);
  }

  /** A service uses a group from now on. */
  noteUse(arn: string): void {
    this.usedSinceMs.set(arn, performance.now());
  }

  /**
   * Whether the hub knows that a service uses a group: it has read it since, or had the time to.
   * @param readAtMs when it began to read it for the last time
   */
  isUseKnown(arn: string, readAtMs = -Infinity): boolean {
    const sinceMs = this.usedSinceMs.get(arn) ?? -Infinity;
    return readAtMs >= sinceMs || performance.now() - sinceMs > useIsSeenMs;
  }
}
