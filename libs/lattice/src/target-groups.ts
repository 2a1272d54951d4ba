import { hubTags, upstreamTags } from '@hub/api';
import type { HealthCheck, ObservedTarget, ObservedTargetGroup, Place, Slot, Target, TargetGroupSpec } from '@hub/model';
import { isSlot, keyText, NamesByKey, OneCopy, targetId } from '@hub/model';
import type { LatticeApi, TargetGroupListing, TargetsOutcome } from './lattice-api.js';
import { LatticeError } from './lattice-error.js';
import { targetsOfText, textOfTargets } from './target-text.js';

/** A group without its targets. */
export type GroupSummary = Omit<ObservedTargetGroup, 'targets'>;

/** A group as it is remembered, with what tells whether the memory is still good. */
interface Memory {
  group: GroupSummary;
  /** Its targets, where they were read: see {@link textOfTargets}. */
  targets: string | undefined;
  lastUpdatedAtMs: number;
  /** When this hub wrote to it last, and when it wrote its tags last; wall-clock time. */
  wroteAtMs: number;
  taggedAtMs: number;
  /** Tags were being written and the answer never came: which they are is not known. */
  areTagsUnsure: boolean;
}

/** What a refresh found to be different. */
export interface InventoryChange {
  readonly before: GroupSummary | undefined;
  readonly after: GroupSummary | undefined;
}

/** Tags whose values many groups have in common. */
const commonTags = Object.values({ ...upstreamTags, ...hubTags }).filter(
  (key) => key !== upstreamTags.serviceName && key !== hubTags.service,
);

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
  private readonly memories = new Map<string, Memory>();
  /** ARNs by export. */
  private readonly byExport = new NamesByKey();
  /** ARNs by Service. */
  private readonly byService = new NamesByKey();
  /** ARNs by the cluster that they are for. */
  private readonly byCluster = new NamesByKey();
  /** ARNs of those that are another writer's, by the cluster whose name they carry. */
  private readonly foreign = new NamesByKey();
  /** The traces of policies on the groups of an export and slot, wherever they are, and the ARNs of those that carry each. */
  private readonly traces = new NamesByKey();
  private readonly byTrace = new NamesByKey();
  /** Each value that many groups have in common, once. */
  private readonly common = new OneCopy();
  /** Groups of which no tag is known, and since when. */
  private readonly untoldSinceMs = new Map<string, number>();
  private refreshing: Promise<readonly InventoryChange[]> | undefined;
  private refreshedAtMs: number | undefined;

  constructor(
    private readonly hubId: string,
    private readonly clock: { readonly nowMs: () => number; readonly wallMs: () => number },
  ) {}

  /** How old the inventory is. Undefined: it was never read, and nothing may be concluded from what is not in it. */
  get ageMs(): number | undefined {
    return this.refreshedAtMs === undefined ? undefined : this.clock.nowMs() - this.refreshedAtMs;
  }

  /**
   * How many groups of this hub there are in the account and region, and how many of a cluster's: what a deletion budget is a share of. Those
   * that are being deleted are spent already.
   */
  countsFor(place: Place): { readonly ofAccount: number; readonly ofCluster: number } {
    const own = ({ tags, status }: GroupSummary) => tags[hubTags.hub] === this.hubId && status !== 'DELETE_IN_PROGRESS';
    const ofAccount = this.memories.values().reduce((sum, { group }) => sum + Number(own(group)), 0);
    return { ofAccount, ofCluster: [...this.summariesOf(place)].filter(own).length };
  }

  /** This hub's groups of one request. */
  ofRequest(place: Place, namespace: string, name: string, slot: Slot): readonly ObservedTargetGroup[] {
    const memories = [...this.memoriesOf(this.byExport.get(exportKey(place, namespace, name)))];
    return memories.filter(({ group }) => group.tags[hubTags.slot] === slot).map(shown);
  }

  /** The names of the exports of a cluster with groups of this hub that were made for a Service, whether the exports are there still or not. */
  exportsOfService(place: Place, namespace: string, service: string): Iterable<string> {
    const memories = [...this.memoriesOf(this.byService.get(exportKey(place, namespace, service)))];
    return new Set(memories.flatMap(({ group }) => group.tags[upstreamTags.serviceName] ?? []));
  }

  /** The slots of an export in a cluster that there are groups of this hub for. */
  slotsOf(place: Place, namespace: string, name: string): Iterable<Slot> {
    const memories = [...this.memoriesOf(this.byExport.get(exportKey(place, namespace, name)))];
    return new Set(memories.flatMap(({ group }) => this.requestOf(group)?.slot ?? []));
  }

  /** This hub's groups of a cluster. */
  *ofCluster(place: Place): Generator<ObservedTargetGroup> {
    for (const memory of this.memoriesOf(this.byCluster.get(clusterKey(place)))) yield shown(memory);
  }

  /** The same, for whoever does not ask for targets. */
  *summariesOf(place: Place): Generator<GroupSummary> {
    for (const { group } of this.memoriesOf(this.byCluster.get(clusterKey(place)))) yield group;
  }

  /** How many groups of this hub a cluster has. */
  countOf(place: Place): number {
    return [...this.byCluster.get(clusterKey(place))].length;
  }

  /**
   * Of this hub's groups of an export and slot, wherever, that policies have made: one for each policy, of which the health check is known where it is
   * known of any. There are few, however large the fleet: whoever makes a group asks for them.
   */
  *tracedOf(namespace: string, name: string, slot: Slot): Generator<GroupSummary> {
    for (const trace of this.traces.get(keyText(namespace, name, slot))) {
      let one: GroupSummary | undefined;
      for (const { group } of this.memoriesOf(this.byTrace.get(keyText(namespace, name, slot, trace)))) {
        one ??= group;
        if (group.healthCheck) one = group;
        if (one.healthCheck) break;
      }
      if (one) yield one;
    }
  }

  /** Groups that carry a cluster's name in its VPC and not this hub's tag: another writer's. */
  *foreignTo(place: Place): Generator<{ readonly group: GroupSummary; readonly hubId: string | undefined }> {
    for (const { group } of this.memoriesOf(this.foreign.get(clusterKey(place)))) yield { group, hubId: group.tags[hubTags.hub] };
  }

  /** Forgets what was read of the groups of a cluster by itself, so that it is read again. */
  forgetReadings(place: Place): void {
    for (const { arn } of this.summariesOf(place)) this.forget(arn);
  }

  /** Forgets what was read of one group by itself. */
  forget(arn: string): void {
    const memory = this.memories.get(arn);
    if (!memory) return;
    const { healthCheck: _healthCheck, readAtMs: _readAtMs, ...rest } = memory.group;
    Object.assign(memory, { group: rest, targets: undefined });
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
      const known = this.memories.get(arn);
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
      this.put(group, { lastUpdatedAtMs, ...(known?.areTagsUnsure && { areTagsUnsure: false, taggedAtMs: this.clock.wallMs() }) });
      return group;
    } catch (error) {
      if (!(error instanceof LatticeError) || error.kind !== 'notFound') throw error;
      this.remove(arn);
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
      const tags = this.kept(asked);
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
      this.put(group, { wroteAtMs: this.clock.wallMs(), taggedAtMs: this.clock.wallMs() });
      return group;
    } catch (error) {
      if (!(error instanceof LatticeError) || error.kind !== 'conflict') throw error;
      return this.adopt(api, spec, error, signal);
    }
  }

  async updateHealthCheck(api: LatticeApi, arn: string, healthCheck: HealthCheck, signal: AbortSignal): Promise<void> {
    await this.writing(arn, async () => {
      const updated = await api.updateHealthCheck(arn, healthCheck, signal);
      this.amend(arn, (group) => ({ ...group, healthCheck: updated }));
    });
  }

  async tag(api: LatticeApi, arn: string, tags: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    await this.writing(arn, async () => {
      const before = this.memories.get(arn);
      if (before) before.areTagsUnsure = true;
      await api.tagResource(arn, tags, signal);
      this.amend(arn, (group) => ({ ...group, tags: { ...group.tags, ...tags } }));
      const memory = this.memories.get(arn);
      if (memory) Object.assign(memory, { taggedAtMs: this.clock.wallMs(), areTagsUnsure: false });
    });
  }

  async register(api: LatticeApi, arn: string, targets: readonly Target[], signal: AbortSignal): Promise<TargetsOutcome> {
    return this.writing(arn, async () => {
      const outcome = await api.registerTargets(arn, targets, signal);
      this.amend(arn, (group) => {
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
      this.amend(arn, (group) => ({ ...group, ...(group.targets && { targets: afterDeregister(group, removed) }) }));
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
        this.amend(arn, (group) => ({ ...group, status }));
      } catch (error) {
        if (!(error instanceof LatticeError) || error.kind !== 'notFound') throw error;
        this.remove(arn);
      }
    });
  }

  /** Reads the tags of a group that is to be taken away. @throws LatticeError; of kind conflict where it is not this hub's any more */
  async requireOwn(api: LatticeApi, arn: string, signal: AbortSignal): Promise<void> {
    const tags = this.kept(await api.listTags(arn, signal));
    this.amend(arn, (group) => ({ ...group, tags }));
    const memory = this.memories.get(arn);
    if (memory) Object.assign(memory, { taggedAtMs: this.clock.wallMs(), areTagsUnsure: false });
    if (tags[hubTags.hub] !== this.hubId) throw new LatticeError('conflict', `${arn} does not carry this hub's tag any more`);
  }

  // --- memory ----------------------------------------------------------------------------------------------------------------------------

  /** What was being written when the answer was lost may or may not be there: it is read again. So is what was not as it was thought to be. */
  private async writing<T>(arn: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof LatticeError && error.kind === 'notFound') this.remove(arn);
      else if (!wasNeverMade(error)) this.forget(arn);
      throw error;
    } finally {
      const memory = this.memories.get(arn);
      if (memory) memory.wroteAtMs = this.clock.wallMs();
    }
  }

  private async adopt(api: LatticeApi, spec: TargetGroupSpec, conflict: LatticeError, signal: AbortSignal): Promise<ObservedTargetGroup> {
    await this.refresh(api, signal);
    const hit = [...this.memories.values()].find(({ group }) => group.name === spec.name);
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
    this.put({ ...shown(hit), tags: this.kept({ ...tags, ...lost }) }, { taggedAtMs: this.clock.wallMs() });
    return shown(this.memories.get(hit.group.arn) ?? hit);
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
    for (const [arn, memory] of this.memories) {
      // A group that was made while the listing was read may not be in it.
      if (listed.has(arn) || memory.wroteAtMs >= beganWallMs) continue;
      this.remove(arn);
      if (memory.group.tags[hubTags.hub] === this.hubId) changes.push({ before: memory.group, after: undefined });
    }
    this.refreshedAtMs = beganMs;
    return changes;
  }

  /** A group without tags may be too new for the index of tags; one that has had none for longer than that lags has none. */
  private mayGetTags(arn: string): boolean {
    if (isTagged(this.memories.get(arn))) return false;
    const sinceMs = this.untoldSinceMs.get(arn);
    return sinceMs === undefined || this.clock.nowMs() - sinceMs < taggingLagMs;
  }

  private noteUntold(arn: string): void {
    if (isTagged(this.memories.get(arn))) this.untoldSinceMs.delete(arn);
    else if (!this.untoldSinceMs.has(arn)) this.untoldSinceMs.set(arn, this.clock.nowMs());
  }

  private take(listing: TargetGroupListing, listedTags: Readonly<Record<string, string>> | undefined): InventoryChange | undefined {
    const { lastUpdatedAtMs, ...summary } = listing;
    const memory = this.memories.get(listing.arn);
    const before = memory?.group;
    const isTagMemoryNewer = memory !== undefined && this.clock.wallMs() - memory.taggedAtMs < taggingLagMs;
    const tags = memory && (isTagMemoryNewer || !listedTags) ? memory.group.tags : (listedTags ?? {});
    const protocolVersion = versionOf(tags[upstreamTags.protocolVersion]) ?? memory?.group.protocolVersion;
    const base = { ...summary, ...(protocolVersion !== undefined && { protocolVersion }), tags };
    const isKept = memory !== undefined && !isChangedByOthers(memory, lastUpdatedAtMs);
    if (isKept && sameSummary(memory.group, base)) {
      // Nearly always so. What is known stays as it is, down to its strings, and what was read just now can go.
      memory.lastUpdatedAtMs = lastUpdatedAtMs;
      return undefined;
    }
    const kept = { ...base, vpcId: this.common.of(base.vpcId), tags: this.kept(tags) };
    const after: ObservedTargetGroup = { ...kept, ...(isKept ? readingsOf(shown(memory)) : {}) };
    this.put(after, { lastUpdatedAtMs });
    const isOurs = tags[hubTags.hub] === this.hubId || before?.tags[hubTags.hub] === this.hubId;
    return isOurs ? { before, after } : undefined;
  }

  private put(group: ObservedTargetGroup, facts: Partial<Omit<Memory, 'group'>>): void {
    const memory = this.memories.get(group.arn);
    const before = memory && this.requestOf(memory.group);
    const after = this.requestOf(group);
    const { healthCheck } = group;
    const kept = healthCheck ? { ...group, healthCheck: this.common.of(healthCheck) } : group;
    this.memories.set(group.arn, remembered(kept, { ...memory, ...facts }));
    if (before) this.unindex(before, group.arn);
    if (memory) this.unindexOwner(memory.group);
    if (after) this.index(after, group.arn);
    this.indexOwner(group);
  }

  /** Tags as they are remembered: JSON.parse makes the smallest object for them, and what many groups have in common is one string. */
  private kept(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const small = JSON.parse(JSON.stringify(tags)) as Record<string, string>;
    for (const key of commonTags) if (small[key] !== undefined) small[key] = this.common.of(small[key]);
    return small;
  }

  private amend(arn: string, change: (group: ObservedTargetGroup) => ObservedTargetGroup): void {
    const memory = this.memories.get(arn);
    if (memory) this.put(change(shown(memory)), {});
  }

  private remove(arn: string): void {
    this.untoldSinceMs.delete(arn);
    const memory = this.memories.get(arn);
    if (!memory) return;
    const request = this.requestOf(memory.group);
    if (request) this.unindex(request, arn);
    this.unindexOwner(memory.group);
    this.memories.delete(arn);
  }

  private index(request: Request, arn: string): void {
    this.byExport.add(request.exportKey, arn);
    this.byService.add(request.serviceKey, arn);
  }

  private unindex(request: Request, arn: string): void {
    this.byExport.remove(request.exportKey, arn);
    this.byService.remove(request.serviceKey, arn);
  }

  /** Whatever is this hub's by its tag counts as its cluster's, though another tag of it may be wrong. */
  private indexOwner(group: GroupSummary): void {
    if (group.tags[hubTags.hub] !== this.hubId) {
      if (group.tags[upstreamTags.clusterName]) this.foreign.add(ownerKey(group), group.arn);
      return;
    }
    this.byCluster.add(ownerKey(group), group.arn);
    const trace = group.tags[hubTags.policy];
    if (!trace) return;
    this.traces.add(traceKey(group), trace);
    this.byTrace.add(keyText(traceKey(group), trace), group.arn);
  }

  private unindexOwner(group: GroupSummary): void {
    this.byCluster.remove(ownerKey(group), group.arn);
    this.foreign.remove(ownerKey(group), group.arn);
    const trace = group.tags[hubTags.policy];
    if (!trace) return;
    const key = keyText(traceKey(group), trace);
    this.byTrace.remove(key, group.arn);
    if (!this.byTrace.has(key)) this.traces.remove(traceKey(group), trace);
  }

  private *memoriesOf(arns: Iterable<string>): Generator<Memory> {
    for (const arn of arns) {
      const memory = this.memories.get(arn);
      if (memory) yield memory;
    }
  }

  private requestOf(group: GroupSummary): Request | undefined {
    const { tags } = group;
    const clusterName = tags[upstreamTags.clusterName];
    const namespace = tags[upstreamTags.serviceNamespace];
    const name = tags[upstreamTags.serviceName];
    const slot = tags[hubTags.slot];
    if (tags[hubTags.hub] !== this.hubId || !clusterName || !namespace || !name || !slot || !isSlot(slot)) return undefined;
    const place = { vpcId: group.vpcId, clusterName };
    const service = tags[hubTags.service] ?? name;
    return { exportKey: exportKey(place, namespace, name), serviceKey: exportKey(place, namespace, service), slot };
  }
}

/** Where a group stands in the indexes. */
interface Request {
  readonly exportKey: string;
  readonly serviceKey: string;
  readonly slot: Slot;
}

function remembered({ targets, ...group }: ObservedTargetGroup, facts: Partial<Memory>): Memory {
  const { lastUpdatedAtMs = 0, wroteAtMs = 0, taggedAtMs = 0, areTagsUnsure = false } = facts;
  return { group, targets: targets && textOfTargets(targets), lastUpdatedAtMs, wroteAtMs, taggedAtMs, areTagsUnsure };
}

function shown({ group, targets }: Memory): ObservedTargetGroup {
  return targets === undefined ? group : { ...group, targets: targetsOfText(targets) };
}

function isTagged(memory: Memory | undefined): boolean {
  return memory !== undefined && Object.keys(memory.group.tags).length > 0;
}

function isFreshlyMade(memory: Memory | undefined): boolean {
  return memory?.group.status === 'CREATE_IN_PROGRESS' && memory.targets !== undefined;
}

function clusterKey(place: Pick<Place, 'vpcId' | 'clusterName'>): string {
  return keyText(place.vpcId, place.clusterName);
}

function ownerKey({ vpcId, tags }: GroupSummary): string {
  return clusterKey({ vpcId, clusterName: tags[upstreamTags.clusterName] ?? '' });
}

function traceKey({ tags }: GroupSummary): string {
  return keyText(tags[upstreamTags.serviceNamespace] ?? '', tags[upstreamTags.serviceName] ?? '', tags[hubTags.slot] ?? '');
}

function exportKey(place: Pick<Place, 'vpcId' | 'clusterName'>, namespace: string, name: string): string {
  return keyText(place.vpcId, place.clusterName, namespace, name);
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

/** Whether a listing tells nothing new of a group. */
function sameSummary(known: GroupSummary, listed: GroupSummary): boolean {
  const sameServices = known.serviceArns.join() === listed.serviceArns.join();
  return known.status === listed.status && sameServices && sameTags(known, listed);
}

function sameTags({ tags: a }: GroupSummary, { tags: b }: GroupSummary): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
