/** Deletions of target groups of one AWS account, kept where all replicas see it. */
export interface DeletionLedger {
  readonly entries: readonly { readonly atMs: number; readonly cluster: string; readonly arn: string }[];
  /** Clusters that ran out of budget, and since when: they wait for a person, and not only for the window to pass. */
  readonly exhausted: readonly { readonly cluster: string; readonly sinceMs: number }[];
  /** ARNs whose deletion a person has acknowledged, until they are wanted again: they need no budget. */
  readonly acknowledged: readonly { readonly cluster: string; readonly atMs: number; readonly arns: readonly string[] }[];
}

/** How long a deletion counts (design law 1d). */
const budgetWindowMs = 600_000;

const share = 0.2;
const atLeast = 10;

export const emptyLedger: DeletionLedger = { entries: [], exhausted: [], acknowledged: [] };

/** How long an acknowledgement holds for what it named, in ms. */
export const acknowledgementMs = 86_400_000;

/** How many target groups there are now. */
export interface GroupCounts {
  readonly ofAccount: number;
  readonly ofCluster: number;
}

/**
 * How many more groups of a cluster may be deleted now: in ten minutes at most a fifth or ten, whichever is more, of its account's groups and of
 * its own. None once it ran out, until a person acknowledges.
 */
export function deletionsLeft(ledger: DeletionLedger, cluster: string, counts: GroupCounts, nowMs: number): number {
  if (ledger.exhausted.some((e) => e.cluster === cluster)) return 0;
  const recent = ledger.entries.filter((e) => nowMs - e.atMs < budgetWindowMs);
  const ofAccount = recent.length;
  const ofCluster = recent.filter((e) => e.cluster === cluster).length;
  return Math.max(0, Math.min(room(counts.ofAccount, ofAccount), room(counts.ofCluster, ofCluster)));
}

/** What is left of a count, the share being of all that there were before the window's deletions. */
function room(present: number, deleted: number): number {
  return Math.max(atLeast, Math.floor(share * (present + deleted))) - deleted;
}

/**
 * The ledger with one more deletion, or undefined where there is no room for it. A group is paid for once, however often its deletion is tried.
 * Entries that do not count any more are dropped.
 */
export function spendDeletion(
  ledger: DeletionLedger,
  { cluster, arn }: { readonly cluster: string; readonly arn: string },
  counts: GroupCounts,
  nowMs: number,
): DeletionLedger | undefined {
  if (paidArns(ledger, cluster, nowMs).has(arn)) return ledger;
  if (deletionsLeft(ledger, cluster, counts, nowMs) < 1) return undefined;
  return { ...ledger, entries: [...ledger.entries.filter((e) => nowMs - e.atMs < budgetWindowMs), { atMs: nowMs, cluster, arn }] };
}

/** The ledger of a cluster that ran out. */
export function exhaust(ledger: DeletionLedger, cluster: string, nowMs: number): DeletionLedger {
  if (ledger.exhausted.some((e) => e.cluster === cluster)) return ledger;
  return { ...ledger, exhausted: [...ledger.exhausted, { cluster, sinceMs: nowMs }] };
}

/** The ledger after a person's acknowledgement: what was withheld may go, and the cluster has its whole budget again. */
export function acknowledge(ledger: DeletionLedger, cluster: string, arns: readonly string[], nowMs: number): DeletionLedger {
  return {
    entries: ledger.entries.filter((e) => e.cluster !== cluster),
    exhausted: ledger.exhausted.filter((e) => e.cluster !== cluster),
    acknowledged: [...ledger.acknowledged.filter((a) => nowMs - a.atMs < acknowledgementMs), { cluster, atMs: nowMs, arns }],
  };
}

/** The ledger without the acknowledgement of groups that are wanted again: should they end once more, that is another end. */
export function withdraw(ledger: DeletionLedger, cluster: string, arns: readonly string[]): DeletionLedger {
  const isWithdrawn = new Set(arns);
  const acknowledged = ledger.acknowledged.map((a) => {
    const left = a.cluster === cluster ? a.arns.filter((arn) => !isWithdrawn.has(arn)) : a.arns;
    return left.length === a.arns.length ? a : { ...a, arns: left };
  });
  const isSame = acknowledged.every((a, i) => a === ledger.acknowledged[i]);
  return isSame ? ledger : { ...ledger, acknowledged: acknowledged.filter((a) => a.arns.length > 0) };
}

/** The ARNs of a cluster whose deletion was acknowledged. */
export function acknowledgedArns(ledger: DeletionLedger, cluster: string, nowMs: number): ReadonlySet<string> {
  const valid = ledger.acknowledged.filter((a) => a.cluster === cluster && nowMs - a.atMs < acknowledgementMs);
  return new Set(valid.flatMap((a) => a.arns));
}

/** The ARNs of a cluster whose deletion was taken out of the budget already: to try it again costs nothing. */
export function paidArns(ledger: DeletionLedger, cluster: string, nowMs: number): ReadonlySet<string> {
  const recent = ledger.entries.filter((e) => e.cluster === cluster && nowMs - e.atMs < budgetWindowMs);
  return new Set(recent.map((e) => e.arn));
}
