import { createHash } from 'node:crypto';
import type { MemberClusterSpec, MemberClusterStatus } from '@hub/api';
import type { ExportProblem, Hold, MemberFacts, Place, Policy, Slot, WithheldStep } from '@hub/model';
import { exportId } from '@hub/model';
import { acknowledgementMs, exportConditions, placeOf, readPolicy, type Admission, type ExportKnowledge, type SlotState } from '@hub/plan';
import type { ClusterSession, SessionFacts } from './cluster-session.js';
import { mergeConditions, sameConditions } from './conditions.js';
import type { Holding } from './leases.js';
import { holdsOf } from './hold-text.js';
import { MemberObjects, type ObjectsListener } from './member-objects.js';
import { namesOfService, type ExportSummary, type MemberWord } from './member-snapshot.js';
import type { ExportRecord } from './records.js';
import { slotsOfRecord } from './member-objects.js';

/** How a request ended, for the member's reports. */
export interface SlotOutcome {
  readonly state: SlotState;
  /** The trace of the policy that holds; empty where none does, or that is not known. */
  readonly policy: string;
  /** The generation of that policy; 0 where there is none. */
  readonly policyGeneration: number;
  /** What was wrong with the export. */
  readonly problems: readonly ExportProblem[];
  readonly withheld: readonly WithheldStep[];
  readonly isContested: boolean;
  /** The names of the target groups that there are for it. */
  readonly groups: readonly string[];
}

/** How AWS took the hub's role for this member. */
export type AwsStanding = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly message: string };

/** A MemberCluster as the hub has it. */
export interface MemberRecord {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAtMs: number;
  readonly spec: MemberClusterSpec;
  readonly joinedAs: (Place & { readonly uid: string }) | undefined;
  readonly isDetaching: boolean;
  readonly hasFinalizer: boolean;
  readonly acknowledgement: string | undefined;
}

/**
 * A member that this replica holds: its objects, the session with it, and what became of its requests. Everything that is shown about the member
 * comes from here.
 */
export class Member {
  readonly objects: MemberObjects;
  readonly session: ClusterSession;
  /** How the requests of each export ended, one for each slot. */
  private readonly outcomes = new Map<string, readonly SlotOutcome[]>();
  private summaries = new Map<string, ExportSummary>();
  /** The exports whose summary may be out of date: while a hub starts, they come to be known one after the other, of thousands of members. */
  private outdated: 'all' | Set<string> = 'all';
  /** How AWS took the hub's role; undefined before the first try. */
  aws: AwsStanding | undefined;
  /** Another controller that owns the cluster's target groups, where there is one. */
  otherWriter: { readonly reason: string; readonly message: string } | undefined;
  /** What a person acknowledged last, and when, RFC 3339. */
  private heeded: MemberClusterStatus['acknowledged'];
  /** What can't be written in the member. */
  readonly unwritable = new Set<string>();
  /** Until when a holder that took over takes nothing away. */
  takesNothingAwayUntilMs: number;

  constructor(
    public record: MemberRecord,
    readonly holding: Holding,
    makeSession: (objects: MemberObjects) => ClusterSession,
    /** What was known before; it goes when everything was read and put together anew. */
    private lastWord: MemberWord | undefined,
    options: { readonly confirmationMs: number; readonly graceMs: number; readonly listener: ObjectsListener },
  ) {
    const origin = { tier: 'member', cluster: record.name } as const;
    this.objects = new MemberObjects(record.name, origin, options.confirmationMs, options.listener);
    this.takesNothingAwayUntilMs = holding.fromDeadHolder ? holding.acquiredAtMs + options.graceMs : 0;
    this.recallWord(lastWord);
    this.session = makeSession(this.objects);
    for (const { kind, crdUid } of lastWord?.kinds ?? []) if (crdUid !== undefined) this.session.held.recallCrd(kind, crdUid);
  }

  get name(): string {
    return this.record.name;
  }

  /** Where its target groups belong: where it joined, and until it has, where its spec says by now. */
  get place(): Place {
    return this.record.joinedAs ?? placeOf(this.record.name, this.record.spec);
  }

  /** Which cluster it is, where that is known. */
  get clusterUid(): string | undefined {
    return this.session.facts().uid ?? this.lastWord?.clusterUid;
  }

  /** What a decision must know of the member. */
  facts(admission: Admission | undefined): MemberFacts {
    const session = this.session.facts();
    const refusal = this.refusal(admission);
    return {
      cluster: this.name,
      place: this.place,
      state: this.record.isDetaching ? 'Detaching' : session.state,
      paused: this.record.spec.paused,
      ...(refusal && { refusal }),
      holds: session.holds,
      takesNothingAwayUntilMs: this.takesNothingAwayUntilMs,
    };
  }

  sessionFacts(): SessionFacts {
    return this.session.facts();
  }

  /** Takes over what stands on its MemberCluster and this process has never known: holds, and what a person has acknowledged. */
  recall(status: MemberClusterStatus | undefined): void {
    this.session.held.recall(holdsOf(status));
    const told = status?.acknowledged;
    if (told && (this.heeded === undefined || told.time > this.heeded.time)) this.heeded = told;
  }

  /** What a person acknowledged last, for the MemberCluster. */
  get acknowledged(): MemberClusterStatus['acknowledged'] {
    return this.heeded;
  }

  /** Whether there may be groups that still need no budget by a person's word. */
  remembersAcknowledgement(wallMs: number): boolean {
    return this.heeded !== undefined && wallMs - Date.parse(this.heeded.time) < acknowledgementMs;
  }

  /** A person's word was taken: what waited for it waits no more, and what comes to be held from now on needs another one. */
  heed(id: string, at: Date): void {
    this.heeded = { id, time: at.toISOString() };
    for (const [key, outcomes] of this.outcomes) {
      const isWaiting = outcomes.some(({ withheld }) => withheld.some((held) => held.needsAcknowledgement));
      if (!isWaiting) continue;
      const answered = outcomes.map((o) => ({ ...o, withheld: o.withheld.filter((held) => !held.needsAcknowledgement) }));
      this.outcomes.set(key, answered);
    }
    this.outdateSummaries();
    this.session.acknowledge();
  }

  /** What is known of an export: the member's own word once it was read whole, and nothing before. */
  knowledge(namespace: string, name: string, service: string | undefined): ExportKnowledge {
    if (!this.session.wasReadWhole) return { kind: 'unread' };
    return this.objects.knowledge(namespace, name, service) ?? { kind: 'unread' };
  }

  /** The Service behind an export, by the member's word, or by its last known one until the member was read whole. */
  serviceOf(namespace: string, name: string): string | undefined {
    return this.objects.exports.get(exportId({ namespace, name }))?.service ?? this.lastExport(namespace, name)?.service;
  }

  /** The Service behind an export that counts; undefined where the member does not have it. */
  serviceOfExport(namespace: string, name: string): string | undefined {
    if (!this.session.wasReadWhole) return this.lastExport(namespace, name)?.service;
    const record = this.objects.exports.get(exportId({ namespace, name }));
    return record && !record.isOver ? record.service : undefined;
  }

  /** The exports of a Service. */
  exportsOfService(namespace: string, service: string): Iterable<string> {
    if (this.session.wasReadWhole) return this.objects.exportsOfService(namespace, service);
    return namesOfService(this.lastWord, namespace, service);
  }

  /** The member's policies, or undefined where nothing is known of them. */
  policies(): readonly Policy[] | undefined {
    const { policies } = this.objects;
    if (!policies.wasListed && this.lastWord === undefined) return undefined;
    return [...policies.records()].map((record) => record.policy);
  }

  /** The exports that there are, by the member's word or its last known one. */
  *exports(): Generator<{ readonly namespace: string; readonly name: string; readonly service: string; readonly slots: readonly Slot[] }> {
    if (this.session.wasReadWhole) {
      for (const record of this.objects.liveExports())
        yield { namespace: record.namespace, name: record.name, service: record.service, slots: slotsOfRecord(record) };
      return;
    }
    for (const e of this.lastWord?.exports ?? [])
      yield { namespace: e.namespace, name: e.name, service: e.service, slots: e.slots as readonly Slot[] };
  }

  /** Whether an export carries the finalizer of the AWS Gateway API Controller. */
  controllerOwnedExport(): string | undefined {
    for (const record of this.objects.liveExports()) if (record.hasControllerFinalizer) return exportId(record);
    return undefined;
  }

  // --- what became of requests --------------------------------------------------------------------------------------------------------------

  /** Notes how a request ended. Undefined: there is nothing there any more. */
  note(namespace: string, name: string, slot: Slot, outcome: SlotOutcome | undefined): void {
    const id = exportId({ namespace, name });
    if (this.outdated !== 'all') this.outdated.add(id);
    const others = (this.outcomes.get(id) ?? []).filter(({ state }) => state.slot !== slot);
    const all = outcome ? others.concat(outcome) : others;
    if (all.length === 0) this.outcomes.delete(id);
    else this.outcomes.set(id, all);
  }

  outcomeOf(namespace: string, name: string, slot: Slot): SlotOutcome | undefined {
    return this.outcomes.get(exportId({ namespace, name }))?.find(({ state }) => state.slot === slot);
  }

  /** The requests of which something is noted: what is noted of one whose export is gone goes when it is looked at once more. */
  *noted(): Generator<{ readonly namespace: string; readonly name: string; readonly slot: Slot }> {
    for (const [id, outcomes] of this.outcomes) {
      const [namespace = '', name = ''] = id.split('/');
      for (const { state } of outcomes) yield { namespace, name, slot: state.slot };
    }
  }

  /** The slots of an export of which something is noted. */
  slotsNoted(namespace: string, name: string): readonly Slot[] {
    return (this.outcomes.get(exportId({ namespace, name })) ?? []).map(({ state }) => state.slot);
  }

  /** Everything that is held back now. */
  *withheld(): Generator<WithheldStep> {
    for (const outcomes of this.outcomes.values()) for (const outcome of outcomes) yield* outcome.withheld;
  }

  /** The names of the groups that something else keeps changing. */
  contestedGroups(): readonly string[] {
    return [...this.outcomes.values()].flat().flatMap((outcome) => (outcome.isContested ? outcome.groups : []));
  }

  /**
   * What an acknowledgement would have to say: it stands for exactly what waits for a person now, and was never said before, though the same may have
   * waited once already. Undefined: nothing does.
   */
  acknowledgementId(): string | undefined {
    const steps = [...this.withheld()]
      .filter((held) => held.needsAcknowledgement)
      .map((held) => `${held.step.kind} ${held.step.group} ${held.reason}`);
    const holds = this.session
      .facts()
      .holds.map((hold) => `${hold.reason} ${hold.kind ?? ''} ${hold.since} ${this.doubtedBy(hold).join()}`);
    if (steps.length === 0 && holds.length === 0) return undefined;
    return createHash('sha256')
      .update(JSON.stringify([steps.toSorted(), holds.toSorted(), this.heeded?.id ?? '']))
      .digest('hex')
      .slice(0, 16);
  }

  /** What a hold keeps from being taken for gone, as kind and namespace/name. */
  doubtedBy(hold: Hold): readonly string[] {
    const { exports, services, slices, policies } = this.objects;
    const stores = { ServiceExport: exports, Service: services, EndpointSlice: slices, TargetGroupPolicy: policies };
    return Object.entries(stores).flatMap(([kind, store]) =>
      hold.kind === undefined || hold.kind === kind ? Array.from(store.doubted(), (key) => `${kind} ${key}`).toSorted() : [],
    );
  }

  /** The target groups that go when a person acknowledges what is held, because their exports are missing. */
  *groupsInDoubt(): Generator<{ readonly group: string; readonly reason: string }> {
    const holds = this.session.facts().holds.filter(({ kind }) => kind === undefined || kind === 'ServiceExport');
    const [hold] = holds;
    if (!hold) return;
    for (const id of this.objects.exports.doubted())
      for (const { groups } of this.outcomes.get(id) ?? []) for (const group of groups) yield { group, reason: hold.reason };
  }

  /** The ARNs of the groups whose deletion waits for a person, be it that it waits behind that of their targets. */
  arnsToAcknowledge(): readonly string[] {
    const held = [...this.withheld()];
    const ending = new Set(held.flatMap(({ step }) => (step.kind === 'delete' ? [step.arn] : [])));
    const waiting = held.flatMap(({ step, needsAcknowledgement }) => (needsAcknowledgement && 'arn' in step ? [step.arn] : []));
    return [...new Set(waiting)].filter((arn) => ending.has(arn));
  }

  // --- the member's word ----------------------------------------------------------------------------------------------------------------------

  /** What the replicas share of the member. Undefined where it was never read whole and nothing was known before. */
  word(at: Date): MemberWord | undefined {
    const { session, objects, lastWord } = this;
    const uid = this.clusterUid;
    if (uid === undefined || (!session.wasReadWhole && !lastWord)) return undefined;
    const kinds = ['ServiceExport', 'Service', 'EndpointSlice', 'TargetGroupPolicy'] as const;
    const exports = this.exportSummaries(at);
    if (!session.wasReadWhole) return { clusterUid: uid, kinds: lastWord?.kinds ?? [], policies: lastWord?.policies ?? [], exports };
    return {
      clusterUid: uid,
      // The resourceVersion is that of the last change of what follows: as such it is written only when something else is.
      kinds: kinds.map((kind) => ({
        kind,
        resourceVersion: objects.store(kind).resourceVersion,
        heldMoreThanThree: objects.store(kind).heldMoreThanThree,
        ...crdOf(session, kind),
      })),
      policies: [...objects.policies.records()].map((record) => record.raw).toSorted((a, b) => compare(exportId(a), exportId(b))),
      exports,
    };
  }

  /** How each export stands. */
  exportSummaries(at: Date): readonly ExportSummary[] {
    this.summarize(at);
    return [...this.summaries.values()];
  }

  /** How one export stands. */
  exportSummary(namespace: string, name: string, at: Date): ExportSummary | undefined {
    this.summarize(at);
    return this.summaries.get(exportId({ namespace, name }));
  }

  /** Something about the objects or the session is different. */
  outdateSummaries(): void {
    this.outdated = 'all';
  }

  private summarize(at: Date): void {
    const { outdated } = this;
    this.outdated = new Set();
    if (outdated === 'all') this.summarizeAll(at);
    else for (const id of outdated) this.summarizeAgain(id, at);
  }

  private summarizeAll(at: Date): void {
    const summaries = new Map<string, ExportSummary>();
    if (this.session.wasReadWhole)
      for (const record of this.objects.liveExports()) summaries.set(exportId(record), this.summaryOf(record, at));
    else for (const known of this.lastWord?.exports ?? []) summaries.set(exportId(known), this.summaryOfKnown(known, at));
    this.summaries = new Map([...summaries].toSorted(([a], [b]) => compare(a, b)));
    if (this.session.wasReadWhole) this.lastWord = undefined;
  }

  /** Which exports there are is as it was: whatever changes that outdates all of them. */
  private summarizeAgain(id: string, at: Date): void {
    if (!this.summaries.has(id)) return;
    const record = this.session.wasReadWhole ? this.objects.exports.get(id) : undefined;
    const known = this.session.wasReadWhole ? undefined : this.lastWord?.exports.find((e) => exportId(e) === id);
    if (record) this.summaries.set(id, this.summaryOf(record, at));
    else if (known) this.summaries.set(id, this.summaryOfKnown(known, at));
  }

  /** How an export of a member that was not read yet stands. */
  private summaryOfKnown(known: ExportSummary, at: Date): ExportSummary {
    return { ...known, ...this.progressOf(known, at) };
  }

  private lastExport(namespace: string, name: string): ExportSummary | undefined {
    return this.lastWord?.exports.find((e) => e.namespace === namespace && e.name === name);
  }

  private summaryOf(record: ExportRecord, at: Date): ExportSummary {
    const { namespace, name, uid, service } = record;
    const slots = slotsOfRecord(record);
    const hash = createHash('sha256')
      .update(JSON.stringify({ ...record, conditions: [] }))
      .digest('hex')
      .slice(0, 16);
    const knowledge = this.objects.knowledge(namespace, name, service);
    const problems = knowledge?.kind === 'live' ? knowledge.exported.problems : [];
    const wanted = exportConditions(
      problems,
      slots.map((slot) => this.outcomeOf(namespace, name, slot)?.state ?? pending(slot)),
    );
    const before = this.summaries.get(exportId(record)) ?? this.lastExport(namespace, name);
    // What was said of the same export before this process stays until its groups were looked at: a restart is no news.
    const isKept = before?.hash === hash && slots.some((slot) => !this.outcomeOf(namespace, name, slot));
    const news = isKept ? wanted.filter((c) => c.type !== 'Ready') : wanted;
    const merged = mergeConditions(before?.conditions ?? [], news, record.generation, at) ?? before?.conditions ?? [];
    // As soon as they stand on the export they are there once, not twice.
    const conditions = sameConditions(record.conditions, merged) ? record.conditions : merged;
    const programmed = isKept ? before.programmed : this.programmedOf(record, slots);
    return { namespace, name, uid, service, hash, slots, conditions, programmed };
  }

  /** What can be said of an export of a member that was not read yet: how its groups follow their policy. */
  private progressOf(known: ExportSummary, at: Date): Partial<ExportSummary> {
    const outcomes = this.outcomes.get(exportId(known));
    if (!outcomes) return {};
    const wanted = exportConditions(
      [],
      outcomes.map((o) => o.state),
    ).filter((c) => c.type === 'Ready');
    const before = this.summaries.get(exportId(known))?.conditions ?? known.conditions;
    return {
      conditions: mergeConditions(before, wanted, undefined, at) ?? before,
      programmed: this.programmedOf(known, known.slots as readonly Slot[]),
    };
  }

  private programmedOf(of: { readonly namespace: string; readonly name: string }, slots: readonly Slot[]): ExportSummary['programmed'] {
    const outcomes = slots.flatMap((slot) => this.outcomeOf(of.namespace, of.name, slot) ?? []);
    const policy = outcomes.find((outcome) => outcome.policy !== '')?.policy ?? '';
    const generations = outcomes.filter((outcome) => outcome.policy === policy).map(({ policyGeneration }) => policyGeneration);
    return {
      policy,
      generation: generations.length === 0 ? 0 : Math.min(...generations),
      ready: outcomes.filter((o) => o.state.state === 'Ready').length,
      total: slots.length,
    };
  }

  private recallWord(word: MemberWord | undefined): void {
    if (!word) return;
    const keys: Partial<Record<string, readonly string[]>> = {
      ServiceExport: word.exports.map(exportId),
      TargetGroupPolicy: word.policies.map(exportId),
    };
    for (const { kind, resourceVersion, heldMoreThanThree } of word.kinds) {
      if (isWatched(kind)) this.objects.store(kind).recall(resourceVersion, heldMoreThanThree, keys[kind]);
    }
    for (const raw of word.policies) {
      const policy = readPolicy(raw, { tier: 'member', cluster: this.name });
      this.objects.policies.seed(exportId(raw), { raw, policy, conditions: [], resourceVersion: '' });
    }
  }

  private refusal(admission: Admission | undefined): MemberFacts['refusal'] {
    const refused = admission && !admission.admitted ? admission : this.otherWriter;
    if (refused) return { reason: refused.reason, release: `when the cluster is admitted: ${refused.message}` };
    if (!this.record.joinedAs) return { reason: 'Joining', release: 'when the identity of the cluster is known' };
    return undefined;
  }
}

function pending(slot: Slot): SlotState {
  return { slot, state: 'Progressing', reason: 'Pending', message: 'the target group was not looked at yet' };
}

function crdOf(session: ClusterSession, kind: string): { readonly crdUid?: string } {
  const crdUid = session.held.crdOf(kind);
  return crdUid === undefined ? {} : { crdUid };
}

function isWatched(kind: string): kind is 'ServiceExport' | 'Service' | 'EndpointSlice' | 'TargetGroupPolicy' {
  return kind === 'ServiceExport' || kind === 'Service' || kind === 'EndpointSlice' || kind === 'TargetGroupPolicy';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
