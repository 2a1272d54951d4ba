import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { hubPolicyOrigin } from '@hub/api';
import { readMemberKubeconfig, type HubApi } from '@hub/kube';
import type { EffectivePolicy, Hold, MemberFacts, MemberState, Place, Policy, PolicyScope, Slot } from '@hub/model';
import { exportId, samePlace } from '@hub/model';
import {
  admitMembers,
  effectivePolicy,
  policyVerdict,
  readPolicy,
  traceOf,
  type Admission,
  type Change,
  type ExportKnowledge,
  type KnownPolicies,
  type PolicyProgress,
  type PolicySubject,
} from '@hub/plan';
import type { Logger } from '@hub/telemetry';
import { ClusterSession, MemberProblem, type SessionOptions, type WatchedSource } from './cluster-session.js';
import { HubCluster, type StoredMember } from './hub-cluster.js';
import { Leases, type Holding } from './leases.js';
import { Member, type MemberRecord } from './member.js';
import type { MemberObjects } from './member-objects.js';
import type { MemberWord } from './member-snapshot.js';
import { originName, PolicyIndex } from './policy-index.js';
import { watchedResources } from './watched-resources.js';

/** What the hub app does about the fleet. */
export interface FleetHost {
  /** A request may be wrong now. */
  changed(change: Change): void;
  /** This replica holds a member from now on. */
  engaged(member: Member): void;
  /** The member is to be let go. Resolves when nothing is under way for it any more. */
  disengaged(member: Member, why: 'released' | 'lost' | 'removed'): Promise<void>;
  /** Something that is shown about a member is different. */
  touched(member: Member): void;
  /** What is shown about the hub cluster's policies may be different. */
  hubPoliciesTouched(): void;
  /** A member is being detached, by a person's word. */
  detaching(member: Member): void;
}

export interface FleetOptions {
  readonly namespace: string;
  /** For the hub's own cluster, which an operator configured. */
  readonly hubSession: SessionOptions;
  /** For members, with the rules for where they may lead. */
  readonly memberSession: SessionOptions;
  readonly lease: { readonly durationMs: number; readonly renewMs: number };
  /** How long, after taking over from a holder that died, nothing is taken away: one Lease and one attempt. */
  readonly graceMs: number;
}

/** The whole fleet as one replica sees it: the hub cluster, the members that it holds, and the last known word of the others. */
export class Fleet {
  readonly replica = `${hostname()
    .slice(0, 30)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')}-${randomUUID().slice(0, 8)}`;
  readonly hub: HubCluster;
  readonly leases: Leases;
  private readonly held = new Map<string, { readonly member: Member; readonly stop: AbortController; readonly running: Promise<void> }>();
  private readonly policies = new PolicyIndex();
  private readonly words = new Map<string, MemberWord>();
  private readonly states = new Map<string, MemberState>();
  private readonly leaving = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private admissions: ReadonlyMap<string, Admission> = new Map();
  /** The names of the members that have joined, by the UID of their cluster. */
  private joined = new Map<string, readonly string[]>();
  private hubAccountId: string | undefined;
  private hubRunning: Promise<void> = Promise.resolve();
  private holdsHubPolicies = false;
  private started = false;

  constructor(
    private readonly api: HubApi,
    private readonly logger: Logger,
    private readonly host: FleetHost,
    private readonly options: FleetOptions,
  ) {
    const { namespace, hubSession, lease } = options;
    this.hub = new HubCluster(
      namespace,
      {
        endpoint: () => api.endpoint(),
        expectedUid: () => undefined,
        changed: () => undefined,
        relisted: () => undefined,
      },
      hubSession,
      {
        memberChanged: (name, before, after) => this.memberChanged(name, before, after),
        snapshotChanged: (name) => this.snapshotChanged(name),
        policiesChanged: (policies) => this.hubPoliciesChanged(policies),
        secretChanged: (name) => this.secretChanged(name),
        leasesChanged: () => this.balance(),
      },
    );
    this.leases = new Leases(
      api,
      this.hub.leases,
      () => (this.started ? [hubPolicyOrigin, ...[...this.hub.members.records()].map((stored) => stored.record.name)] : []),
      {
        acquired: (cluster, holding) => this.acquired(cluster, holding),
        shouldRelease: (cluster) => void this.letGo(cluster, 'released'),
        lost: (cluster) => void this.letGo(cluster, 'lost'),
        failed: (error) => logger.warn({ error }, 'a lease could not be written'),
      },
      { namespace, replica: this.replica, ...lease, nowMs: hubSession.reflector.nowMs },
    );
  }

  /**
   * Reads the hub cluster and begins to take its share of the members.
   * @throws Error where the hub cluster can't be read within the time
   */
  async start(timeoutMs: number): Promise<void> {
    this.hubRunning = this.hub.session.run(this.stopping.signal);
    const deadline = this.nowMs() + timeoutMs;
    while (this.hub.session.facts().state !== 'Synced') {
      if (this.nowMs() > deadline) {
        const { problem } = this.hub.session.facts();
        throw new Error(`the hub cluster cannot be read: ${problem?.reason ?? 'NoAnswer'}: ${problem?.message ?? 'no answer'}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.readmit();
    this.recallPolicies();
    this.started = true;
    await this.leases.start();
  }

  /** Lets everything go, so that the other replicas can take over at once. */
  async stop(): Promise<void> {
    this.started = false;
    await Promise.all([...this.held.keys()].map((cluster) => this.letGo(cluster, 'released')));
    if (this.holdsHubPolicies) await this.leases.release(hubPolicyOrigin).catch(() => undefined);
    await this.leases.stop();
    this.stopping.abort(new Error('the hub stops'));
    await this.hubRunning;
  }

  /** The account of the hub's own credentials is known now; a role without external id can be judged. */
  knowHubAccount(accountId: string): void {
    this.hubAccountId = accountId;
    if (this.started) this.readmit();
  }

  /** The account of the hub's own credentials, where it is known. */
  get ownAccountId(): string | undefined {
    return this.hubAccountId;
  }

  // --- what there is ----------------------------------------------------------------------------------------------------------------------

  /** A member that this replica holds. */
  member(cluster: string): Member | undefined {
    return this.held.get(cluster)?.member;
  }

  *heldMembers(): Generator<Member> {
    for (const { member } of this.held.values()) yield member;
  }

  /** Every MemberCluster, whoever holds it. */
  *allMembers(): Generator<StoredMember> {
    yield* this.hub.members.records();
  }

  stored(cluster: string): StoredMember | undefined {
    return this.hub.members.get(cluster);
  }

  /** What is known of a member that another replica holds, or nobody can read. */
  wordOf(cluster: string): MemberWord | undefined {
    return this.words.get(cluster);
  }

  /** Whether a member may be worked with. A second name for a cluster that has joined is found out before it joins itself. */
  admission(cluster: string): Admission | undefined {
    const admission = this.admissions.get(cluster);
    const twin = admission?.admitted ? this.twinOf(cluster) : undefined;
    if (twin === undefined) return admission;
    return { admitted: false, reason: 'AlreadyRegistered', message: `this cluster is a member already, as MemberCluster ${twin}` };
  }

  private twinOf(cluster: string): string | undefined {
    const member = this.member(cluster);
    const uid = member?.sessionFacts().uid;
    if (!member || member.record.joinedAs || uid === undefined) return undefined;
    return this.joined.get(uid)?.find((name) => name !== cluster);
  }

  placeOf(cluster: string): Place | undefined {
    const admission = this.admissions.get(cluster);
    return admission?.admitted ? admission.place : undefined;
  }

  /** Whether the hub cluster's policies are this replica's to report on. */
  get reportsHubPolicies(): boolean {
    return this.holdsHubPolicies;
  }

  // --- what a decision asks ---------------------------------------------------------------------------------------------------------------

  memberFacts(cluster: string): MemberFacts | undefined {
    return this.member(cluster)?.facts(this.admission(cluster));
  }

  exportKnowledge(cluster: string, namespace: string, name: string, service: string | undefined): ExportKnowledge {
    return this.member(cluster)?.knowledge(namespace, name, service) ?? { kind: 'unread' };
  }

  /** Which policy holds for an export in a cluster. */
  effectivePolicy(question: {
    readonly cluster: string;
    readonly namespace: string;
    readonly name: string;
    readonly service: string | undefined;
    readonly trace: string | undefined;
  }): EffectivePolicy {
    return effectivePolicy(question, this.knownPolicies(question.namespace, question.name, question.service));
  }

  /** The clusters that have an export, of the whole fleet, with its slots. */
  *exportsNamed(
    namespace: string,
    name: string,
  ): Generator<{ readonly cluster: string; readonly service: string; readonly slots: readonly Slot[] }> {
    for (const { record } of this.hub.members.records()) {
      const found = this.exportIn(record.name, namespace, name);
      if (found) yield { cluster: record.name, ...found };
    }
  }

  // --- what is said about policies --------------------------------------------------------------------------------------------------------

  /** Every policy of a cluster, or of the hub cluster. */
  policiesOf(origin: string): readonly Policy[] {
    return this.policies.of(origin);
  }

  *allPolicies(): Generator<Policy> {
    yield* this.policies.all();
  }

  policyVerdict(policy: Policy): ReturnType<typeof policyVerdict> {
    const reach = this.reachOf(policy);
    const subjects = [...this.subjectsOf(policy, reach)];
    const known = this.knownPolicies(policy.namespace, policy.target?.kind === 'ServiceExport' ? policy.target.name : '', undefined);
    const candidates = subjects.flatMap((s) => this.policies.candidates(policy.namespace, s.name, s.service));
    return policyVerdict({
      policy,
      subjects,
      known: {
        ...known,
        candidates: [...new Set([...candidates, ...this.policies.candidates(policy.namespace, policy.target?.name ?? '', '')])],
      },
      clusters: new Map(reach.map((cluster) => [cluster, this.stateOf(cluster)])),
    });
  }

  /** How far a policy has come, over the whole fleet. */
  policyProgress(policy: Policy): PolicyProgress {
    const trace = traceOf(policy);
    let ready = 0;
    let total = 0;
    const behind: { cluster: string; reason: string }[] = [];
    for (const { cluster, name } of this.subjectsOf(policy, this.reachOf(policy))) {
      const summary = this.summaryOf(cluster, policy.namespace, name);
      if (summary?.programmed.policy !== trace) continue;
      ready += summary.programmed.ready;
      total += summary.programmed.total;
      const condition = summary.conditions.find((c) => c.type === 'Ready');
      if (summary.programmed.ready < summary.programmed.total) behind.push({ cluster, reason: condition?.reason ?? 'Pending' });
    }
    return { ready, total, behind };
  }

  /** The state of a member, by its session where this replica has one, else by what its holder wrote. */
  stateOf(cluster: string): MemberState {
    const member = this.member(cluster);
    if (member) return member.record.isDetaching ? 'Detaching' : member.sessionFacts().state;
    return this.hub.members.get(cluster)?.status?.state ?? 'Connecting';
  }

  private reachOf(policy: Policy): readonly string[] {
    const all = [...this.hub.members.records()].map((stored) => stored.record.name);
    if (policy.origin.tier === 'hub' || this.scopeOf(policy.origin.cluster) === 'Fleet') return all;
    const own = policy.origin.cluster;
    return all.filter((name) => name === own);
  }

  private *subjectsOf(policy: Policy, reach: readonly string[]): Generator<PolicySubject> {
    const { target, namespace } = policy;
    if (!target) return;
    for (const cluster of reach) {
      if (target.kind === 'ServiceExport') {
        const found = this.exportIn(cluster, namespace, target.name);
        if (found) yield { cluster, namespace, name: target.name, service: found.service };
        continue;
      }
      for (const name of this.exportsOfService(cluster, namespace, target.name)) yield { cluster, namespace, name, service: target.name };
    }
  }

  /** The exports of a Service in a cluster, held or not. */
  exportsOfService(cluster: string, namespace: string, service: string): Iterable<string> {
    const member = this.member(cluster);
    if (member?.session.wasReadWhole) return member.objects.exportsOfService(namespace, service);
    return (this.words.get(cluster)?.exports ?? []).filter((e) => e.namespace === namespace && e.service === service).map((e) => e.name);
  }

  private exportIn(
    cluster: string,
    namespace: string,
    name: string,
  ): { readonly service: string; readonly slots: readonly Slot[] } | undefined {
    const member = this.member(cluster);
    if (member?.session.wasReadWhole) {
      const record = member.objects.exports.get(exportId({ namespace, name }));
      return record && !record.isOver ? { service: record.service, slots: member.objects.slotsOf(namespace, name) } : undefined;
    }
    const known = this.words.get(cluster)?.exports.find((e) => e.namespace === namespace && e.name === name);
    return known && { service: known.service, slots: known.slots as readonly Slot[] };
  }

  private summaryOf(cluster: string, namespace: string, name: string): MemberWord['exports'][number] | undefined {
    const member = this.member(cluster);
    if (member) return member.exportSummary(namespace, name, new Date());
    return this.words.get(cluster)?.exports.find((e) => e.namespace === namespace && e.name === name);
  }

  private knownPolicies(namespace: string, name: string, service: string | undefined): KnownPolicies {
    return {
      candidates: this.policies.candidates(namespace, name, service),
      scopeOf: (cluster) => this.scopeOf(cluster),
      isUnread: (cluster) => this.isUnread(cluster),
    };
  }

  private scopeOf(cluster: string): PolicyScope {
    return this.hub.members.get(cluster)?.record.spec.policyScope ?? 'Ignore';
  }

  /** A member of whose policies nothing is known. One that is no member any more has none. */
  private isUnread(cluster: string): boolean {
    if (!this.hub.members.get(cluster)) return false;
    const member = this.member(cluster);
    if (member) return member.policies() === undefined;
    return !this.words.has(cluster);
  }

  // --- members come and go ----------------------------------------------------------------------------------------------------------------

  private memberChanged(name: string, before: StoredMember | undefined, after: StoredMember | undefined): void {
    if (!this.started) return;
    if (before && after && before.record.uid !== after.record.uid) {
      // Another one of the same name came before the end of the first was believed. Nothing of the first is true of it.
      this.memberChanged(name, before, undefined);
      this.memberChanged(name, undefined, after);
      return;
    }
    const isSameSpec =
      before && after && before.record.generation === after.record.generation && before.record.joinedAs?.uid === after.record.joinedAs?.uid;
    if (!isSameSpec && !this.joinsAsAdmitted(before, after)) this.readmit();
    const held = this.held.get(name);
    if (!after) {
      this.forget(name);
      return;
    }
    if (held?.member.record.uid === after.record.uid) {
      held.member.record = after.record;
      if (after.record.isDetaching && !before?.record.isDetaching) this.host.detaching(held.member);
      if (!isSameSpec || after.record.acknowledgement !== before.record.acknowledgement) this.host.touched(held.member);
      if (!isSameSpec) this.host.changed({ kind: 'member', cluster: name });
    }
    const hasJoined = before?.record.joinedAs === undefined && after.record.joinedAs !== undefined;
    if (hasJoined || before?.record.spec.policyScope !== after.record.spec.policyScope) this.policiesRevalued(name);
    if (!before || before.record.generation !== after.record.generation) this.balance();
  }

  /** Policies of a member count from now on, or reach differently far. */
  private policiesRevalued(name: string): void {
    this.reindex(name);
    const policies = this.policies.of(name);
    if (policies.length > 0) this.host.changed({ kind: 'policy', policies });
    this.host.hubPoliciesTouched();
  }

  /** A member that was admitted has joined where it was admitted, as nobody else: nothing is different for it or for anybody. */
  private joinsAsAdmitted(before: StoredMember | undefined, after: StoredMember | undefined): boolean {
    if (!before || !after || before.record.joinedAs || before.record.generation !== after.record.generation) return false;
    const { name, joinedAs } = after.record;
    const admission = this.admissions.get(name);
    if (!joinedAs || !admission?.admitted || !samePlace(joinedAs, admission.place) || this.joined.has(joinedAs.uid)) return false;
    this.joined.set(joinedAs.uid, [name]);
    return true;
  }

  private readmit(): void {
    const stored = [...this.hub.members.records()];
    const candidates = stored.filter((s) => s.invalid === undefined).map(({ record }) => candidateOf(record));
    const admissions = new Map(admitMembers(candidates, this.hubAccountId));
    for (const { record, invalid } of stored)
      if (invalid !== undefined) admissions.set(record.name, { admitted: false, reason: 'InvalidSpec', message: invalid });
    const before = this.admissions;
    this.admissions = admissions;
    this.joined = namesByUid(stored);
    for (const { member } of this.held.values()) {
      if (sameAdmission(before.get(member.name), admissions.get(member.name))) continue;
      // What is not admitted is not called; what is admitted now is called at once.
      if (before.get(member.name)?.admitted !== admissions.get(member.name)?.admitted) member.session.reconnect();
      this.reindex(member.name);
      this.host.touched(member);
      this.host.changed({ kind: 'member', cluster: member.name });
    }
  }

  private acquired(cluster: string, holding: Holding): void {
    if (cluster === hubPolicyOrigin) {
      this.holdsHubPolicies = true;
      this.host.hubPoliciesTouched();
      return;
    }
    // What was held before has to end first: its end would take with it what begins now.
    const leaving = this.leaving.get(cluster);
    if (leaving) {
      void this.acquiredAfter(leaving, cluster, holding);
      return;
    }
    const stored = this.hub.members.get(cluster);
    if (!stored) return;
    const stop = new AbortController();
    const member = this.engage(stored, holding);
    const running = member.session.run(AbortSignal.any([stop.signal, this.stopping.signal]));
    this.held.set(cluster, { member, stop, running });
    this.reindex(cluster);
    this.host.engaged(member);
    if (stored.record.isDetaching) this.host.detaching(member);
  }

  private async acquiredAfter(leaving: Promise<void>, cluster: string, holding: Holding): Promise<void> {
    await leaving;
    if (this.started && this.leases.holding(cluster) === holding) this.acquired(cluster, holding);
  }

  private engage(stored: StoredMember, holding: Holding): Member {
    const { record } = stored;
    const { memberSession, graceMs } = this.options;
    const place = this.placeOf(record.name) ?? { ...record.spec.aws, clusterName: record.spec.clusterName ?? record.name };
    let member: Member | undefined = undefined;
    const makeSession = (objects: MemberObjects) =>
      new ClusterSession(
        memberSources(objects),
        {
          endpoint: () => this.memberEndpoint(record.name),
          expectedUid: () => this.hub.members.get(record.name)?.record.joinedAs?.uid,
          changed: () => member && this.sessionChanged(member),
          relisted: () => {
            if (member?.sessionFacts().state === 'Synced') this.host.changed({ kind: 'member', cluster: record.name });
          },
        },
        memberSession,
        holdsOf(stored, memberSession.reflector.nowMs()),
      );
    member = new Member(record, holding, place, makeSession, this.words.get(record.name), {
      confirmationMs: memberSession.confirmationMs,
      graceMs,
      listener: { changed: (change) => this.objectsChanged(record.name, change) },
    });
    return member;
  }

  /** A member's kubeconfig, checked, from its Secret; a member that is not admitted is not called. */
  private memberEndpoint(cluster: string): ReturnType<HubApi['endpoint']> {
    return Promise.resolve().then(() => {
      const stored = this.hub.members.get(cluster);
      const admission = this.admissions.get(cluster);
      if (!stored || !admission?.admitted)
        throw new MemberProblem('NotAdmitted', admission && !admission.admitted ? admission.message : 'the MemberCluster is gone');
      const { name, key } = stored.record.spec.kubeconfigSecretRef;
      const text = this.hub.kubeconfig(name, key);
      if (text === undefined) {
        const where = `Secret ${this.options.namespace}/${name}, key ${key}`;
        throw new MemberProblem('SecretMissing', `${where}: there is none with the label lattice-hub.io/kubeconfig=true`);
      }
      return readMemberKubeconfig(text);
    });
  }

  private async letGo(cluster: string, why: 'released' | 'lost' | 'removed'): Promise<void> {
    if (cluster === hubPolicyOrigin) {
      this.holdsHubPolicies = false;
      if (why !== 'lost')
        await this.leases.release(cluster).catch((error: unknown) => this.logger.warn({ error }, 'a lease could not be released'));
      return;
    }
    const held = this.held.get(cluster);
    const before = this.leaving.get(cluster);
    if (!held || before) return before;
    const leaving = this.endHolding(cluster, held, why).finally(() => this.leaving.delete(cluster));
    this.leaving.set(cluster, leaving);
    await leaving;
  }

  private async endHolding(
    cluster: string,
    held: { readonly member: Member; readonly stop: AbortController; readonly running: Promise<void> },
    why: 'released' | 'lost' | 'removed',
  ): Promise<void> {
    await this.host
      .disengaged(held.member, why)
      .catch((error: unknown) => this.logger.warn({ cluster, error }, 'a member could not be let go in order'));
    held.stop.abort(new Error(`the member was ${why}`));
    await held.running;
    this.held.delete(cluster);
    this.states.delete(cluster);
    this.reindex(cluster);
    if (why === 'lost') return;
    await this.leases.release(cluster).catch((error: unknown) => this.logger.warn({ cluster, error }, 'a lease could not be released'));
  }

  /** Gives up a cluster that is no member any more, and its Lease with it. */
  private async leave(name: string): Promise<void> {
    await this.letGo(name, 'removed');
    await this.leases.forget(name);
    this.balance();
  }

  /** The MemberCluster is gone, its finalizer removed: by the end of a detach, or by force. Nothing of AWS is touched for it. */
  private forget(name: string): void {
    const policies = this.policies.of(name);
    this.words.delete(name);
    this.policies.replace(name, []);
    void this.leave(name);
    if (policies.length > 0) this.host.changed({ kind: 'policy', policies });
    // A second name for the cluster that left may join now.
    for (const { member } of this.held.values()) if (!member.record.joinedAs) this.host.touched(member);
  }

  private balance(): void {
    if (this.started) void this.leases.balance().catch((error: unknown) => this.logger.warn({ error }, 'the clusters could not be spread'));
  }

  // --- what changes -----------------------------------------------------------------------------------------------------------------------

  private objectsChanged(cluster: string, change: Change): void {
    if (change.kind === 'policy') this.reindex(cluster);
    const member = this.member(cluster);
    member?.outdateSummaries();
    this.host.changed(change);
    if (member && change.kind !== 'endpoints') this.host.touched(member);
    if (change.kind === 'policy' || change.kind === 'export') this.host.hubPoliciesTouched();
  }

  private sessionChanged(member: Member): void {
    member.outdateSummaries();
    const { state } = member.sessionFacts();
    const before = this.states.get(member.name);
    this.states.set(member.name, state);
    // What was withheld for want of a whole view, and what changed meanwhile, can be looked at.
    if (state === 'Synced' && before !== 'Synced') this.host.changed({ kind: 'member', cluster: member.name });
    this.host.touched(member);
    this.host.hubPoliciesTouched();
  }

  private snapshotChanged(name: string): void {
    if (name === hubPolicyOrigin) return;
    const word = this.hub.wordOf(name);
    const before = this.words.get(name);
    if (word) this.words.set(name, word);
    if (!this.started || this.held.has(name)) return;
    const policies = this.policies.of(name);
    this.reindex(name);
    const changed = differing(policies, this.policies.of(name));
    if (changed.length > 0) this.host.changed({ kind: 'policy', policies: changed });
    if (JSON.stringify(before?.exports) !== JSON.stringify(word?.exports)) this.host.hubPoliciesTouched();
  }

  private hubPoliciesChanged(policies: readonly Policy[]): void {
    this.reindexHub();
    if (!this.started) return;
    this.host.changed({ kind: 'policy', policies });
    this.host.hubPoliciesTouched();
  }

  private secretChanged(name: string): void {
    for (const { member } of this.held.values()) if (member.record.spec.kubeconfigSecretRef.name === name) member.session.reconnect();
  }

  /** The policies of a member as they are known now. A hub cluster that is also a member has its policies counted once, in the hub tier. */
  private reindex(cluster: string): void {
    const member = this.member(cluster);
    const uid = member?.sessionFacts().uid ?? this.words.get(cluster)?.clusterUid;
    if (uid !== undefined && uid === this.hub.session.facts().uid) {
      this.policies.replace(cluster, []);
      return;
    }
    if (!this.countsAsMember(cluster)) {
      this.policies.replace(cluster, []);
      return;
    }
    const known = member ? member.policies() : this.words.get(cluster)?.policies.map((raw) => readPolicy(raw, { tier: 'member', cluster }));
    this.policies.replace(cluster, known ?? []);
  }

  /** Policies count from the moment that a cluster has joined, and go on counting while it is stopped; a second name for a member never counts. */
  private countsAsMember(cluster: string): boolean {
    const admission = this.admissions.get(cluster);
    const isTwin =
      admission?.admitted === false && (admission.reason === 'AlreadyRegistered' || admission.reason === 'DuplicateClusterName');
    return !isTwin && this.hub.members.get(cluster)?.record.joinedAs !== undefined;
  }

  private reindexHub(): void {
    this.policies.replace(
      hubPolicyOrigin,
      [...this.hub.policies.records()].map((record) => record.policy),
    );
  }

  /** What was known before this process: a policy of the hub cluster that is missing now leaves by the same rules as a member's. */
  private recallPolicies(): void {
    const word = this.hub.wordOf(hubPolicyOrigin);
    for (const raw of word?.policies ?? []) {
      this.hub.policies.seed(exportId(raw), { raw, policy: readPolicy(raw, { tier: 'hub' }), conditions: [], resourceVersion: '' });
    }
    // Those that were read already and do not have it are one LIST of the two.
    if (this.hub.policies.awaitsConfirmation) this.hub.session.confirmAbsences();
    this.reindexHub();
    for (const { record } of this.hub.members.records()) {
      const memberWord = this.hub.wordOf(record.name);
      if (memberWord) this.words.set(record.name, memberWord);
      this.reindex(record.name);
    }
  }

  private nowMs(): number {
    return this.options.hubSession.reflector.nowMs();
  }
}

function memberSources(objects: MemberObjects): readonly WatchedSource[] {
  return Object.values(watchedResources).map(({ resource, crd }) => ({
    resource,
    store: objects.store(resource.kind),
    ...(crd !== undefined && { crd }),
  }));
}

function candidateOf(record: MemberRecord): Parameters<typeof admitMembers>[0][number] {
  const { name, createdAtMs, spec, joinedAs } = record;
  return { name, createdAtMs, spec, joinedAs };
}

/** The holds that stand on the MemberCluster, so that a restart does not forget what a person has to look at. */
function holdsOf(stored: StoredMember, nowMs: number): readonly Hold[] {
  return (stored.status?.holds ?? []).flatMap(({ reason, message }) => {
    const [name, kind] = reason.split('.');
    if (name !== 'KindVanished' && name !== 'KindEmptied' && name !== 'ClusterRestored') return [];
    return [{ reason: name, ...(kind && { kind: kind as NonNullable<Hold['kind']> }), sinceMs: nowMs, message }];
  });
}

function namesByUid(stored: readonly StoredMember[]): Map<string, readonly string[]> {
  const joined = new Map<string, string[]>();
  for (const { record } of stored) {
    if (!record.joinedAs) continue;
    const names = joined.get(record.joinedAs.uid);
    if (names) names.push(record.name);
    else joined.set(record.joinedAs.uid, [record.name]);
  }
  return joined;
}

function sameAdmission(a: Admission | undefined, b: Admission | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.admitted) return b.admitted && samePlace(a.place, b.place);
  return !b.admitted && a.reason === b.reason && a.message === b.message;
}

/** The policies of two states that are not in both. */
function differing(before: readonly Policy[], after: readonly Policy[]): readonly Policy[] {
  const id = (policy: Policy) => `${originName(policy)}/${policy.uid}/${policy.generation}`;
  const ids = { before: new Set(before.map(id)), after: new Set(after.map(id)) };
  return [...before.filter((policy) => !ids.after.has(id(policy))), ...after.filter((policy) => !ids.before.has(id(policy)))];
}
