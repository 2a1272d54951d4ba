import { describe, expect, it } from '@jest/globals';
import type { WriteAttempt } from '../fleet/aws-gate.js';
import { Fencing } from './fencing.js';

const attempt = (fence: number, arrivedAtMs: number, more: Partial<WriteAttempt> = {}): WriteAttempt => ({
  arrivedAtMs,
  signedAtMs: Math.floor(arrivedAtMs / 1000) * 1000,
  replica: `replica-${fence}`,
  cluster: 'member-1',
  fence,
  operation: 'RegisterTargets',
  resource: 'tg',
  body: undefined,
  ...more,
});

function reportOf(...attempts: readonly WriteAttempt[]) {
  const fencing = new Fencing();
  for (const each of attempts) fencing.note(each);
  return fencing.report();
}

describe('fencing numbers', () => {
  it('may rise', () => {
    expect(reportOf(attempt(1, 1000), attempt(2, 9000), attempt(2, 9500))).toEqual({ violations: [], late: 0, latestMs: 0 });
  });

  it('may come late where the attempt had begun before', () => {
    expect(reportOf(attempt(2, 9000), attempt(1, 9400, { signedAtMs: 8000 }))).toEqual({ violations: [], late: 1, latestMs: 400 });
  });

  it('may not begin after a higher one has written', () => {
    expect(reportOf(attempt(2, 9000), attempt(1, 12_000)).violations).toHaveLength(1);
    expect(reportOf(attempt(2, 9900), attempt(1, 10_100)).violations).toHaveLength(1);
  });

  it('may not come late more often than attempts can have been under way', () => {
    const old = attempt(1, 9400, { signedAtMs: 8000 });
    const eight = Array.from({ length: 8 }, () => old);
    expect(reportOf(attempt(2, 9000), ...eight)).toEqual({ violations: [], late: 8, latestMs: 400 });
    expect(reportOf(attempt(2, 9000), ...eight, old).violations).toEqual(['more than 8 late arrivals under member-1.1']);
  });

  it('belong to one replica each', () => {
    expect(reportOf(attempt(1, 1000), attempt(1, 2000, { replica: 'another' })).violations).toHaveLength(1);
  });

  it('are there', () => {
    expect(reportOf(attempt(0, 1000, { cluster: '' })).violations).toEqual(['RegisterTargets without a number']);
  });
});
