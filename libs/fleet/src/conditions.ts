import type { KubeObject } from '@hub/kube';
import type { Condition } from '@hub/model';

/** A condition as it stands on an object. */
export interface WrittenCondition extends Condition {
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number | undefined;
}

/** The conditions that stand on an object. */
export function writtenConditions(object: KubeObject): readonly WrittenCondition[] {
  const { conditions } = (object['status'] ?? {}) as { conditions?: unknown };
  if (!Array.isArray(conditions)) return [];
  // The slice is as long as it must be; what filter makes has room for a dozen more, and it stays for as long as the object.
  return (conditions as WrittenCondition[]).filter((c) => typeof c?.type === 'string' && typeof c.status === 'string').slice();
}

/**
 * The conditions of an object with some of them as they are to be; those of others stay. Undefined where nothing differs, so that nothing is
 * written that stands there already. The time moves with the status alone.
 */
export function mergeConditions(
  written: readonly WrittenCondition[],
  wanted: readonly Condition[],
  generation: number | undefined,
  at: Date,
): readonly WrittenCondition[] | undefined {
  const merged = new Map(written.map((condition) => [condition.type, condition]));
  let differs = false;
  for (const condition of wanted) {
    const before = merged.get(condition.type);
    if (before && isSame(before, condition, generation)) continue;
    differs = true;
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : at.toISOString().replace(/\.\d+Z$/, 'Z');
    merged.set(condition.type, { ...condition, lastTransitionTime, ...(generation !== undefined && { observedGeneration: generation }) });
  }
  return differs ? [...merged.values()] : undefined;
}

function isSame(before: WrittenCondition, condition: Condition, generation: number | undefined): boolean {
  return (
    before.status === condition.status &&
    before.reason === condition.reason &&
    before.message === condition.message &&
    (generation === undefined || before.observedGeneration === generation)
  );
}
