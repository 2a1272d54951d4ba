import { describe, expect, it } from '@jest/globals';
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
} from './deletion-budget.js';

const now = 100_000_000;
const tenMinutesMs = 600_000;
const dayMs = 86_400_000;

/** So many deletions of a cluster, so long ago. */
function deleted(count: number, cluster = 'a', agoMs = 0): DeletionLedger['entries'] {
  return Array.from({ length: count }, (_, i) => ({ atMs: now - agoMs, cluster, arn: `arn:${cluster}-${i}` }));
}

function left(entries: DeletionLedger['entries'], counts: GroupCounts, cluster = 'a'): number {
  return deletionsLeft({ ...emptyLedger, entries }, cluster, counts, now);
}

describe('how many groups may be deleted now', () => {
  it.each<{ of: GroupCounts; after: DeletionLedger['entries']; room: number; because: string }>([
    { of: { ofAccount: 1, ofCluster: 1 }, after: [], room: 10, because: 'ten always may' },
    { of: { ofAccount: 50, ofCluster: 50 }, after: [], room: 10, because: 'a fifth of 50 is ten' },
    { of: { ofAccount: 54, ofCluster: 54 }, after: [], room: 10, because: 'a fifth is rounded down' },
    { of: { ofAccount: 55, ofCluster: 55 }, after: [], room: 11, because: 'a fifth is more than ten' },
    { of: { ofAccount: 500, ofCluster: 100 }, after: [], room: 20, because: 'the fifth of the cluster is less than that of the account' },
    { of: { ofAccount: 50, ofCluster: 10 }, after: deleted(4), room: 6, because: 'four went already' },
    { of: { ofAccount: 50, ofCluster: 10 }, after: deleted(12), room: 0, because: 'more than ten went already' },
    { of: { ofAccount: 90, ofCluster: 90 }, after: deleted(10), room: 10, because: 'the share is of all that there were, 100' },
    { of: { ofAccount: 43, ofCluster: 10 }, after: deleted(7, 'b'), room: 3, because: 'another cluster of the account took seven' },
    {
      of: { ofAccount: 50, ofCluster: 10 },
      after: deleted(10, 'a', tenMinutesMs - 1),
      room: 0,
      because: 'they went nearly ten minutes ago',
    },
    { of: { ofAccount: 50, ofCluster: 10 }, after: deleted(10, 'a', tenMinutesMs), room: 10, because: 'they went ten minutes ago' },
    { of: { ofAccount: 0, ofCluster: 0 }, after: deleted(10), room: 0, because: 'the last ten of all are gone' },
  ])('is $room: $because', ({ of, after, room }) => {
    expect(left(after, of)).toBe(room);
  });

  it('counts a deletion of a clock that was ahead as one of now', () => {
    expect(left(deleted(10, 'a', -tenMinutesMs), { ofAccount: 50, ofCluster: 10 })).toBe(0);
  });
});

describe('the ledger', () => {
  const counts: GroupCounts = { ofAccount: 50, ofCluster: 10 };

  it('pays for ten deletions and no more', () => {
    let ledger: DeletionLedger | undefined = emptyLedger;
    for (let i = 0; i < 10; i++) ledger = ledger && spendDeletion(ledger, { cluster: 'a', arn: `arn:${i}` }, counts, now);
    expect(ledger?.entries).toHaveLength(10);
    expect(ledger && spendDeletion(ledger, { cluster: 'a', arn: 'arn:new' }, counts, now)).toBeUndefined();
  });

  it('pays for a group once, however often its deletion is tried', () => {
    const group = { cluster: 'a', arn: 'arn:1' };
    const ledger = spendDeletion(emptyLedger, group, counts, now) ?? emptyLedger;
    expect(spendDeletion(ledger, group, counts, now + 1)).toBe(ledger);
    expect(spendDeletion(exhaust(ledger, 'a', now), group, counts, now + 1)?.entries).toHaveLength(1);
    expect(paidArns(ledger, 'a', now + 1)).toEqual(new Set(['arn:1']));
    expect(paidArns(ledger, 'a', now + tenMinutesMs)).toEqual(new Set());
  });

  it('does not grow: what does not count any more is dropped', () => {
    const ledger = spendDeletion({ ...emptyLedger, entries: deleted(9, 'a', tenMinutesMs) }, { cluster: 'a', arn: 'arn:new' }, counts, now);
    expect(ledger?.entries).toHaveLength(1);
  });

  it('has nothing left for a cluster that ran out, whatever time passes, and all for the others', () => {
    const ledger = exhaust(emptyLedger, 'a', now - dayMs);
    expect(deletionsLeft(ledger, 'a', counts, now)).toBe(0);
    expect(deletionsLeft(ledger, 'b', counts, now)).toBe(10);
    expect(spendDeletion(ledger, { cluster: 'a', arn: 'arn:new' }, counts, now)).toBeUndefined();
    expect(exhaust(ledger, 'a', now)).toBe(ledger);
  });

  it('gives a cluster its budget back when a person has acknowledged', () => {
    const spent = exhaust({ ...emptyLedger, entries: [...deleted(10), ...deleted(2, 'b')] }, 'a', now);
    const ledger = acknowledge(spent, 'a', ['arn:1'], now);
    expect(deletionsLeft(ledger, 'a', counts, now)).toBe(8);
    expect(ledger.exhausted).toEqual([]);
  });

  it('leaves another cluster that ran out as it is', () => {
    const ledger = acknowledge(exhaust(emptyLedger, 'b', now), 'a', [], now);
    expect(deletionsLeft(ledger, 'b', counts, now)).toBe(0);
  });

  it('remembers for a day what was acknowledged, for the cluster that it was said of', () => {
    const ledger = acknowledge(acknowledge(emptyLedger, 'a', ['arn:1', 'arn:2'], now), 'b', ['arn:3'], now);
    expect([...acknowledgedArns(ledger, 'a', now)]).toEqual(['arn:1', 'arn:2']);
    expect([...acknowledgedArns(ledger, 'b', now)]).toEqual(['arn:3']);
    expect([...acknowledgedArns(ledger, 'a', now + dayMs - 1)]).toEqual(['arn:1', 'arn:2']);
    expect([...acknowledgedArns(ledger, 'a', now + dayMs)]).toEqual([]);
    expect(acknowledge(ledger, 'c', [], now + dayMs).acknowledged).toHaveLength(1);
  });

  it('forgets what was acknowledged of a group that is wanted again, of that cluster and of no other group', () => {
    const ledger = acknowledge(acknowledge(emptyLedger, 'a', ['arn:1', 'arn:2'], now), 'b', ['arn:3'], now);
    const after = withdraw(withdraw(ledger, 'a', ['arn:2', 'arn:3']), 'b', ['arn:1']);
    expect([...acknowledgedArns(after, 'a', now)]).toEqual(['arn:1']);
    expect([...acknowledgedArns(after, 'b', now)]).toEqual(['arn:3']);
    expect(withdraw(ledger, 'b', ['arn:1'])).toBe(ledger);
    expect(withdraw(after, 'b', ['arn:3']).acknowledged).toHaveLength(1);
  });
});
