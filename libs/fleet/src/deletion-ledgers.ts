import { hubGroup } from '@hub/api';
import { KubeError, type HubApi } from '@hub/kube';
import {
  acknowledge,
  acknowledgedArns,
  deletionsLeft,
  emptyLedger,
  exhaust,
  paidArns,
  spendDeletion,
  withdraw,
  type DeletionLedger,
  type GroupCounts,
} from '@hub/plan';

/** A ledger as it was read, and when. */
interface Known {
  readonly ledger: DeletionLedger;
  readonly readAtMs: number;
}

/** A ledger that was read so long ago is read again before it is believed. */
const believedMs = 5000;

/**
 * How many target groups were deleted lately, for each AWS account: a ConfigMap in the hub's namespace, which all replicas write under its
 * resourceVersion, so that the budget holds whoever spends it and whatever is restarted or flushed (design law 1d).
 */
export class DeletionLedgers {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly api: HubApi,
    private readonly namespace: string,
    private readonly clock: { readonly nowMs: () => number; readonly wallMs: () => number },
  ) {}

  /** How many groups of a cluster may be deleted now, and which need no budget any more or have been paid for. @throws KubeError */
  async room(
    accountId: string,
    cluster: string,
    counts: GroupCounts,
  ): Promise<{ readonly left: number; readonly acknowledged: ReadonlySet<string>; readonly paid: ReadonlySet<string> }> {
    const ledger = await this.ledger(accountId);
    const wallMs = this.clock.wallMs();
    return {
      left: deletionsLeft(ledger, cluster, counts, wallMs),
      acknowledged: acknowledgedArns(ledger, cluster, wallMs),
      paid: paidArns(ledger, cluster, wallMs),
    };
  }

  /** Takes the deletion of a group out of the budget, before it is made; once, however often it is tried. @returns whether there was room. @throws KubeError */
  async spend(accountId: string, group: { readonly cluster: string; readonly arn: string }, counts: GroupCounts): Promise<boolean> {
    return this.change(accountId, (ledger) => spendDeletion(ledger, group, counts, this.clock.wallMs()));
  }

  /** Notes that a cluster ran out: it waits for a person from now on. @throws KubeError */
  async exhaust(accountId: string, cluster: string): Promise<void> {
    await this.change(accountId, (ledger) => exhaust(ledger, cluster, this.clock.wallMs()));
  }

  /** Notes a person's word. @throws KubeError */
  async acknowledge(accountId: string, cluster: string, arns: readonly string[]): Promise<void> {
    await this.change(accountId, (ledger) => acknowledge(ledger, cluster, arns, this.clock.wallMs()));
  }

  /** The groups of a cluster that need no budget by a person's word. @throws KubeError */
  async acknowledged(accountId: string, cluster: string): Promise<ReadonlySet<string>> {
    return acknowledgedArns(await this.ledger(accountId), cluster, this.clock.wallMs());
  }

  /** Notes that groups are wanted again: a person's word that they may go is over. @throws KubeError */
  async withdraw(accountId: string, cluster: string, arns: readonly string[]): Promise<void> {
    await this.change(accountId, (ledger) => withdraw(ledger, cluster, arns));
  }

  private async ledger(accountId: string): Promise<DeletionLedger> {
    const known = this.known.get(accountId);
    if (known && this.clock.nowMs() - known.readAtMs < believedMs) return known.ledger;
    const ledger = parse((await this.api.getConfigMap(this.namespace, nameOf(accountId)))?.data?.['ledger']);
    this.known.set(accountId, { ledger, readAtMs: this.clock.nowMs() });
    return ledger;
  }

  /** Writes what `next` makes of the ledger, where that differs; undefined refuses. Whoever else wrote meanwhile is read first. */
  private async change(accountId: string, next: (ledger: DeletionLedger) => DeletionLedger | undefined): Promise<boolean> {
    for (let attempt = 0; attempt < 10; attempt++) {
      const name = nameOf(accountId);
      const existing = await this.api.getConfigMap(this.namespace, name);
      const before = parse(existing?.data?.['ledger']);
      const ledger = next(before);
      if (!ledger) return false;
      if (ledger === before) return true;
      const data = { ledger: JSON.stringify(ledger) };
      try {
        if (existing) await this.api.replaceConfigMap(this.namespace, name, { ...existing, data });
        else await this.api.createConfigMap(this.namespace, { metadata: { name, labels: { [`${hubGroup}/ledger`]: 'true' } }, data });
        this.known.set(accountId, { ledger, readAtMs: this.clock.nowMs() });
        return true;
      } catch (error) {
        if (!(error instanceof KubeError) || (error.kind !== 'conflict' && error.kind !== 'alreadyExists')) throw error;
      }
    }
    throw new KubeError('conflict', `the deletion ledger of account ${accountId} is being written by others all the time`);
  }
}

function nameOf(accountId: string): string {
  return `lattice-hub-deletions-${accountId}`;
}

/** @throws SyntaxError for a ledger that somebody spoilt: then nothing is deleted, because what was deleted is not known. */
function parse(text: string | undefined): DeletionLedger {
  if (text === undefined) return emptyLedger;
  const { entries, exhausted, acknowledged } = JSON.parse(text) as Partial<DeletionLedger>;
  return { entries: entries ?? [], exhausted: exhausted ?? [], acknowledged: acknowledged ?? [] };
}
