/** A target group that is being deleted, and how many there are of the account's and of the cluster's when that begins. */
export interface Deletion {
  readonly arn: string;
  readonly name: string;
  readonly accountId: string;
  readonly cluster: string;
  readonly ofAccount: number;
  readonly ofCluster: number;
}

/** Design law 1d: so many in ten minutes, of an account's groups and of a cluster's. */
const windowMs = 600_000;
const share = 0.2;
const atLeast = 10;
/** The hub takes a moment to hear of an acknowledgement; what is deleted by then may count as before it or after it. */
const hearingMs = 5000;

/** Counts what is deleted against what may be without a person's word. A person's word frees what it named, and begins the cluster's count anew. */
export class Deletions {
  private entries: { readonly atMs: number; readonly arn: string; readonly accountId: string; readonly cluster: string }[] = [];
  private readonly freed = new Map<string, { readonly atMs: number; readonly names: Set<string> }>();

  constructor(private readonly nowMs: () => number) {}

  acknowledged(cluster: string, names: readonly string[]): void {
    const before = this.freed.get(cluster)?.names ?? [];
    this.freed.set(cluster, { atMs: this.nowMs(), names: new Set([...before, ...names]) });
    this.entries = this.entries.filter((entry) => entry.cluster !== cluster);
  }

  /** @returns what is wrong with one more deletion; undefined where there is room for it */
  note({ arn, name, accountId, cluster, ofAccount, ofCluster }: Deletion): string | undefined {
    const atMs = this.nowMs();
    const freed = this.freed.get(cluster);
    if (freed && (freed.names.has(name) || atMs - freed.atMs < hearingMs)) return undefined;
    this.entries = this.entries.filter((entry) => atMs - entry.atMs < windowMs);
    // One that is tried again counts once.
    if (this.entries.some((entry) => entry.arn === arn)) return undefined;
    this.entries.push({ atMs, arn, accountId, cluster });
    const inAccount = this.entries.filter((entry) => entry.accountId === accountId).length;
    const inCluster = this.entries.filter((entry) => entry.cluster === cluster).length;
    if (inAccount > most(ofAccount + inAccount - 1)) return `${inAccount} deletions in account ${accountId}`;
    return inCluster > most(ofCluster + inCluster - 1) ? `${inCluster} deletions in ${cluster}` : undefined;
  }
}

function most(groups: number): number {
  return Math.max(atLeast, Math.floor(share * groups));
}
