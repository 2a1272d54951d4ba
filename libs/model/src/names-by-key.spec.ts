import { describe, expect, it } from '@jest/globals';
import { array, assert, boolean, constantFrom, nat, property, record } from 'fast-check';
import { NamesByKey } from './names-by-key.js';

describe('names by key', () => {
  it('are what a Set for each key would have, few or many', () => {
    const key = constantFrom('a', 'b');
    const name = nat(20).map(String);
    const change = record({ key, name, isThere: boolean() });
    assert(
      property(array(change, { maxLength: 80 }), (changes) => {
        const names = new NamesByKey();
        const sets = new Map([
          ['a', new Set<string>()],
          ['b', new Set<string>()],
        ]);
        for (const { key: at, name: which, isThere } of changes) {
          if (isThere) names.add(at, which);
          else names.remove(at, which);
          if (isThere) sets.get(at)?.add(which);
          else sets.get(at)?.delete(which);
        }
        for (const [at, set] of sets) expect([...names.get(at)].toSorted()).toEqual([...set].toSorted());
      }),
    );
  });
});
