import { hubTags, upstreamTags } from '@hub/api';
import type { ObservedTargetGroup, Place, Slot } from '@hub/model';
import { isSlot, keyText, NamesByKey, OneCopy } from '@hub/model';
import { targetsOfText, textOfTargets } from './target-text.js';

/** A group without its targets. */
export type GroupSummary = Omit<ObservedTargetGroup, 'targets'>;

/** What tells whether what is remembered of a group is still good. Times are wall-clock time. */
export interface MemoryFacts {
  /** When the group was changed last, as AWS says. */
  readonly lastUpdatedAtMs: number;
  /** When this hub wrote to it last, and when it wrote its tags last. */
  readonly wroteAtMs: number;
  readonly taggedAtMs: number;
  /** Tags were being written and the answer never came: which they are is not known. */
  readonly areTagsUnsure: boolean;
}

/** A group as it is remembered. */
export interface Memory extends MemoryFacts {
  readonly group: GroupSummary;
  /** Its targets, where they were read: see {@link textOfTargets}. */
  readonly targets: string | undefined;
}

/** Tags whose values many groups have in common. */
const commonTags = Object.values({ ...upstreamTags, ...hubTags }).filter(
  (key) => key !== upstreamTags.serviceName && key !== hubTags.service,
);

/**
 * What is remembered of the target groups of one account and region, for all clusters there, and where to find it: by the cluster, the export, the
 * Service and the policy that their tags name. It is as old as whoever keeps it says (target-groups.ts).
 */
export class KnownGroups {
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

  constructor(private readonly hubId: string) {}

  /** What is remembered of a group. */
  get(arn: string): Memory | undefined {
    return this.memories.get(arn);
  }

  /** The group of a name. */
  named(name: string): Memory | undefined {
    return this.memories.values().find(({ group }) => group.name === name);
  }

  /** Everything that is remembered, by ARN. */
  all(): Iterable<readonly [string, Memory]> {
    return this.memories;
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
    this.memories.set(arn, { ...memory, group: rest, targets: undefined });
  }

  /** Remembers a group as it is now; facts that are not given stay as they are. */
  put(group: ObservedTargetGroup, facts: Partial<MemoryFacts> = {}): void {
    const memory = this.memories.get(group.arn);
    const { healthCheck } = group;
    const kept = healthCheck ? { ...group, healthCheck: this.common.of(healthCheck) } : group;
    this.memories.set(group.arn, remembered(kept, { ...memory, ...facts }));
    // Where it stands follows from its tags and its VPC alone, and most changes are of neither.
    if (memory?.group.tags === group.tags && memory.group.vpcId === group.vpcId) return;
    if (memory) this.unindex(memory.group);
    this.index(group);
  }

  /** Changes what is remembered of a group, where something is. */
  amend(arn: string, change: (group: ObservedTargetGroup) => ObservedTargetGroup, facts: Partial<MemoryFacts> = {}): void {
    const memory = this.memories.get(arn);
    if (memory) this.put(change(shown(memory)), facts);
  }

  /** Changes what tells whether the memory of a group is still good, where there is one. */
  note(arn: string, facts: Partial<MemoryFacts>): void {
    const memory = this.memories.get(arn);
    if (memory) Object.assign(memory, facts);
  }

  /** A VPC and tags as they are remembered: what many groups have in common is one string, and JSON.parse makes the smallest object for tags. */
  keptVpc(vpcId: string): string {
    return this.common.of(vpcId);
  }

  /** See {@link keptVpc}. */
  keptTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const small = JSON.parse(JSON.stringify(tags)) as Record<string, string>;
    for (const key of commonTags) if (small[key] !== undefined) small[key] = this.common.of(small[key]);
    return small;
  }

  /** Forgets a group that is gone. */
  remove(arn: string): void {
    const memory = this.memories.get(arn);
    if (!memory) return;
    this.unindex(memory.group);
    this.memories.delete(arn);
  }

  /** Whatever is this hub's by its tag counts as its cluster's, though another tag of it may be wrong. */
  private index(group: GroupSummary): void {
    const { arn, tags } = group;
    if (tags[hubTags.hub] !== this.hubId) {
      if (tags[upstreamTags.clusterName]) this.foreign.add(ownerKey(group), arn);
      return;
    }
    this.byCluster.add(ownerKey(group), arn);
    const request = this.requestOf(group);
    if (request) {
      this.byExport.add(request.exportKey, arn);
      this.byService.add(request.serviceKey, arn);
    }
    const trace = tags[hubTags.policy];
    if (!trace) return;
    this.traces.add(traceKey(group), trace);
    this.byTrace.add(keyText(traceKey(group), trace), arn);
  }

  private unindex(group: GroupSummary): void {
    const { arn, tags } = group;
    this.byCluster.remove(ownerKey(group), arn);
    this.foreign.remove(ownerKey(group), arn);
    const request = this.requestOf(group);
    if (request) {
      this.byExport.remove(request.exportKey, arn);
      this.byService.remove(request.serviceKey, arn);
    }
    const trace = tags[hubTags.policy];
    if (!trace) return;
    const key = keyText(traceKey(group), trace);
    this.byTrace.remove(key, arn);
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

/** A group as it is remembered, with its targets. */
export function shown({ group, targets }: Memory): ObservedTargetGroup {
  return targets === undefined ? group : { ...group, targets: targetsOfText(targets) };
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
