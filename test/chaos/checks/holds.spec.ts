import { describe, expect, it } from '@jest/globals';
import { Holds, type ToldHold, type ToldHolds } from './holds.js';

const restored: ToldHold = { reason: 'ClusterRestored', since: '2026-01-01T00:00:00Z' };
const vanished: ToldHold = { reason: 'KindVanished.ServiceExport', since: '2026-01-01T00:00:01Z' };
const told = (holds: readonly ToldHold[], missing: readonly string[] = [], uid = 'uid'): ToldHolds => ({
  uid,
  holds,
  missing: new Set(missing),
});

describe('a hold that is not there any more', () => {
  it.each<{ what: string; before: ToldHolds; answered: readonly ToldHold[]; now: ToldHolds | undefined; isWrong: boolean }>([
    { what: 'of a restored cluster, that nobody let go', before: told([restored]), answered: [], now: told([]), isWrong: true },
    { what: 'that a person let go', before: told([restored]), answered: [restored], now: told([]), isWrong: false },
    {
      what: 'of which a person let go an earlier one',
      before: told([restored]),
      answered: [{ ...restored, since: '2025-01-01T00:00:00Z' }],
      now: told([]),
      isWrong: true,
    },
    {
      what: 'beside one that was let go',
      before: told([restored, vanished], [vanished.reason]),
      answered: [restored],
      now: told([], [vanished.reason]),
      isWrong: true,
    },
    { what: 'of a kind that is whole again', before: told([vanished]), answered: [], now: told([]), isWrong: false },
    {
      what: 'of a kind that is not whole',
      before: told([vanished], [vanished.reason]),
      answered: [],
      now: told([], [vanished.reason]),
      isWrong: true,
    },
    {
      what: 'of a kind that came to lack something by now',
      before: told([vanished]),
      answered: [],
      now: told([], [vanished.reason]),
      isWrong: false,
    },
    {
      what: 'because its member is another one by now',
      before: told([restored]),
      answered: [],
      now: told([], [], 'another'),
      isWrong: false,
    },
    { what: 'because its member is gone', before: told([restored]), answered: [], now: undefined, isWrong: false },
  ])('$what: wrong is $isWrong', ({ before, answered, now, isWrong }) => {
    const holds = new Holds();
    expect(holds.note('member-1', before)).toBeUndefined();
    holds.answer('member-1', answered);
    expect(holds.note('member-1', now) !== undefined).toBe(isWrong);
  });

  it('is told of by name', () => {
    const holds = new Holds();
    holds.note('member-1', told([restored]));
    expect(holds.note('member-1', told([]))).toBe(
      'ClusterRestored since 2026-01-01T00:00:00Z is held no more in member-1, and nobody has let it go',
    );
    expect(holds.note('member-1', told([]))).toBeUndefined();
  });
});
