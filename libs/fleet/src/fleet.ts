import { hash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { conditionTypes, hubPolicyOrigin } from '@hub/api';
import { readMemberKubeconfig, type ApiEndpoint, type HubApi } from '@hub/kube';
import type { MemberFacts, MemberState, Place, Policy } from '@hub/model';
import { exportId } from '@hub/model';
import { readPolicy, type Admission, type Change, type ExportKnowledge } from '@hub/plan';
import type { Logger } from '@hub/telemetry';
import { Admissions } from './admissions.js';
import { ClusterSession, MemberProblem, type SessionOptions } from './cluster-session.js';
import { FleetPolicies } from './fleet-policies.js';
import { FleetView } from './fleet-view.js';
import { holdsOf, sameHolds } from './hold-text.js';
import { HubCluster, type StoredMember } from './hub-cluster.js';
import { Leases, type Holding } from './leases.js';
import { Member } from './member.js';
import type { MemberObjects } from './member-objects.js';
import type { MemberWord } from './member-snapshot.js';
import { originName } from './policy-index.js';
import type { PublishedWord } from './snapshot-publisher.js';
import type { WatchedSource } from './watched-source.js';
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
  /** What the hub cluster shows about a member is different: by this replica's own doing, or by another's. */
  shown(member: Member): void;
  /** What is shown about policies may be different. */
  policiesTouched(): void;
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
  /** The last known word of each member that this replica does not hold. */
  private readonly words = new Map<string, MemberWord>();
  private readonly admissions = new Admissions();
  /** What is known of any member, held or not. */
  readonly view: FleetView;
  /** Which policies there are, which holds, and how far they have come. */
  readonly policies: FleetPolicies;
  /** What each session said last, the state that it was in, and whether all of the member was read. */
  private readonly said = new Map<string, { readonly state: MemberState; readonly facts: string; readonly wasReadWhole: boolean }>();
  /** How to reach each member, by a digest of the kubeconfig that says so: one that does not answer is tried again and again. */
  private readonly endpoints = new Map<string, { readonly digest: string; readonly endpoint: ApiEndpoint }>();
  private readonly leaving = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private hubAccountId: string | undefined;
  private hubRunning: Promise<void> = Promise.resolve();
  private hubTrouble = '[]';
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
        // Another one that answers in its place while this process runs has other members and other policies, or none.
        expectedUid: () => this.hub.session.facts().uid,
        changed: () => this.hubSessionChanged(),
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
    this.view = new FleetView(this.hub, (cluster) => this.member(cluster), this.words);
    this.policies = new FleetPolicies(this.view, this.admissions, (cluster) => this.admission(cluster));
    this.leases = new Leases(
      api,
      this.hub.leases,
      () => (this.started ? [hubPolicyOrigin, ...this.view.names()] : []),
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
    await this.leases.start(Math.max(0, deadline - this.nowMs()));
  }

  /** Lets everything go, so that the other replicas can take over at once. */
  async stop(): Promise<void> {
    this.started = false;
    await Promise.all([this.leases.beginToLeave(), ...[...this.held.keys()].map((cluster) => this.letGo(cluster, 'released'))]);
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

  /** What stands in the hub cluster of a member's word, or of the hub cluster's own, as this replica has seen it last. */
  published(cluster: string): PublishedWord {
    return { version: this.hub.wordVersionOf(cluster), read: () => this.hub.wordOf(cluster) };
  }

  /**
   * Whether a member may be worked with. A second name for a cluster that has joined is found out before it joins itself, by the replica that holds
   * it; the others take that replica's word.
   */
  admission(cluster: string): Admission | undefined {
    const admission = this.admissions.of(cluster);
    if (!admission?.admitted) return admission;
    if (!this.held.has(cluster)) return this.publishedTwin(cluster) ?? admission;
    const twin = this.twinOf(cluster);
    if (twin === undefined) return admission;
    return { admitted: false, reason: 'AlreadyRegistered', message: `this cluster is a member already, as MemberCluster ${twin}` };
  }

  private publishedTwin(cluster: string): Admission | undefined {
    const stored = this.hub.members.get(cluster);
    const published = stored && admittedCondition(stored);
    if (published?.reason !== 'AlreadyRegistered' || stored?.record.joinedAs) return undefined;
    return { admitted: false, reason: published.reason, message: published.message };
  }

  private twinOf(cluster: string): string | undefined {
    const member = this.member(cluster);
    const uid = member?.sessionFacts().uid;
    if (!member || member.record.joinedAs || uid === undefined) return undefined;
    return this.admissions.twinOf(cluster, uid);
  }

  placeOf(cluster: string): Place | undefined {
    return this.admissions.placeOf(cluster);
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
    if (!isSameSpec && !this.admissions.joinsAsAdmitted(before, after)) this.readmit();
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
      this.host.shown(held.member);
    }
    const hasJoined = before?.record.joinedAs === undefined && after.record.joinedAs !== undefined;
    if (hasJoined || before?.record.spec.policyScope !== after.record.spec.policyScope) this.policiesRevalued(name);
    // Where another replica holds it, its standing is told by its status alone.
    if (!held && before && standingOf(before) !== standingOf(after)) this.host.policiesTouched();
    if (!before || before.record.generation !== after.record.generation) this.balance();
  }

  /** Policies of a member count from now on, or reach differently far. */
  private policiesRevalued(name: string): void {
    this.policies.reindex(name);
    const policies = this.policies.of(name);
    if (policies.length > 0) this.host.changed({ kind: 'policy', policies });
    // What waits to know them does so no more where they don't reach it.
    this.host.changed({ kind: 'policiesKnown', origin: name });
    this.host.policiesTouched();
  }

  private readmit(): void {
    const before = this.admissions.judge([...this.hub.members.records()], this.hubAccountId);
    for (const { member } of this.held.values()) {
      if (!before.has(member.name)) continue;
      // What is not admitted is not called; what is admitted now is called at once.
      if (before.get(member.name)?.admitted !== this.admissions.of(member.name)?.admitted) member.session.reconnect();
      this.policies.reindex(member.name);
      this.host.touched(member);
      this.host.changed({ kind: 'member', cluster: member.name });
    }
    // Policies reach whoever is admitted, whoever holds it.
    if (this.started && before.size > 0) this.host.policiesTouched();
  }

  private acquired(cluster: string, holding: Holding): void {
    if (cluster === hubPolicyOrigin) {
      this.holdsHubPolicies = true;
      this.host.policiesTouched();
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
    this.words.delete(cluster);
    this.policies.reindex(cluster);
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
    let member: Member | undefined = undefined;
    const makeSession = (objects: MemberObjects) =>
      new ClusterSession(
        memberSources(objects),
        {
          endpoint: () => this.memberEndpoint(record.name),
          expectedUid: () => this.hub.members.get(record.name)?.record.joinedAs?.uid,
          changed: () => member && this.sessionChanged(member),
          relisted: () => {
            if (!this.view.isUnread(record.name)) this.host.changed({ kind: 'policiesKnown', origin: record.name });
            if (member?.session.state === 'Synced') this.host.changed({ kind: 'member', cluster: record.name });
          },
        },
        memberSession,
        holdsOf(stored.status),
      );
    member = new Member(record, holding, makeSession, this.words.get(record.name), {
      confirmationMs: memberSession.confirmationMs,
      graceMs,
      listener: { changed: (change) => this.objectsChanged(record.name, change) },
    });
    member.recall(stored.status);
    return member;
  }

  /** A member's kubeconfig, checked, from its Secret; a member that is not admitted is not called. */
  private memberEndpoint(cluster: string): ReturnType<HubApi['endpoint']> {
    return Promise.resolve().then(() => {
      const stored = this.hub.members.get(cluster);
      const admission = this.admissions.of(cluster);
      if (!stored || !admission?.admitted)
        throw new MemberProblem('NotAdmitted', admission && !admission.admitted ? admission.message : 'the MemberCluster is gone');
      const { name, key } = stored.record.spec.kubeconfigSecretRef;
      const text = this.hub.kubeconfig(name, key);
      if (text === undefined) {
        const where = `Secret ${this.options.namespace}/${name}, key ${key}`;
        throw new MemberProblem('SecretMissing', `${where}: there is none with the label lattice-hub.io/kubeconfig=true`);
      }
      return this.endpointOf(cluster, text);
    });
  }

  /** @throws KubeconfigError */
  private endpointOf(cluster: string, kubeconfig: string): ApiEndpoint {
    const digest = hash('sha256', kubeconfig, 'base64url');
    const known = this.endpoints.get(cluster);
    if (known?.digest === digest) return known.endpoint;
    const endpoint = readMemberKubeconfig(kubeconfig);
    this.endpoints.set(cluster, { digest, endpoint });
    return endpoint;
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
    this.said.delete(cluster);
    this.endpoints.delete(cluster);
    this.keepWord(held.member, why);
    this.policies.reindex(cluster);
    if (!this.view.isUnread(cluster)) this.host.changed({ kind: 'policiesKnown', origin: cluster });
    if (why === 'lost') return;
    await this.leases.release(cluster).catch((error: unknown) => this.logger.warn({ cluster, error }, 'a lease could not be released'));
  }

  /**
   * What is known of a member that was let go. Where it was lost, another holder may have spoken since: what was published counts first. So it does
   * where something is held that is not told of yet: without that, what is missing by the own word would be taken for never having been there.
   */
  private keepWord(member: Member, why: 'released' | 'lost' | 'removed'): void {
    const stored = this.hub.members.get(member.name);
    // Another one of the same name may have come, or none.
    if (stored?.record.uid !== member.record.uid) return;
    const [own, published] = [member.word(new Date()), this.hub.wordOf(member.name)];
    const isTold = sameHolds(member.sessionFacts().holds, holdsOf(stored.status));
    const word = why === 'lost' || !isTold ? (published ?? own) : (own ?? published);
    if (word) this.words.set(member.name, word);
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
    this.policies.forget(name);
    void this.leave(name);
    if (policies.length > 0) this.host.changed({ kind: 'policy', policies });
    this.host.changed({ kind: 'policiesKnown', origin: name });
    // A second name for the cluster that left may join now.
    for (const { member } of this.held.values()) if (!member.record.joinedAs) this.host.touched(member);
  }

  private balance(): void {
    if (this.started) void this.leases.balance().catch((error: unknown) => this.logger.warn({ error }, 'the clusters could not be spread'));
  }

  // --- what changes -----------------------------------------------------------------------------------------------------------------------

  private objectsChanged(cluster: string, change: Change): void {
    if (change.kind === 'policy') this.policies.reindex(cluster);
    const member = this.member(cluster);
    member?.outdateSummaries();
    this.host.changed(change);
    if (member && change.kind !== 'endpoints') this.host.touched(member);
    if (change.kind === 'policy' || change.kind === 'export') this.host.policiesTouched();
  }

  private sessionChanged(member: Member): void {
    const facts = member.sessionFacts();
    const { state } = facts;
    const before = this.said.get(member.name);
    const { wasReadWhole } = member.session;
    const now = { state, facts: JSON.stringify(facts), wasReadWhole };
    // A member that is away is tried again and again, and there is nothing new in that. What is missing may be new wherever something is held.
    if (before?.facts === now.facts && facts.holds.length === 0) return;
    this.said.set(member.name, now);
    // What went wrong with a member that is away is read on the member. How its exports stand, and how far policies have come, is as it was.
    const isElsewhere = before?.state !== state || before.wasReadWhole !== wasReadWhole;
    if (isElsewhere) member.outdateSummaries();
    // What was withheld for want of a whole view, and what changed meanwhile, can be looked at.
    if (state === 'Synced' && before?.state !== 'Synced') this.host.changed({ kind: 'member', cluster: member.name });
    this.host.touched(member);
    if (isElsewhere) this.host.policiesTouched();
  }

  /** There is no MemberCluster of the hub cluster to show this on: its own snapshot tells of it. */
  private hubSessionChanged(): void {
    if (!this.started) return;
    this.host.policiesTouched();
    const { holds, problem } = this.hub.session.facts();
    const held = holds.map(({ reason, kind }) => `${reason} ${kind ?? ''}`.trim());
    const trouble = JSON.stringify(problem ? [...held, problem.reason] : held);
    if (trouble === this.hubTrouble) return;
    this.hubTrouble = trouble;
    if (trouble === '[]') this.logger.info({ holds: [] }, 'the hub cluster is read whole again');
    else
      this.logger.error(
        { holds: held, problem },
        'what is missing in the hub cluster is not taken for gone; what is held is released by: lattice-hub cluster acknowledge --hub',
      );
  }

  private snapshotChanged(name: string): void {
    // What its holder publishes is no news to it, unless somebody else did.
    const held = this.held.get(name);
    if (held) this.host.shown(held.member);
    if (name === hubPolicyOrigin && this.started) this.seeHubHolds();
    if (name === hubPolicyOrigin || held) return;
    const word = this.hub.wordOf(name);
    const before = this.words.get(name);
    if (word) this.words.set(name, word);
    if (!this.started) return;
    const policies = this.policies.of(name);
    this.policies.reindex(name);
    const changed = differing(policies, this.policies.of(name));
    if (changed.length > 0) this.host.changed({ kind: 'policy', policies: changed });
    if (word && !before) this.host.changed({ kind: 'policiesKnown', origin: name });
    if (JSON.stringify(before?.exports) !== JSON.stringify(word?.exports)) this.host.policiesTouched();
  }

  /** What the hub cluster's own snapshot says is held there, and what a person has said to that. */
  private seeHubHolds(): void {
    const { hub } = this;
    const standing = hub.wordOf(hubPolicyOrigin)?.held ?? { holds: [] };
    const acknowledgement = hub.holds.see(standing, hub.acknowledgement, this.holdsHubPolicies, new Date());
    if (acknowledgement !== undefined)
      this.logger.info({ acknowledgement }, 'what was held of the hub cluster is acknowledged by a person');
    this.host.policiesTouched();
  }

  private hubPoliciesChanged(policies: readonly Policy[]): void {
    this.policies.reindexHub();
    if (!this.started) return;
    this.host.changed({ kind: 'policy', policies });
    this.host.policiesTouched();
  }

  private secretChanged(name: string): void {
    for (const { member } of this.held.values()) if (member.record.spec.kubeconfigSecretRef.name === name) member.session.reconnect();
  }

  /** What was known before this process: a policy of the hub cluster that is missing now leaves by the same rules as a member's. */
  private recallPolicies(): void {
    const word = this.hub.wordOf(hubPolicyOrigin);
    for (const raw of word?.policies ?? []) {
      this.hub.policies.seed(exportId(raw), { raw, policy: readPolicy(raw, { tier: 'hub' }), conditions: [], resourceVersion: '' });
    }
    this.recallHub(word);
    this.seeHubHolds();
    // Those that were read already and do not have it are one LIST of the two.
    if (this.hub.policies.awaitsConfirmation) this.hub.session.confirmAbsences();
    this.policies.reindexHub();
    for (const { record } of this.hub.members.records()) {
      const memberWord = this.hub.wordOf(record.name);
      if (memberWord) this.words.set(record.name, memberWord);
      this.policies.reindex(record.name);
    }
  }

  /** What was known of the hub cluster before this process, as far as it is still the same cluster: what is held, and how much there was. */
  private recallHub(word: MemberWord | undefined): void {
    const { session } = this.hub;
    if (!word || word.clusterUid !== session.facts().uid) return;
    session.held.recall(holdsOf(word.held));
    const keys = word.policies.map(exportId);
    for (const { kind, resourceVersion, heldMoreThanThree, crdUid } of word.kinds) {
      session.held.recallKind(kind, resourceVersion, heldMoreThanThree, keys);
      if (crdUid !== undefined) session.held.recallCrd(kind, crdUid);
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

/** What its holder has published of a member's admission. */
function admittedCondition({ conditions }: StoredMember): StoredMember['conditions'][number] | undefined {
  return conditions.find(({ type }) => type === conditionTypes.admitted);
}

/** What policies go by in the status of a member: whether it could be read, and whether it is admitted. */
function standingOf(stored: StoredMember): string {
  return `${stored.status?.state} ${admittedCondition(stored)?.reason}`;
}

/** The policies of two states that are not in both. */
function differing(before: readonly Policy[], after: readonly Policy[]): readonly Policy[] {
  const id = (policy: Policy) => `${originName(policy)}/${policy.uid}/${policy.generation}`;
  const ids = { before: new Set(before.map(id)), after: new Set(after.map(id)) };
  return [...before.filter((policy) => !ids.after.has(id(policy))), ...after.filter((policy) => !ids.before.has(id(policy)))];
}
