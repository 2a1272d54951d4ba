import { describe, expect, it } from '@jest/globals';
import type { Hold } from '@hub/model';
import { holdsOf, sameHolds, toldHold, type KnownHold } from './hold-text.js';

const restored: Hold = { reason: 'ClusterRestored', since: '2026-01-01T00:00:00.000Z', sinceMs: 5, message: 'it went back' };
const emptied: Hold = { ...restored, reason: 'KindEmptied', kind: 'ServiceExport', message: 'none is left' };
const known = ({ sinceMs: _sinceMs, ...rest }: Hold): KnownHold => rest;

describe('a hold on a MemberCluster', () => {
  it.each<{ what: string; hold: Hold; doubted: readonly string[] }>([
    { what: 'of the whole cluster', hold: restored, doubted: [] },
    { what: 'of one kind', hold: emptied, doubted: [] },
    { what: 'that names what is missing', hold: emptied, doubted: ['ServiceExport shop/web', 'ServiceExport shop/cart'] },
    {
      what: 'of more than it names',
      hold: emptied,
      doubted: Array.from({ length: 200 }, (_, i) => `ServiceExport shop/${'x'.repeat(200)}${i}`),
    },
  ])('$what is read as what it was', ({ hold, doubted }) => {
    const holds = [toldHold(hold, doubted)];
    expect(holds[0]?.message.length).toBeLessThanOrEqual(1024);
    expect(holdsOf({ holds })).toEqual([known(hold)]);
  });

  it('names ten of what is missing, and how many more there are', () => {
    const { message } = toldHold(
      emptied,
      Array.from({ length: 12 }, (_, i) => `Service shop/${i}`),
    );
    expect(message).toMatch(/^none is left; missing: Service shop\/0, .*, Service shop\/9 and 2 more$/);
  });

  it('of a name that is not known is none', () => {
    expect(holdsOf({ holds: [{ reason: 'Whatever', since: restored.since, message: '' }] })).toEqual([]);
  });

  it.each<{ a: readonly Hold[]; b: readonly Hold[]; isSame: boolean }>([
    { a: [], b: [], isSame: true },
    { a: [restored, emptied], b: [emptied, { ...restored, message: 'otherwise' }], isSame: true },
    { a: [emptied], b: [{ ...emptied, kind: 'Service' }], isSame: false },
    { a: [restored], b: [restored, emptied], isSame: false },
  ])('is the same as another by reason and kind: $isSame', ({ a, b, isSame }) => {
    expect(sameHolds(a, b)).toBe(isSame);
  });
});
