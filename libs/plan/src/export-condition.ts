import type { Condition, ExportProblem, Plan, Slot } from '@hub/model';
import { conditionTypes } from '@hub/api';

/** How one target group of an export stands after it was last looked at. */
export interface SlotState {
  readonly slot: Slot;
  readonly state: 'Ready' | 'Progressing' | 'Withheld' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** What a plan means for its target group, once its steps are taken; a failure stands over all. */
export function slotState(slot: Slot, plan: Plan, failure?: { readonly reason: string; readonly message: string }): SlotState {
  if (failure) return { slot, state: 'Failed', ...failure };
  const held = plan.withheld[0];
  if (held) {
    const others = plan.withheld.length > 1 ? ` (and ${plan.withheld.length - 1} more)` : '';
    return {
      slot,
      state: 'Withheld',
      reason: held.reason,
      message: `${held.step.kind} of ${held.step.group} is withheld${others}; released ${held.release}`,
    };
  }
  if (plan.waiting) return { slot, state: 'Progressing', reason: plan.waiting.reason, message: plan.waiting.message };
  return { slot, state: 'Ready', reason: 'Programmed', message: 'the target group is as it must be' };
}

/** The conditions of an export: whether what it asks for makes sense, and whether its target groups are there. */
export function exportConditions(problems: readonly ExportProblem[], slots: readonly SlotState[]): readonly Condition[] {
  const problem = problems[0];
  const valid: Condition = problem
    ? { type: conditionTypes.valid, status: 'False', reason: problem.reason, message: problems.map((p) => p.message).join('; ') }
    : { type: conditionTypes.valid, status: 'True', reason: 'Valid', message: 'every exported port is a port of the Service' };
  return [valid, readyCondition(slots)];
}

function readyCondition(slots: readonly SlotState[]): Condition {
  const type = conditionTypes.ready;
  const behind = slots.toSorted((a, b) => severity(b) - severity(a)).find((s) => s.state !== 'Ready');
  if (slots.length === 0) return { type, status: 'False', reason: 'NoTargetGroups', message: 'the export asks for no target group' };
  if (!behind) return { type, status: 'True', reason: 'Exported', message: asTheyMust(slots.length) };
  return { type, status: 'False', reason: behind.reason, message: `port ${behind.slot}: ${behind.message}` };
}

function severity(state: SlotState): number {
  return { Ready: 0, Progressing: 1, Withheld: 2, Failed: 3 }[state.state];
}

function asTheyMust(count: number): string {
  return count === 1 ? 'the target group is as it must be' : `${count} target groups are as they must be`;
}
