import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, ipV4, ipV6, oneof, property, record, type Arbitrary } from 'fast-check';
import type { ObservedTarget } from '@hub/model';
import { targetsOfText, textOfTargets } from './target-text.js';

const target: Arbitrary<ObservedTarget> = record({
  ip: oneof(ipV4(), ipV6()),
  port: integer({ min: 1, max: 65535 }),
  status: constantFrom('HEALTHY', 'UNHEALTHY', 'INITIAL', 'DRAINING', 'UNUSED', 'UNAVAILABLE'),
});
const sorted = (targets: readonly ObservedTarget[]) => targets.map((each) => JSON.stringify(each)).toSorted();

describe('targets as one text', () => {
  it('are read again as they were, whatever they are', () => {
    assert(
      property(array(target), (targets) => {
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
