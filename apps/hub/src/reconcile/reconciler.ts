import type { DeletionLedgers, Fleet, Member } from '@hub/fleet';
import type { LatticeError } from '@hub/lattice';
import type { Plan, Step, TargetGroupKey } from '@hub/model';
import { formatRequest, parseRequest } from '@hub/model';
import { planTargetGroup, type TargetGroupFacts } from '@hub/plan';
import type { HubMetrics, Logger } from '@hub/telemetry';
import type { WorkResult } from '@hub/workqueue';
import { apply, StepError, type Applied } from './apply.js';
import type { Accounts, MemberAccount } from './accounts.js';
import type { AwaitedPolicies } from './awaited-policies.js';
import { contestId, type Contests } from './contests.js';
import { gather, type FactSources } from './gather.js';

/** How a request ended, for the reports. */
export interface Outcome {
  readonly key: TargetGroupKey;
  readonly facts: TargetGroupFacts;
  readonly plan: Plan;
  readonly done: readonly Step[];
  readonly failure?: { readonly reason: string; readonly message: string };
  /** Nothing was read or written for it: it is what was known already, put through the plan once more. */
  readonly isFromMemory?: boolean;
}

export interface ReconcilerDeps {
  readonly fleet: Fleet;
  readonly accounts: Accounts;
  readonly ledgers: DeletionLedgers;
  readonly contests: Contests;
  readonly awaited: AwaitedPolicies;
  readonly hubId: string;
  readonly confirmationMs: number;
  readonly nowMs: () => number;
  readonly logger: Logger;
  readonly metrics: HubMetrics;
  /** Shows what became of a request, where it is different. */
  readonly report: (member: Member, outcome: Outcome) => void;
}

/** A plan asks for reads at most so often; each round reads what it asks for. */
const readRounds = 4;
const busyAgainMs = 400;
const conflictAgainMs = 10_000;
const retryAfterStepMs = 1000;

/**
 * Works on one request: gather, decide, apply, report, in this order and once each. It reads everything anew, can run twice, and reaches the
 * same end.
 */
export class Reconciler {
  private readonly sources: FactSources;

  constructor(private readonly deps: ReconcilerDeps) {
    this.sources = deps;
  }

  /** @throws LatticeError, KubeError; then the request is tried again, later each time */
  async reconcile(cluster: string, request: string, signal: AbortSignal): Promise<WorkResult> {
    const { fleet, accounts, metrics, nowMs } = this.deps;
    const member = fleet.member(cluster);
    if (!member || member.record.isDetaching) return {};
    const beganMs = nowMs();
    try {
      const account = await accounts.of(member, signal);
      const decided = await this.decide(parseRequest(cluster, request), member, account, signal);
      const result = decided ? await this.carryOut(decided.facts, decided.plan, member, account, signal) : {};
      metrics.reconciles.inc({ cluster, result: result.isWaiting ? 'waiting' : 'done' });
      return result;
    } catch (error) {
      metrics.reconciles.inc({ cluster, result: 'failed' });
      throw error;
    } finally {
      metrics.reconcileSeconds.observe((nowMs() - beganMs) / 1000);
    }
  }

  /**
   * Looks at a request with what is known of AWS already; nothing is asked of it. Where nothing is to be done, that is told, as ever.
   * @returns whether that was all; where not, it has to be worked on in its turn
   */
  async passes(key: TargetGroupKey, signal: AbortSignal): Promise<boolean> {
    const { fleet, accounts, nowMs, contests } = this.deps;
    const member = fleet.member(key.cluster);
    const place = fleet.placeOf(key.cluster);
    const isKnown = member?.aws?.ok === true && place !== undefined && accounts.inventory(place)?.ageMs !== undefined;
    if (!isKnown || member.record.isDetaching) return false;
    const account = await accounts.of(member, signal);
    const isContested = contests.isContested(contestId(key));
    const facts = await gather(key, member, account, this.sources, {
      freshSinceMs: nowMs(),
      isContested,
      withLedger: false,
      readsNothing: true,
    });
    const plan = facts && planTargetGroup(facts);
    const isAsItMustBe =
      plan && plan.steps.length + plan.withheld.length + plan.toRead.length === 0 && plan.againAfterMs === undefined && !isContested;
    if (!isAsItMustBe) return false;
    this.deps.report(member, { key, facts, plan, done: [], isFromMemory: true });
    this.resultOf(plan, { done: [], refused: [], isBudgetSpent: false }, contestId(key));
    return true;
  }

  /** The plan for a request as it would be carried out now; nothing is written. */
  async plan(key: TargetGroupKey, signal: AbortSignal): Promise<{ readonly facts: TargetGroupFacts; readonly plan: Plan } | undefined> {
    const member = this.deps.fleet.member(key.cluster);
    if (!member) return undefined;
    return this.decide(key, member, await this.deps.accounts.of(member, signal), signal);
  }

  private async decide(
    key: TargetGroupKey,
    member: Member,
    account: MemberAccount,
    signal: AbortSignal,
  ): Promise<{ readonly facts: TargetGroupFacts; readonly plan: Plan } | undefined> {
    const freshSinceMs = this.deps.nowMs();
    const isContested = this.deps.contests.isContested(contestId(key));
    let isLedgerRead = false;
    for (let round = 1; ; round++) {
      const facts = await gather(key, member, account, this.sources, { freshSinceMs, isContested, withLedger: isLedgerRead });
      if (!facts) return undefined;
      const plan = planTargetGroup(facts);
      // The ledger stands in the hub cluster. Only what is to be deleted, or is held back, depends on it.
      const dependsOnLedger = plan.withheld.length > 0 || plan.steps.some((step) => step.kind === 'delete');
      if (dependsOnLedger && !isLedgerRead) {
        isLedgerRead = true;
        round--;
        continue;
      }
      if (plan.toRead.length === 0 || round >= readRounds) return { facts, plan };
      for (const arn of plan.toRead) await account.groups.read(account.api, arn, signal);
    }
  }

  private async carryOut(
    facts: TargetGroupFacts,
    plan: Plan,
    member: Member,
    account: MemberAccount,
    signal: AbortSignal,
  ): Promise<WorkResult> {
    const { key } = facts;
    const id = contestId(key);
    const { desired } = plan;
    const isChanged = desired !== undefined && plan.steps.some((step) => step.group === desired.group);
    if (isChanged && this.deps.contests.foundChanged(id, desired.text)) {
      // Somebody else has undone this for the third time: it is reported and not fought.
      const contested = { ...facts, contested: true };
      this.deps.report(member, { key, facts: contested, plan: planTargetGroup(contested), done: [] });
      return {};
    }
    try {
      const applied = await apply(plan.steps, facts, account, this.deps.ledgers, signal, (step) => this.noteStep(step, key));
      const failure =
        applied.refused.length > 0
          ? { reason: 'TargetsRefused', message: `AWS refused ${applied.refused.toSorted().slice(0, 3).join('; ')}` }
          : undefined;
      this.deps.report(member, { key, facts, plan, done: applied.done, ...(failure && { failure }) });
      if (facts.export.kind === 'absent' && facts.observed.length === 0) this.deps.contests.forgetRequest(id);
      if (plan.withheld.some((held) => held.reason === 'Unconfirmed')) member.session.confirmAbsences();
      if (plan.withheld.some((held) => held.reason === 'DeletionBudget'))
        await this.deps.ledgers.exhaust(facts.member.place.accountId, key.cluster);
      return this.resultOf(plan, applied, id);
    } catch (error) {
      return this.failed(error, { key, facts, plan, member });
    }
  }

  private resultOf(plan: Plan, applied: Applied, id: string): WorkResult {
    if (applied.isBudgetSpent) return { againAfterMs: 0 };
    if (applied.refused.length > 0) return { againAfterMs: conflictAgainMs, isWaiting: true };
    // AWS goes on with a deletion after it has answered.
    if (applied.done.some((step) => step.kind === 'delete')) return { againAfterMs: busyAgainMs };
    // Whoever waits without getting anywhere waits longer each time.
    if (plan.againAfterMs !== undefined) return { againAfterMs: plan.againAfterMs, isWaiting: applied.done.length === 0 };
    if (plan.desired && plan.withheld.length === 0) this.deps.contests.settled(id, plan.desired.text);
    return {};
  }

  /** Says what a failure means, and when to try again. */
  private failed(error: unknown, at: { key: TargetGroupKey; facts: TargetGroupFacts; plan: Plan; member: Member }): WorkResult {
    if (!(error instanceof StepError)) throw error;
    const { cause, step } = error;
    this.deps.accounts.noteStanding(at.member, cause);
    if (cause.kind === 'fenced') throw cause;
    if (cause.kind === 'notReady') {
      this.deps.report(at.member, { ...at, done: error.done });
      return { againAfterMs: busyAgainMs, isWaiting: true };
    }
    const reason = reasonOf(cause, step);
    this.deps.report(at.member, { ...at, done: error.done, failure: { reason, message: cause.message } });
    if (cause.kind === 'conflict') return { againAfterMs: conflictAgainMs, isWaiting: true };
    if (error.done.length === 0) throw cause;
    // It got somewhere: whatever went wrong before does not make it wait longer now.
    this.deps.logger.warn({ cluster: at.key.cluster, request: formatRequest(at.key), error: cause }, 'a step failed, it is tried again');
    return { againAfterMs: retryAfterStepMs };
  }

  private noteStep(step: Step, key: TargetGroupKey): void {
    const { logger, metrics } = this.deps;
    metrics.steps.inc({ cluster: key.cluster, kind: step.kind });
    const { cluster } = key;
    logger.info(
      {
        cluster,
        request: formatRequest(key),
        step: step.kind,
        targetGroup: step.group,
        ...('targets' in step && { targets: step.targets.length }),
      },
      'step taken',
    );
  }
}

function reasonOf(error: LatticeError, step: Step): string {
  if (error.kind === 'conflict') return step.kind === 'create' ? 'NameTaken' : 'Conflict';
  const reasons: Partial<Record<LatticeError['kind'], string>> = {
    throttled: 'Throttled',
    quota: 'QuotaExceeded',
    denied: 'AccessDenied',
    notAssumed: 'RoleNotAssumed',
    wrongAccount: 'WrongAccount',
    invalid: 'InvalidRequest',
    unavailable: 'AwsUnavailable',
    notFound: 'TargetGroupGone',
  };
  return reasons[error.kind] ?? 'Failed';
}
