import { setTimeout as sleep } from 'node:timers/promises';
import { DeletionLedgers, EventWriter, Fleet, type FleetHost, type Member, type SessionOptions } from '@hub/fleet';
import { AddressRules, HubApi } from '@hub/kube';
import { AccountSessions, type ApiFamily, type CallGuard } from '@hub/lattice';
import type { Change } from '@hub/plan';
import type { HubMetrics, Logger } from '@hub/telemetry';
import { WorkQueues, type WorkResult } from '@hub/workqueue';
import type { HubConfig } from './config.js';
import { Detacher } from './detach/detacher.js';
import { Accounts } from './reconcile/accounts.js';
import { Acknowledgements } from './reconcile/acknowledgements.js';
import { Contests } from './reconcile/contests.js';
import { Dispatch } from './reconcile/dispatch.js';
import { judgeOtherWriters } from './reconcile/other-writers.js';
import { Reconciler } from './reconcile/reconciler.js';
import { FleetRequests } from './reconcile/request-index.js';
import { AwaitedPolicies } from './reconcile/awaited-policies.js';
import { Resync } from './reconcile/resync.js';
import { MemberReporter } from './report/member-reporter.js';
import { OutcomeReporter } from './report/outcome-reporter.js';
import { PolicyReporter } from './report/policy-reporter.js';
import { RowWriter } from './report/row-writer.js';
import { Turns } from './turns.js';

/** As much as no hub cluster has. */
const unlimited = { objects: 10_000_000, againAfterMs: 60_000, eventsPerSecond: 1_000_000, eventBurst: 10_000_000 } as const;

/** How long a member may take until the hub counts as ready without it. */
const memberGraceMs = 30_000;
const hubStartTimeoutMs = 60_000;
const callTimeoutMs = 15_000;
/** Events of each type, into all members; the hub cluster's own are apart. */
const eventPace = { perSecond: 25, burst: 50, mostWaitMs: 120_000 };

/**
 * The hub, put together: what the fleet tells becomes requests, requests are worked on by the queue of their cluster, and what became of them is
 * reported. It starts and stops its parts in the order that is written here.
 */
export class Hub {
  readonly fleet: Fleet;
  readonly queues: WorkQueues;
  readonly reconciler: Reconciler;
  readonly requests: FleetRequests;
  private readonly dispatch: Dispatch;
  readonly rows: RowWriter;
  readonly ledgers: DeletionLedgers;
  private readonly accounts: Accounts;
  private readonly sessions: AccountSessions;
  private readonly contests: Contests;
  private readonly acknowledgements: Acknowledgements;
  private readonly awaited = new AwaitedPolicies();
  private readonly resync: Resync;
  private readonly detacher: Detacher;
  private readonly policies: PolicyReporter;
  private readonly outcomes: OutcomeReporter;
  private readonly hubEvents: EventWriter;
  private readonly memberEvents: EventWriter;
  private readonly reporters = new Map<string, MemberReporter>();
  private readonly reporting = new Turns(32, 2000);
  private readonly listing = new Turns(32, 250);
  private readonly engagedAtMs = new Map<string, number>();
  /** Members that this replica has held and let go: what it remembers of their groups, another one may have changed since. */
  private readonly heldBefore = new Set<string>();
  private readonly stopping = new AbortController();
  private isStarted = false;

  private constructor(
    readonly api: HubApi,
    readonly hubId: string,
    private readonly config: HubConfig,
    readonly namespace: string,
    private readonly logger: Logger,
    readonly metrics: HubMetrics,
  ) {
    const clock = { nowMs: () => performance.now(), wallMs: () => Date.now() };
    const { nowMs } = clock;
    this.fleet = new Fleet(api, logger, this.fleetHost(), {
      namespace,
      hubSession: this.sessionOptions(undefined),
      memberSession: this.sessionOptions(new AddressRules(config.memberAddressesAllowed)),
      lease: { durationMs: config.leaseMs, renewMs: config.leaseMs / 3 },
      graceMs: config.leaseMs + config.attemptTimeoutMs,
    });
    this.queues = new WorkQueues({
      redisUrl: config.redisUrl,
      hubId,
      emptiedCheckMs: 2000,
      forgot: (why, clusters) => this.redisForgot(why, clusters),
      concurrency: config.workersPerCluster,
      backoff: { firstMs: 1000, mostMs: 300_000 },
      random: Math.random,
      failed: (request, error) => logger.warn({ request, error }, 'a request failed, it is tried again'),
      troubled: (error) => logger.debug({ error }, 'trouble with Redis'),
    });
    this.rows = new RowWriter(this.queues, logger);
    this.ledgers = new DeletionLedgers(api, namespace, clock);
    this.contests = new Contests(nowMs);
    this.sessions = new AccountSessions({
      hubId,
      attemptTimeoutMs: config.attemptTimeoutMs,
      connectTimeoutMs: 3000,
      maxAttempts: 3,
      nowMs,
    });
    this.accounts = new Accounts(
      this.sessions,
      (member) => this.guardOf(member),
      hubId,
      clock,
      (member, isRestored) => this.standingChanged(member, isRestored),
    );
    this.requests = new FleetRequests(this.fleet, this.accounts, this.awaited);
    this.dispatch = new Dispatch({ fleet: this.fleet, queues: this.queues, requests: this.requests, logger });
    this.hubEvents = new EventWriter(this.fleet.replica, { ...eventPace, callTimeoutMs, nowMs });
    this.memberEvents = new EventWriter(this.fleet.replica, { ...eventPace, callTimeoutMs, nowMs });
    const reporting = {
      fleet: this.fleet,
      hubEvents: this.hubEvents,
      memberEvents: this.memberEvents,
      logger,
      gatherMs: 100,
      callTimeoutMs,
    };
    this.policies = new PolicyReporter(reporting);
    const reporterOf = (cluster: string) => this.reporters.get(cluster);
    this.outcomes = new OutcomeReporter({
      accounts: this.accounts,
      rows: this.rows,
      policies: this.policies,
      reporterOf,
      logger,
      metrics,
      isAlone: () => this.fleet.leases.isAlone,
    });
    this.acknowledgements = new Acknowledgements({
      fleet: this.fleet,
      ledgers: this.ledgers,
      logger,
      changed: (change) => this.changed(change),
      touch: (member) => reporterOf(member.name)?.touch(),
      tell: (member, reason, note) => reporterOf(member.name)?.tellHub('Normal', reason, note),
    });
    this.reconciler = new Reconciler({
      fleet: this.fleet,
      accounts: this.accounts,
      ledgers: this.ledgers,
      contests: this.contests,
      awaited: this.awaited,
      hubId,
      confirmationMs: config.confirmationMs,
      nowMs,
      logger,
      metrics,
      report: (member, outcome) => {
        this.outcomes.report(member, outcome);
        this.acknowledgements.noteWanted(member, outcome.facts, outcome.plan);
      },
    });
    this.resync = new Resync({
      fleet: this.fleet,
      accounts: this.accounts,
      requests: this.requests,
      logger,
      add: (cluster, requests, urgency) => this.dispatch.add(cluster, requests, urgency),
      passes: (key, signal) => this.reconciler.passes(key, signal),
      inventoryRead: (member) => this.judge(member),
      random: Math.random,
      nowMs,
      inventoryMs: config.inventoryMs,
      resyncMs: config.resyncMs,
      auditMs: config.auditMs,
    });
    this.detacher = new Detacher({
      fleet: this.fleet,
      accounts: this.accounts,
      ledgers: this.ledgers,
      logger,
      reporterOf,
      quiesce: (member) => this.queues.close(member.name, new Error('the member is being detached'), config.drainMs),
      nowMs,
      limitMs: config.removeLimitMs,
      callTimeoutMs,
    });
  }

  /**
   * Finds the hub cluster and its identity; nothing is read or written yet beyond that.
   * @throws Error with one line that tells what is missing
   */
  static async create(config: HubConfig, logger: Logger, metrics: HubMetrics): Promise<Hub> {
    const api = HubApi.load(config.kubeconfigPath, { call: callTimeoutMs, lease: Math.max(1000, config.leaseMs / 6) });
    const namespace = config.namespace ?? api.contextNamespace ?? 'lattice-hub';
    const hubId = config.hubId ?? (await api.namespaceUid('kube-system'));
    return new Hub(api, hubId, config, namespace, logger, metrics);
  }

  /** @throws Error with one line that tells what could not be reached */
  async start(): Promise<void> {
    await this.queues.start().catch((error: unknown) => {
      throw new Error('Redis cannot be reached at REDIS_URL', { cause: error });
    });
    void this.learnOwnAccount();
    await this.fleet.start(hubStartTimeoutMs);
    this.resync.start();
    this.isStarted = true;
  }

  /** Finishes what is under way, hands the clusters over, and leaves. */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.stopping.abort(new Error('the hub stops'));
    await this.resync.stop();
    await this.fleet.stop();
    await this.policies.stop();
    await this.queues.stop();
    this.sessions.close();
    await this.api.close();
  }

  /** What keeps the hub from being ready; empty when it is. */
  async unready(): Promise<readonly string[]> {
    const reasons: string[] = [];
    if (!this.isStarted) reasons.push('the hub cluster is being read');
    else if (!this.fleet.leases.isValid) reasons.push('the Lease of this replica could not be renewed');
    if (!(await this.queues.isReachable())) reasons.push('Redis does not answer');
    for (const member of this.fleet.heldMembers()) {
      const isNew = performance.now() - (this.engagedAtMs.get(member.name) ?? 0) < memberGraceMs;
      if (isNew && this.fleet.placeOf(member.name) && member.sessionFacts().state === 'Connecting')
        reasons.push(`member ${member.name} is being read`);
    }
    return reasons;
  }

  // --- what the fleet tells ---------------------------------------------------------------------------------------------------------------

  private fleetHost(): FleetHost {
    return {
      changed: (change) => this.changed(change),
      engaged: (member) => this.engaged(member),
      disengaged: (member, why) => this.disengaged(member, why),
      touched: (member) => this.touched(member),
      shown: (member) => this.reporters.get(member.name)?.shown(),
      policiesTouched: () => this.policies.touch(),
      detaching: (member) => this.detacher.begin(member, this.stopping.signal),
    };
  }

  private changed(change: Change): void {
    this.dispatch.changed(change);
    // Most changes are of endpoints, and say nothing of policies by themselves.
    if (change.kind !== 'endpoints') this.policies.touch();
  }

  private engaged(member: Member): void {
    const { name } = member;
    this.engagedAtMs.set(name, performance.now());
    this.metrics.clusterHeld.set({ cluster: name }, 1);
    this.logger.info({ cluster: name, fence: member.holding.number }, 'member engaged');
    const reporter = new MemberReporter(member, {
      fleet: this.fleet,
      hubEvents: this.hubEvents,
      memberEvents: this.memberEvents,
      logger: this.logger,
      groupCount: (m) => this.groupCount(m),
      gatherMs: 100,
      callTimeoutMs,
      reported: () => void this.acknowledgements.heed(member),
      turns: this.reporting,
    });
    this.reporters.set(name, reporter);
    reporter.touch();
    void this.openQueue(member);
  }

  /** The queue first, then the inventory: what changes meanwhile waits in the queue. */
  private async openQueue(member: Member): Promise<void> {
    const { name } = member;
    const isHeld = () => this.fleet.member(name) === member && !this.stopping.signal.aborted;
    for (let waitMs = 500; isHeld(); waitMs = Math.min(waitMs * 2, 60_000)) {
      try {
        await this.queues.open(name, (request, signal) => this.work(name, request, signal), member.holding.number);
        if (this.fleet.placeOf(name) && !member.record.isDetaching) await this.takeInventory(member);
        this.judge(member);
        this.changed({ kind: 'member', cluster: name });
        this.repairAfterGrace(member);
        return;
      } catch (error) {
        if (!isHeld()) return;
        this.logger.warn({ cluster: name, error }, 'a member could not be worked on yet');
        this.reporters.get(name)?.touch();
        await sleep(waitMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private async takeInventory(member: Member): Promise<void> {
    const { groups } = await this.accounts.of(member, this.stopping.signal);
    if (!this.heldBefore.has(member.name)) return;
    groups.known.forgetReadings(member.place);
    // Members that come back together are told by one reading.
    const isOlder = (groups.ageMs ?? Infinity) > performance.now() - member.holding.acquiredAtMs;
    if (isOlder) await this.accounts.refresh(member, this.stopping.signal);
    this.heldBefore.delete(member.name);
  }

  private async work(cluster: string, request: string, signal: AbortSignal): Promise<WorkResult> {
    await this.dispatch.begin(cluster);
    signal.throwIfAborted();
    return this.reconciler.reconcile(cluster, request, signal);
  }

  /** The last attempts of a holder that died may still arrive; once they can't, every group is read once more (design 6). */
  private repairAfterGrace(member: Member): void {
    const waitMs = member.takesNothingAwayUntilMs - performance.now();
    if (waitMs <= 0) return;
    const repair = () => {
      const place = this.fleet.placeOf(member.name);
      if (place) this.accounts.inventory(place)?.known.forgetReadings(place);
      this.changed({ kind: 'member', cluster: member.name });
    };
    setTimeout(repair, waitMs + 100).unref();
  }

  private async disengaged(member: Member, why: 'released' | 'lost' | 'removed'): Promise<void> {
    const { name } = member;
    const drainMs = why === 'released' ? this.config.drainMs : 0;
    await this.queues.close(name, new Error(`the member was ${why}`), drainMs);
    await this.reporters.get(name)?.stop();
    this.reporters.delete(name);
    this.engagedAtMs.delete(name);
    if (why === 'removed') this.heldBefore.delete(name);
    else this.heldBefore.add(name);
    this.contests.forget(name);
    this.awaited.forget(name);
    if (!this.stopping.signal.aborted) this.metrics.forget(name);
    if (why === 'removed') await this.rows.clear(name);
    else this.rows.letGo(name);
    this.logger.info({ cluster: name, why }, 'member disengaged');
  }

  private touched(member: Member): void {
    this.judge(member);
    this.showState(member);
    this.reporters.get(member.name)?.touch();
    void this.acknowledgements.heed(member);
  }

  /** How AWS takes the hub's role for a member is different. Where it is taken again, nothing waits out the delay of what failed before. */
  private standingChanged(member: Member, isRestored: boolean): void {
    this.reporters.get(member.name)?.touch();
    if (isRestored) this.changed({ kind: 'member', cluster: member.name });
  }

  private showState(member: Member): void {
    // The end of its session is the last that is heard of a member that is let go: nothing of it is to be shown again.
    if (!this.reporters.has(member.name)) return;
    const { state, throttledKinds } = member.sessionFacts();
    this.metrics.memberThrottled.set({ cluster: member.name }, throttledKinds.length);
    for (const each of ['Connecting', 'Synced', 'Stale', 'Unreachable', 'Detaching']) {
      this.metrics.clusterState.set({ cluster: member.name, state: each }, each === state ? 1 : 0);
    }
  }

  /** Whether another controller owns the member's groups; where that is different, everything about the member is looked at again. */
  private judge(member: Member): void {
    const place = this.fleet.placeOf(member.name);
    const judgement = judgeOtherWriters(member, place, place && this.accounts.inventory(place));
    if (JSON.stringify(judgement) === JSON.stringify(member.otherWriter)) return;
    member.otherWriter = judgement;
    this.changed({ kind: 'member', cluster: member.name });
    this.reporters.get(member.name)?.touch();
  }

  // --- what the parts need ----------------------------------------------------------------------------------------------------------------

  private redisForgot(why: 'connected' | 'emptied', clusters: readonly string[]): void {
    this.logger.warn({ why, clusters: clusters.length }, 'Redis has forgotten; these clusters are gone through');
    for (const cluster of clusters) {
      this.rows.forget(cluster);
      this.changed({ kind: 'member', cluster });
    }
  }

  private guardOf(member: Member): CallGuard {
    const { name, holding } = member;
    const { attemptTimeoutMs, awsBudgets } = this.config;
    return {
      budget: async (account, region, family: ApiFamily, signal) => {
        const rate = awsBudgets[family];
        if (rate) await this.queues.budgets.take(`${account}:${region}:${family}`, rate, signal);
      },
      mayWrite: () => this.fleet.leases.mayWrite(name, holding.number, attemptTimeoutMs),
      userAgent: `lattice-hub cluster/${name} fence/${name}.${holding.number}`,
      callTimeoutMs: attemptTimeoutMs * 4,
      report: ({ operation, accountId, region, outcome, durationMs }) => {
        this.metrics.awsAttempts.inc({ operation, account: accountId, region, outcome });
        this.metrics.awsAttemptSeconds.observe({ operation }, durationMs / 1000);
      },
      nowMs: () => performance.now(),
    };
  }

  private groupCount(member: Member): number | undefined {
    const place = this.fleet.placeOf(member.name);
    const groups = place && this.accounts.inventory(place);
    return place && groups?.ageMs !== undefined ? groups.known.countOf(place) : undefined;
  }

  /** Only a role without external id needs it, so the hub does not wait for it. */
  private async learnOwnAccount(): Promise<void> {
    try {
      this.fleet.knowHubAccount(await this.sessions.hubAccountId(this.config.awsRegion));
    } catch (error) {
      this.logger.warn({ error }, 'the own AWS account of the hub could not be read; roles without external id are refused');
    }
  }

  private sessionOptions(addressRules: AddressRules | undefined): SessionOptions {
    const { config } = this;
    return {
      connection: {
        ...(addressRules && { addressRules }),
        connectTimeoutMs: 10_000,
        pingIntervalMs: config.pingIntervalMs,
        pingTimeoutMs: Math.min(10_000, config.pingIntervalMs),
        userAgent: 'lattice-hub',
      },
      calls: { callMs: callTimeoutMs, listMs: 60_000 },
      reflector: {
        pageSize: 500,
        silenceMs: 150_000,
        backoff: { firstMs: Math.min(800, config.memberRetryMs), mostMs: config.memberRetryMs * 3, resetAfterMs: 120_000 },
        random: Math.random,
        nowMs: () => performance.now(),
        // The hub cluster is the operator's own; what a member says is bounded.
        limits: addressRules ? config.memberLimits : unlimited,
        ...(addressRules && { listing: (list) => this.listing.take(list) }),
      },
      unreachableAfterMs: config.unreachableAfterMs,
      reconnect: { firstMs: Math.min(800, config.memberRetryMs), mostMs: config.memberRetryMs },
      settle: config.settle,
      confirmationMs: config.confirmationMs,
    };
  }
}
