import { describe, expect, it } from '@jest/globals';
import { TagIndex } from './tag-index.js';
import type { TaggedResource } from './tag-index.js';

const arnOf = (index: number) => `arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/tg-${String(index).padStart(17, '0')}`;
const owner = (name: string) => new Map([['owner', name]]);

function indexOf(count: number): TagIndex {
  const index = new TagIndex();
  for (let number = 0; number < count; number += 1) index.note(arnOf(number), owner(number % 100 === 0 ? 'rare' : 'hub'), 0, 0);
  return index;
}

/** A selection that counts how many resources it is asked about. */
function counting(name: string): { asked: number; readonly name: string; readonly fits: (resource: TaggedResource) => boolean } {
  const selection = {
    asked: 0,
    name,
    fits: ({ tags }: TaggedResource) => {
      selection.asked += 1;
      return tags.get('owner') === name;
    },
  };
  return selection;
}

describe('the index of tags', () => {
  it('asks about every resource once for a filter, and then only about what changes', () => {
    const index = indexOf(5_000);
    const rare = counting('rare');
    expect(index.list(0, rare).page(undefined, 10).items).toHaveLength(10);
    expect(rare.asked).toBe(5_000);
    index.list(0, rare).page(arnOf(100), 10);
    expect(rare.asked).toBe(5_000);
    index.note(arnOf(7), owner('rare'), 0, 0);
    index.note(arnOf(0), owner('hub'), 0, 0);
    expect(
      index
        .list(0, rare)
        .page(undefined, 2)
        .items.map(({ arn }) => arn),
    ).toEqual([arnOf(7), arnOf(100)]);
    expect(rare.asked).toBe(5_002);
  });

  it('shows in a list that was asked for before what came, changed and went since, each after its lag', () => {
    const index = indexOf(1);
    const hub = { name: 'hub', fits: ({ tags }: TaggedResource) => tags.get('owner') === 'hub' };
    const seen = (nowMs: number) => [...index.list(nowMs, hub)].map(({ arn }) => arn);
    expect(seen(0)).toEqual([]);
    index.note(arnOf(2), owner('hub'), 0, 10);
    index.note(arnOf(0), owner('hub'), 0, 20);
    index.note(arnOf(2), undefined, 0, 30);
    expect([9, 10, 20, 30].map(seen)).toEqual([[], [arnOf(2)], [arnOf(0), arnOf(2)], [arnOf(0)]]);
  });

  it('lets a change that is seen sooner overtake those before it', () => {
    const index = new TagIndex();
    index.note(arnOf(1), owner('first'), 0, 100);
    index.note(arnOf(1), owner('second'), 0, 10);
    expect([index.get(arnOf(1), 10)?.tags, index.get(arnOf(1), 200)?.tags]).toEqual([owner('second'), owner('second')]);
  });

  it('keeps what waits for its time when it is saved and restored', () => {
    const index = new TagIndex();
    index.note(arnOf(1), owner('hub'), 0, 100);
    const restored = new TagIndex();
    restored.restore(index.save());
    expect([restored.get(arnOf(1), 99), restored.get(arnOf(1), 100)?.tags]).toEqual([undefined, owner('hub')]);
  });

  it('keeps sixteen lists at most, and makes one anew that has been pushed out', () => {
    const index = indexOf(100);
    const first = counting('rare');
    index.list(0, first);
    for (let number = 0; number < 16; number += 1) index.list(0, { name: `other-${number}`, fits: () => true });
    first.asked = 0;
    expect([...index.list(0, first)].map(({ arn }) => arn)).toEqual([arnOf(0)]);
    expect(first.asked).toBe(100);
  });
});
