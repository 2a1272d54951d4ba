import { hubTags, upstreamTags } from '@hub/api';
import type { HealthCheck, ObservedTarget, ObservedTargetGroup, Target, TargetGroupSpec } from '@hub/model';
import { targetId } from '@hub/model';
import { KnownGroups, shown, type GroupSummary, type Memory } from './known-groups.js';
import type { LatticeApi, TargetGroupListing, TargetsOutcome } from './lattice-api.js';
import { LatticeError } from './lattice-error.js';

/** What a refresh found to be different. */
export interface InventoryChange {
  readonly before: GroupSummary | undefined;
  readonly after: GroupSummary | undefined;
}

/** A change that AWS dates this close to a write of the hub is the hub's own. */
const ownWriteMs = 2000;
/** For this long the tagging index may not have heard of a write of the hub. */
const taggingLagMs = 300_000;

/**
 * What is known of the target groups of one account and region, for all clusters there: one inventory from two listings, and what was read of a
 * group by itself, kept for as long as the listing does not say that it changed (design 3). The verbs of AWS are here too, because whoever
 * writes knows best what is there afterwards; what may or may not have been done is forgotten, and so read again.
 */
export class TargetGroups {
  readonly known: KnownGroups;
  /** Groups of which no tag is known, and since when. */
  private readonly untoldSinceMs = new Map<string, number>();
  private refreshing: Promise<readonly InventoryChange[]> | undefined;
  private refreshedAtMs: number | undefined;

  constructor(
    private readonly hubId: string,
    private readonly clock: { readonly nowMs: () => number; readonly wallMs: () => number },
  ) {
    this.known = new KnownGroups(hubId);
  }

  /** How old the inventory is. Undefined: it was never read, and nothing may be concluded from what is not in it. */
  get ageMs(): number | undefined {
    return this.refreshedAtMs === undefined ? undefined : this.clock.nowMs() - this.refreshedAtMs;
  }

  /**
   * Reads the listings; whoever asks meanwhile gets the same answer. That of the tags is the larger one, and lags by minutes: where `tags` says so it
   * is read only for groups of which no tag is known.
   * @returns this hub's groups that are different now
   * @throws LatticeError; then nothing of what is known changes
   */
  refresh(api: LatticeApi, signal: AbortSignal, tags: 'all' | 'unknown' = 'all'): Promise<readonly InventoryChange[]> {
    this.refreshing ??= this.readListings(api, signal, tags).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Reads one group by itself. @throws LatticeError other than notFound; a group that is gone is forgotten */
  async read(api: LatticeApi, arn: string, signal: AbortSignal): Promise<ObservedTargetGroup | undefined> {
    try {
      const reading = await api.getTargetGroup(arn, signal);
      const isBusy = reading.status === 'CREATE_IN_PROGRESS' || reading.status === 'DELETE_IN_PROGRESS';
      const known = this.known.get(arn);
      // A group that is being made is asked for its status alone: it has no targets that were not known before.
      const targets = isBusy || isFreshlyMade(known) ? known && shown(known).targets : await api.listTargets(arn, signal);
      const group: ObservedTargetGroup = {
        ...reading.shape,
        arn,
        name: reading.name,
        status: reading.status,
        serviceArns: reading.serviceArns,
        tags: known?.areTagsUnsure ? await api.listTags(arn, signal) : (known?.group.tags ?? {}),
        healthCheck: reading.healthCheck,
        ...(targets && { targets }),
        readAtMs: this.clock.nowMs(),
        ...(reading.failure !== undefined && { failure: reading.failure }),
      };
      const lastUpdatedAtMs = reading.lastUpdatedAtMs ?? known?.lastUpdatedAtMs ?? 0;
      this.known.put(group, { lastUpdatedAtMs, ...(known?.areTagsUnsure && { areTagsUnsure: false, taggedAtMs: this.clock.wallMs() }) });
      return group;
    } catch (error) {
      if (!(error instanceof LatticeError) || error.kind !== 'notFound') throw error;
      this.drop(arn);
      return undefined;
    }
  }

  // --- AWS's verbs ----------------------------------------------------------------------------------------------------------------------

  /**
   * Creates a group. A name that is taken already is this hub's own group where its tags say so: then it is adopted, and gets back the tags that
   * somebody took away.
   * @throws LatticeError; of kind conflict where the name is another's
   */
  async create(api: LatticeApi, spec: TargetGroupSpec, signal: AbortSignal): Promise<ObservedTargetGroup> {
    try {
      const made = await api.createTargetGroup(spec, signal);
      const { tags: asked, healthCheck: _asked, name: _name, ...shape } = spec;
      const tags = this.known.keptTags(asked);
      const group: ObservedTargetGroup = {
        ...shape,
        arn: made.arn,
        name: made.name,
        status: made.status,
        serviceArns: [],
        tags,
        healthCheck: made.healthCheck,
        targets: [],
        readAtMs: this.clock.nowMs(),
      };
      this.known.put(group, { wroteAtMs: this.clock.wallMs(), taggedAtMs: this.clock.wallMs() });
      return group;
    } catch (error) {
      if (!(error instanceof LatticeError) || error.kind !== 'conflict') throw error;
      return this.adopt(api, spec, error, signal);
    }
  }

  async updateHealthCheck(api: LatticeApi, arn: string, healthCheck: HealthCheck, signal: AbortSignal): Promise<void> {
    await this.writing(arn, async () => {
      const updated = await api.updateHealthCheck(arn, healthCheck, signal);
      this.known.amend(arn, (group) => ({ ...group, healthCheck: updated }));
    });
  }

  async tag(api: LatticeApi, arn: string, tags: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    await this.writing(arn, async () => {
      this.known.note(arn, { areTagsUnsure: true });
      await api.tagResource(arn, tags, signal);
      const areSure = { taggedAtMs: this.clock.wallMs(), areTagsUnsure: false };
      this.known.amend(arn, (group) => ({ ...group, tags: { ...group.tags, ...tags } }), areSure);
    });
  }

  async register(api: LatticeApi, arn: string, targets: readonly Target[], signal: AbortSignal): Promise<TargetsOutcome> {
    return this.writing(arn, async () => {
      const outcome = await api.registerTargets(arn, targets, signal);
      this.known.amend(arn, (group) => {
        const status = group.serviceArns.length === 0 ? 'UNUSED' : 'INITIAL';
        const added = new Map(outcome.done.map((target) => [targetId(target), { ...target, status } as const]));
        const kept = (group.targets ?? []).filter((target) => !added.has(targetId(target)));
        return group.targets ? { ...group, targets: [...kept, ...added.values()] } : group;
      });
      return outcome;
    });
  }

  async deregister(api: LatticeApi, arn: string, targets: readonly Target[], signal: AbortSignal): Promise<TargetsOutcome> {
    return this.writing(arn, async () => {
      const outcome = await api.deregisterTargets(arn, targets, signal);
      const removed = new Set(outcome.done.map(targetId));
      this.known.amend(arn, (group) => ({ ...group, ...(group.targets && { targets: afterDeregister(group, removed) }) }));
      return outcome;
    });
  }

  /**
   * Deletes a group that is this hub's still: its tags are read once more, for the index of tags lags by minutes.
   * @throws LatticeError; of kind conflict where it is not this hub's any more
   */
  async delete(api: LatticeApi, arn: string, signal: AbortSignal): Promise<void> {
    await this.writing(arn, async () => {
      try {
        await this.requireOwn(api, arn, signal);
        const status = await api.deleteTargetGroup(arn, signal);
        this.known.amend(arn, (group) => ({ ...group, status }));
      } catch (error) {
        if (!(error instanceof LatticeError) || error.kind !== 'notFound') throw error;
        this.drop(arn);
      }
    });
  }

  /** Reads the tags of a group that is to be taken away. @throws LatticeError; of kind conflict where it is not this hub's any more */
  async requireOwn(api: LatticeApi, arn: string, signal: AbortSignal): Promise<void> {
    const tags = this.known.keptTags(await api.listTags(arn, signal));
    this.known.amend(arn, (group) => ({ ...group, tags }), { taggedAtMs: this.clock.wallMs(), areTagsUnsure: false });
    if (tags[hubTags.hub] !== this.hubId) throw new LatticeError('conflict', `${arn} does not carry this hub's tag any more`);
  }

  // --- memory ----------------------------------------------------------------------------------------------------------------------------

  /** What was being written when the answer was lost may or may not be there: it is read again. So is what was not as it was thought to be. */
  private async writing<T>(arn: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof LatticeError && error.kind === 'notFound') this.drop(arn);
      else if (!wasNeverMade(error)) this.known.forget(arn);
      throw error;
    } finally {
      this.known.note(arn, { wroteAtMs: this.clock.wallMs() });
    }
  }

  private async adopt(api: LatticeApi, spec: TargetGroupSpec, conflict: LatticeError, signal: AbortSignal): Promise<ObservedTargetGroup> {
    await this.refresh(api, signal);
    const hit = this.known.named(spec.name);
    if (!hit) throw new LatticeError('notReady', `the name ${spec.name} is taken by a group that is not listed yet`, { cause: conflict });
    const tags = await api.listTags(hit.group.arn, signal);
    if (tags[hubTags.hub] !== this.hubId) {
      throw new LatticeError('conflict', `the name ${spec.name} is taken by ${hit.group.arn}, which is not this hub's`, {
        cause: conflict,
      });
    }
    const lost = lostTags(spec.tags, tags);
    // Without them it would not be found again, and be made again and again.
    if (lost) await api.tagResource(hit.group.arn, lost, signal);
    this.known.put({ ...shown(hit), tags: this.known.keptTags({ ...tags, ...lost }) }, { taggedAtMs: this.clock.wallMs() });
    return shown(this.known.get(hit.group.arn) ?? hit);
  }

  private async readListings(api: LatticeApi, signal: AbortSignal, whichTags: 'all' | 'unknown'): Promise<readonly InventoryChange[]> {
    const beganWallMs = this.clock.wallMs();
    const beganMs = this.clock.nowMs();
    const allTags = whichTags === 'all' || this.refreshedAtMs === undefined ? api.getTargetGroupTags(signal) : undefined;
    const [listings, readTags] = await Promise.all([api.listTargetGroups(signal), allTags]);
    const tags = readTags ?? (listings.some(({ arn }) => this.mayGetTags(arn)) ? await api.getTargetGroupTags(signal) : undefined);
    const changes: InventoryChange[] = [];
    const listed = new Set<string>();
    for (const listing of listings) {
      listed.add(listing.arn);
      const change = this.take(listing, tags?.get(listing.arn));
      if (change) changes.push(change);
      this.noteUntold(listing.arn);
    }
    for (const [arn, memory] of this.known.all()) {
      // A group that was made while the listing was read may not be in it.
      if (listed.has(arn) || memory.wroteAtMs >= beganWallMs) continue;
      this.drop(arn);
      if (memory.group.tags[hubTags.hub] === this.hubId) changes.push({ before: memory.group, after: undefined });
    }
    this.refreshedAtMs = beganMs;
    return changes;
  }

  /** A group without tags may be too new for the index of tags; one that has had none for longer than that lags has none. */
  private mayGetTags(arn: string): boolean {
    if (isTagged(this.known.get(arn))) return false;
    const sinceMs = this.untoldSinceMs.get(arn);
    return sinceMs === undefined || this.clock.nowMs() - sinceMs < taggingLagMs;
  }

  private noteUntold(arn: string): void {
    if (isTagged(this.known.get(arn))) this.untoldSinceMs.delete(arn);
    else if (!this.untoldSinceMs.has(arn)) this.untoldSinceMs.set(arn, this.clock.nowMs());
  }

  private take(listing: TargetGroupListing, listedTags: Readonly<Record<string, string>> | undefined): InventoryChange | undefined {
    const { lastUpdatedAtMs } = listing;
    const memory = this.known.get(listing.arn);
    const before = memory?.group;
    const isTagMemoryNewer = memory !== undefined && this.clock.wallMs() - memory.taggedAtMs < taggingLagMs;
    const tags = memory && (isTagMemoryNewer || !listedTags) ? memory.group.tags : (listedTags ?? {});
    const isKept = memory !== undefined && !isChangedByOthers(memory, lastUpdatedAtMs);
    if (isKept && tellsNothingNew(memory.group, listing, tags)) {
      // Nearly always so. What is known stays as it is, down to its strings, and what was read just now can go.
      if (memory.lastUpdatedAtMs !== lastUpdatedAtMs) this.known.note(listing.arn, { lastUpdatedAtMs });
      return undefined;
    }
    const after: ObservedTargetGroup = { ...this.summaryOf(listing, tags, before), ...(isKept ? readingsOf(shown(memory)) : {}) };
    this.known.put(after, { lastUpdatedAtMs });
    const isOurs = tags[hubTags.hub] === this.hubId || before?.tags[hubTags.hub] === this.hubId;
    return isOurs ? { before, after } : undefined;
  }

  private summaryOf(listing: TargetGroupListing, tags: Readonly<Record<string, string>>, before: GroupSummary | undefined): GroupSummary {
    const { lastUpdatedAtMs: _lastUpdatedAtMs, ...summary } = listing;
    const protocolVersion = versionOf(tags[upstreamTags.protocolVersion]) ?? before?.protocolVersion;
    return {
      ...summary,
      ...(protocolVersion !== undefined && { protocolVersion }),
      vpcId: this.known.keptVpc(summary.vpcId),
      tags: this.known.keptTags(tags),
    };
  }

  private drop(arn: string): void {
    this.untoldSinceMs.delete(arn);
    this.known.remove(arn);
  }
}

function isTagged(memory: Memory | undefined): boolean {
  return memory !== undefined && Object.keys(memory.group.tags).length > 0;
}

function isFreshlyMade(memory: Memory | undefined): boolean {
  return memory?.group.status === 'CREATE_IN_PROGRESS' && memory.targets !== undefined;
}

/** Targets of a group that nothing uses leave at once; those of one in use drain. */
function afterDeregister(group: ObservedTargetGroup, removed: ReadonlySet<string>): readonly ObservedTarget[] {
  if (group.serviceArns.length === 0) return (group.targets ?? []).filter((target) => !removed.has(targetId(target)));
  return (group.targets ?? []).map((target) => (removed.has(targetId(target)) ? { ...target, status: 'DRAINING' as const } : target));
}

function isChangedByOthers(memory: Memory, lastUpdatedAtMs: number): boolean {
  if (lastUpdatedAtMs === memory.lastUpdatedAtMs) return false;
  return Math.abs(lastUpdatedAtMs - memory.wroteAtMs) > ownWriteMs;
}

function readingsOf(group: ObservedTargetGroup): Pick<ObservedTargetGroup, 'healthCheck' | 'targets' | 'readAtMs' | 'failure'> {
  return {
    ...(group.healthCheck && { healthCheck: group.healthCheck }),
    ...(group.targets && { targets: group.targets }),
    ...(group.readAtMs !== undefined && { readAtMs: group.readAtMs }),
    ...(group.failure !== undefined && { failure: group.failure }),
  };
}

/** The tags that a group of this name must have and has not. Which policy holds is for the plan to say. */
function lostTags(wanted: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const lost = Object.entries(wanted).filter(([key, value]) => key !== hubTags.policy && found[key] !== value);
  return lost.length === 0 ? undefined : Object.fromEntries(lost);
}

/** Whether a call failed of which it is known that no attempt was carried out. */
function wasNeverMade(error: unknown): boolean {
  if (!(error instanceof LatticeError) || error.isUnknownOutcome) return false;
  return ['fenced', 'denied', 'notAssumed', 'wrongAccount'].includes(error.kind);
}

function versionOf(tag: string | undefined): ObservedTargetGroup['protocolVersion'] {
  return tag === 'HTTP1' || tag === 'HTTP2' || tag === 'GRPC' ? tag : undefined;
}

/** Whether a listing, with the tags that count, tells nothing new of a group. */
function tellsNothingNew(known: GroupSummary, listed: TargetGroupListing, tags: Readonly<Record<string, string>>): boolean {
  return known.status === listed.status && sameServices(known.serviceArns, listed.serviceArns) && sameTags(known.tags, tags);
}

function sameServices(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((arn, index) => arn === b[index]);
}

function sameTags(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
