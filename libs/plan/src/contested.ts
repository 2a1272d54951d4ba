/** What the hub remembers of one target group to tell whether something else keeps undoing its work (design law 2). */
export interface UndoHistory {
  /** What the group had to be when it was last found to be so. */
  readonly settledAs: string | undefined;
  /** When it was found changed though nothing else was asked for, in ms of the monotonic clock. */
  readonly undoneAtMs: readonly number[];
  /** Since when the group is left alone. */
  readonly contestedSinceMs: number | undefined;
}

export const noUndo: UndoHistory = { settledAs: undefined, undoneAtMs: [], contestedSinceMs: undefined };

const windowMs = 600_000;
const limit = 3;
/** After this long the hub tries again. */
const leaveAloneMs = 3_600_000;

/** The group is as it must be. */
export function settled(history: UndoHistory, desired: string): UndoHistory {
  return { ...history, settledAs: desired };
}

/**
 * The group was found different though what is asked for is the same as when it was settled. After three times in ten minutes it is contested.
 * Where what is asked for has changed, the difference is the hub's own to make, and an old contest is over.
 */
export function foundChanged(history: UndoHistory, desired: string, nowMs: number): UndoHistory {
  if (history.settledAs !== desired) return history.settledAs === undefined ? history : noUndo;
  const undoneAtMs = [...history.undoneAtMs.filter((at) => nowMs - at < windowMs), nowMs];
  // A contest that is over, because the hub tries again, does not hide the next one.
  if (isContested(history, nowMs)) return { settledAs: undefined, undoneAtMs, contestedSinceMs: history.contestedSinceMs };
  return { settledAs: undefined, undoneAtMs, contestedSinceMs: undoneAtMs.length >= limit ? nowMs : undefined };
}

/** Whether the group is to be left alone now. */
export function isContested(history: UndoHistory, nowMs: number): boolean {
  return history.contestedSinceMs !== undefined && nowMs - history.contestedSinceMs < leaveAloneMs;
}
