import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ObservedTarget } from '@hub/model';
import { targetsOfText, textOfTargets } from './target-text.js';

const target: fc.Arbitrary<ObservedTarget> = fc.record({
  ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  port: fc.integer({ min: 1, max: 65535 }),
  status: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'INITIAL', 'DRAINING', 'UNUSED', 'UNAVAILABLE'),
});
const sorted = (targets: readonly ObservedTarget[]) => targets.map((each) => JSON.stringify(each)).toSorted();

describe('targets as one text', () => {
  it('are read again as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(target), (targets) => {
        expect(sorted(targetsOfText(textOfTargets(targets)))).toEqual(sorted(targets));
      }),
    );
  });

  it('have what they have in common once', () => {
    const targets = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((ip) => ({ ip, port: 8080, status: 'HEALTHY' as const }));
    expect(textOfTargets(targets)).toBe('8080 HEALTHY 10.0.0.1 10.0.0.2 10.0.0.3');
  });

  it('of none are an empty text', () => {
    expect(textOfTargets([])).toBe('');
    expect(targetsOfText('')).toEqual([]);
  });
});
