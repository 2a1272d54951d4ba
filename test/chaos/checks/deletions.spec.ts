import { describe, expect, it } from '@jest/globals';
import { Deletions } from './deletions.js';

let nowMs = 0;

function deleting(count: number, deletions: Deletions, cluster = 'member-1', groups = 20): readonly (string | undefined)[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${cluster}-${i}`;
    return deletions.note({ arn: `arn:${name}`, name, accountId: '111111111111', cluster, ofAccount: groups, ofCluster: groups });
  });
}

const allRight = (count: number) => Array.from({ length: count }, () => undefined);

describe('deletions', () => {
  it('may be ten', () => {
    expect(deleting(10, new Deletions(() => nowMs))).toEqual(allRight(10));
  });

  it('may not be eleven', () => {
    expect(deleting(11, new Deletions(() => nowMs)).at(-1)).toBe('11 deletions in account 111111111111');
  });

  it('may be a fifth of many', () => {
    expect(deleting(20, new Deletions(() => nowMs), 'member-1', 100)).toEqual(allRight(20));
  });

  it('are of the account, whichever cluster they are in', () => {
    const deletions = new Deletions(() => nowMs);
    expect(deleting(6, deletions, 'member-1')).toEqual(allRight(6));
    expect(deleting(5, deletions, 'member-2').at(-1)).toBe('11 deletions in account 111111111111');
  });

  it('count once, however often they are tried', () => {
    const deletions = new Deletions(() => nowMs);
    expect([...deleting(10, deletions), ...deleting(10, deletions)]).toEqual(allRight(20));
  });

  it('count for ten minutes', () => {
    const deletions = new Deletions(() => nowMs);
    deleting(10, deletions);
    nowMs += 600_000;
    expect(deleting(10, deletions)).toEqual(allRight(10));
  });

  it('are free where a person has named them, and are counted anew after that', () => {
    const deletions = new Deletions(() => nowMs);
    deleting(10, deletions);
    deletions.acknowledged('member-1', ['member-1-10']);
    nowMs += 6000;
    expect(deleting(11, deletions)).toEqual(allRight(11));
  });
});
