import type { KubeObject } from '@hub/kube';
import type { Condition, OneCopy } from '@hub/model';

/** A condition as it stands on an object. */
export interface WrittenCondition extends Condition {
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number | undefined;
}

/**
 * The conditions that stand on an object.
 * @param common what the objects of one cluster have in common: nearly all of them have the same reasons and messages
 */
export function writtenConditions(object: KubeObject, common: Pick<OneCopy, 'of'> = apart): readonly WrittenCondition[] {
  const { conditions } = (object['status'] ?? {}) as { conditions?: unknown };
  if (!Array.isArray(conditions)) return noConditions;
  const written = (conditions as WrittenCondition[]).filter((c) => typeof c?.type === 'string' && typeof c.status === 'string');
  // Those of others stay as they are, with whatever else they say. An array that map makes is as long as it must be.
  return written.map((c) => ({ ...c, reason: once(common, c.reason), message: once(common, c.message) }));
}

const apart: Pick<OneCopy, 'of'> = { of: (value) => value };
const noConditions: readonly WrittenCondition[] = [];

/** Members are strangers: what should be a text may be anything. */
function once<T>(common: Pick<OneCopy, 'of'>, value: T): T {
  return typeof value === 'string' ? common.of(value) : value;
}

/** Whether two lists of conditions say the same, in whatever order. */
export function sameConditions(a: readonly WrittenCondition[], b: readonly WrittenCondition[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((one) =>
      b.some(
        (other) =>
          other.type === one.type && isSame(other, one, one.observedGeneration) && other.lastTransitionTime === one.lastTransitionTime,
      ),
    )
  );
}

/**
 * The conditions of an object with some of them as they are to be; those of others stay. Undefined where nothing differs, so that nothing is
 * written that stands there already. The time moves with the status alone; it is that of the wanted condition where it has one, so that what is
 * shown in two places is of one time.
 */
export function mergeConditions(
  written: readonly WrittenCondition[],
  wanted: readonly (Condition & Partial<Pick<WrittenCondition, 'lastTransitionTime'>>)[],
  generation: number | undefined,
  at: Date,
): readonly WrittenCondition[] | undefined {
  const merged = new Map(written.map((condition) => [condition.type, condition]));
  let differs = false;
  for (const condition of wanted) {
    const before = merged.get(condition.type);
    if (before && isSame(before, condition, generation)) continue;
    differs = true;
    const now = condition.lastTransitionTime ?? at.toISOString().replace(/\.\d+Z$/, 'Z');
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now;
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
