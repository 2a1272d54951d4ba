/** Why a creation or a deletion failed. */
export interface LifecycleFailure {
  readonly failureCode: string;
  readonly failureMessage: string;
}

/** The times by which a resource's status follows from the clock. All are milliseconds since the epoch. */
export interface Lifecycle {
  /** When the creation ends, well or not. */
  readonly activeAtMs: number;
  readonly createFailure?: LifecycleFailure;
  /** When the deletion ends, well or not. */
  readonly deletion?: { readonly endsAtMs: number; readonly failure?: LifecycleFailure };
}

export type LifecycleStatus = 'CREATE_IN_PROGRESS' | 'ACTIVE' | 'CREATE_FAILED' | 'DELETE_IN_PROGRESS' | 'DELETE_FAILED';

/** The status at a time; undefined once the resource is gone. */
export function lifecycleStatus(lifecycle: Lifecycle, nowMs: number): LifecycleStatus | undefined {
  const { deletion } = lifecycle;
  if (deletion && nowMs < deletion.endsAtMs) return 'DELETE_IN_PROGRESS';
  if (deletion) return deletion.failure ? 'DELETE_FAILED' : undefined;
  if (nowMs < lifecycle.activeAtMs) return 'CREATE_IN_PROGRESS';
  return lifecycle.createFailure ? 'CREATE_FAILED' : 'ACTIVE';
}

/** Code and message where the status at that time is a failure. */
export function lifecycleFailure(lifecycle: Lifecycle, nowMs: number): LifecycleFailure | undefined {
  const status = lifecycleStatus(lifecycle, nowMs);
  if (status === 'CREATE_FAILED') return lifecycle.createFailure;
  return status === 'DELETE_FAILED' ? lifecycle.deletion?.failure : undefined;
}
