import { exportId, formatRequest, type EffectivePolicy, type HealthCheck } from '@hub/model';
import type { Member, SlotOutcome } from '@hub/fleet';
import { slotState, traceOf } from '@hub/plan';
import type { HubMetrics, Logger } from '@hub/telemetry';
import type { Accounts } from '../reconcile/accounts.js';
import type { Outcome } from '../reconcile/reconciler.js';
import { healthCheckText } from './health-check-text.js';
import type { MemberReporter } from './member-reporter.js';
import type { PolicyReporter } from './policy-reporter.js';
import type { RowWriter } from './row-writer.js';
import { policyOf, targetGroupRows, withheldRows } from './target-group-row.js';

export interface OutcomeReporterDeps {
  readonly accounts: Accounts;
  readonly rows: RowWriter;
  readonly policies: PolicyReporter;
  readonly reporterOf: (cluster: string) => MemberReporter | undefined;
  readonly logger: Logger;
  readonly metrics: HubMetrics;
  /** Whether no other replica lives. */
  readonly isAlone: () => boolean;
}

/** Tells what became of one request, in every place where somebody may look: rows, conditions, events, metrics. */
export class OutcomeReporter {
  /** The reasons that stand in the metrics, by cluster. */
  private readonly shown = new Map<string, ReadonlySet<string>>();

  constructor(private readonly deps: OutcomeReporterDeps) {}

  report(member: Member, outcome: Outcome): void {
    const { key, facts, plan } = outcome;
    const { place } = facts.member;
    const groups = outcome.isFromMemory
      ? facts.observed
      : (this.deps.accounts.inventory(place)?.known.ofRequest(place, key.namespace, key.name, key.slot) ?? []);
    const state = slotState(key.slot, plan, outcome.failure);
    const isGone = facts.export.kind === 'absent' && groups.length === 0 && plan.withheld.length === 0;
    const before = member.outcomeOf(key.namespace, key.name, key.slot);
    const after = isGone
      ? undefined
      : {
          state,
          ...policyFollowed(facts.policy),
          problems: facts.export.kind === 'live' ? noneOf(facts.export.exported.problems) : none,
          withheld: noneOf(plan.withheld),
          isContested: facts.contested,
          groups: groups.map((g) => g.name),
        };
    const difference = differenceOf(before, after);
    const isSame = difference === 'none';
    // An idle fleet is gone through for ever: what was told of a group is told again only where it was lost.
    if (outcome.isFromMemory && isSame && this.deps.rows.has(key.cluster, formatRequest(key))) return;
    this.deps.rows.put(key.cluster, formatRequest(key), {
      groups: targetGroupRows(outcome, groups, state, new Date()),
      withheld: withheldRows(outcome),
    });
    this.tell(member, outcome, before?.state, state);
    // Most changes are of endpoints, and end as it was before: then nobody has to look what else is to be shown.
    if (isSame) return;
    member.note(key.namespace, key.name, key.slot, after);
    this.deps.policies.touch();
    if (difference === 'followed') return this.deps.reporterOf(key.cluster)?.touch(this.deps.isAlone() ? noHurryMs : followedMs);
    this.countWithheld(member);
    this.deps.reporterOf(key.cluster)?.touch();
  }

  private tell(
    member: Member,
    outcome: Outcome,
    before: { state: string; reason: string } | undefined,
    after: { state: string; reason: string; message: string },
  ): void {
    const reporter = this.deps.reporterOf(outcome.key.cluster);
    const { namespace, name } = outcome.key;
    const uid = member.objects.exports.get(exportId({ namespace, name }))?.uid;
    const regarding = {
      apiVersion: 'application-networking.k8s.aws/v1alpha1',
      kind: 'ServiceExport',
      namespace,
      name,
      ...(uid !== undefined && { uid }),
    };
    for (const step of outcome.done) {
      if (step.kind === 'create')
        reporter?.tell({ type: 'Normal', reason: 'TargetGroupCreated', note: `target group ${step.group} was created`, regarding });
      if (step.kind === 'delete')
        reporter?.tell({
          type: 'Normal',
          reason: 'TargetGroupDeleted',
          note: `target group ${step.group} was deleted (${step.why})`,
          regarding,
        });
      // The same for all target groups of the export, so it is told once: a policy is edited more often than anybody wants to read of each group.
      if (step.kind === 'update')
        reporter?.tell({ type: 'Normal', reason: 'HealthCheckUpdated', note: healthCheckNote(step.healthCheck, outcome), regarding });
    }
    const isNews = before?.state !== after.state || before.reason !== after.reason;
    if (!isNews) return;
    if (after.state === 'Failed' || after.state === 'Withheld') {
      const { cluster, slot } = outcome.key;
      this.deps.logger.warn(
        { cluster, export: exportId(outcome.key), slot, state: after.state, reason: after.reason, detail: after.message },
        'target group is not as it must be',
      );
      reporter?.tell({ type: 'Warning', reason: after.reason, note: `port ${slot}: ${after.message}`, regarding });
    }
    if (after.reason === 'Contested') reporter?.tellHub('Warning', 'Contested', `${exportId(outcome.key)}: ${after.message}`);
  }

  private countWithheld(member: Member): void {
    const counts = new Map<string, number>();
    for (const held of member.withheld()) counts.set(held.reason, (counts.get(held.reason) ?? 0) + 1);
    const { withheld } = this.deps.metrics;
    for (const reason of this.shown.get(member.name) ?? []) if (!counts.has(reason)) withheld.remove({ cluster: member.name, reason });
    for (const [reason, count] of counts) withheld.set({ cluster: member.name, reason }, count);
    this.shown.set(member.name, new Set(counts.keys()));
  }
}

function policyFollowed(effective: EffectivePolicy): Pick<SlotOutcome, 'policy' | 'policyGeneration'> {
  if (effective.kind !== 'policy' && effective.kind !== 'invalid') return { policy: '', policyGeneration: 0 };
  return { policy: traceOf(effective.policy), policyGeneration: effective.policy.generation };
}

/** `followed` where nothing is different but that an edit of the policy was followed: of the export itself that is no news. */
function differenceOf(before: SlotOutcome | undefined, after: SlotOutcome | undefined): 'none' | 'followed' | 'news' {
  const without = (outcome: SlotOutcome | undefined) => JSON.stringify(outcome && { ...outcome, policyGeneration: 0 });
  if (without(before) !== without(after)) return 'news';
  return before?.policyGeneration === after?.policyGeneration ? 'none' : 'followed';
}

function healthCheckNote(healthCheck: HealthCheck, outcome: Outcome): string {
  const policy = policyOf(outcome);
  const whose = policy
    ? `of TargetGroupPolicy ${policy.cluster}:${policy.namespace}/${policy.name}`
    : 'that target groups have without a policy';
  return `target groups got the health check ${whose}: ${healthCheckText(healthCheck)}`;
}

/** That an edit of a policy was followed the others hear of so much later: at a busy moment there are many more of the same. */
const followedMs = 1000;
/** Where there is nobody who waits for it, it is for the next one who takes the member over. */
const noHurryMs = 10_000;

/** Nearly every outcome has nothing to say; an array for each would be a good part of it. */
const none: readonly never[] = [];

function noneOf<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? none : list;
}
