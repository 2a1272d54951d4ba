import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, nat, option, property, record } from 'fast-check';
import { SortedList } from './sorted-list.js';

interface Item {
  readonly key: string;
  readonly value: number;
}

const keyed = (number: number) => String(number).padStart(6, '0');

describe('a sorted list', () => {
  it('holds what a plain map would hold, in the order of the keys, page by page', () => {
    const step = record({ kind: constantFrom('add', 'add', 'delete'), number: nat(2_000) });
    const cases = record({
      start: array(nat(2_000), { maxLength: 1_200 }),
      steps: array(step, { maxLength: 600 }),
      size: integer({ min: 1, max: 700 }),
    });
    assert(
      property(cases, option(nat(2_000)), ({ start, steps, size }, after) => {
        const model = new Map(start.map((number) => [keyed(number), { key: keyed(number), value: -1 }]));
        const list = SortedList.of<Item>(model.values(), (item) => item.key);
        steps.forEach(({ kind, number }, value) => {
          const item = { key: keyed(number), value };
          if (kind === 'add') list.add(item);
          else list.delete(item);
          if (kind === 'add') model.set(item.key, item);
          else model.delete(item.key);
        });
        const sorted = [...model.values()].toSorted((left, right) => (left.key < right.key ? -1 : 1));
        expect([...list]).toEqual(sorted);
        expect([list.size, list.first()]).toEqual([sorted.length, sorted[0]]);
        const rest = after === null ? sorted : sorted.filter((item) => item.key > keyed(after));
        const items = rest.slice(0, size);
        expect(list.page(after === null ? undefined : keyed(after), size)).toEqual({
          items,
          next: rest.length > size ? items.at(-1)?.key : undefined,
        });
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('looks at no more items of a long list than of a short one, but for the depth of the search', () => {
    let looks = 0;
    const keyOf = (number: number[]) => {
      looks += 1;
      return keyed(number[0] ?? 0);
    };
    const cost = (length: number) => {
      const list = SortedList.of(
        Array.from({ length }, (_, index) => [index * 2]),
        keyOf,
      );
      looks = 0;
      list.add([length]);
      list.page(keyed(length), 10);
      list.delete([length]);
      list.first();
      return looks;
    };
    expect(cost(100_000)).toBeLessThan(cost(100) + 60);
  });
});
