import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FellBehind, ListFeed, type FeedChange } from './list-feed.js';

interface Item {
  readonly name: string;
  readonly value: number;
}

/** A feed over items that the test changes, whose reading is counted. */
function feedOf(items: Map<string, number>, leastAgeMs = 0) {
  const world = { nowMs: 0, reads: 0, forgotten: false, error: undefined as Error | undefined };
  const feed = new ListFeed<Item>({
    read: async () => {
      world.reads++;
      if (world.error) throw world.error;
      return Array.from(items, ([name, value]) => ({ name, value }));
    },
    keyOf: (item) => item.name,
    leastAgeMs,
    forget: () => (world.forgotten = true),
    tellEveryMs: 0,
    unusedMs: 1000,
    nowMs: () => world.nowMs,
  });
  return { feed, world };
}

const shown = (changes: readonly FeedChange<Item>[] | void) => (changes ?? []).map(({ type, entry }) => `${type} ${entry.text}`);

describe('a list that many read', () => {
  it('is in the order of its keys', async () => {
    const { feed } = feedOf(new Map(Object.entries({ b: 1, a: 2, c: 3 })));
    expect((await feed.current()).map((entry) => entry.key)).toEqual(['a', 'b', 'c']);
  });

  it('is made once for all who ask at once, and anew when it is too old', async () => {
    const { feed, world } = feedOf(new Map([['a', 1]]), 100);
    await Promise.all(Array.from({ length: 50 }, () => feed.current()));
    expect(world.reads).toBe(1);
    world.nowMs = 99;
    await feed.current();
    expect(world.reads).toBe(1);
    world.nowMs = 100;
    await feed.current();
    expect(world.reads).toBe(2);
  });

  it('answers a question once for all who ask it of the same list, and anew when the list is', async () => {
    const items = new Map([['a', 1]]);
    const { feed, world } = feedOf(items, 100);
    let made = 0;
    const ask = async (asked: string) =>
      String(await feed.shared(asked, async (entries) => `${asked} ${++made}: ${entries.map((entry) => entry.text).join()}`));
    expect([await ask('x'), await ask('x'), await ask('y')]).toEqual([
      'x 1: {"name":"a","value":1}',
      'x 1: {"name":"a","value":1}',
      'y 2: {"name":"a","value":1}',
    ]);
    items.set('a', 2);
    world.nowMs = 100;
    expect(await ask('x')).toBe('x 3: {"name":"a","value":2}');
  });

  it('is not remembered where it could not be read', async () => {
    const { feed, world } = feedOf(new Map([['a', 1]]));
    world.error = new Error('away');
    await expect(feed.current()).rejects.toThrow('away');
    world.error = undefined;
    expect(await feed.current()).toHaveLength(1);
  });
});

describe('a list that nobody asks for any more', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  /** Time goes by, for timers and for the clock. */
  async function pass(world: { nowMs: number }, ms: number): Promise<void> {
    world.nowMs += ms;
    await jest.advanceTimersByTimeAsync(ms);
  }

  it('is forgotten after its time, and made anew for who asks then', async () => {
    const { feed, world } = feedOf(new Map([['a', 1]]), 10_000);
    await feed.current();
    await pass(world, 900);
    await feed.current();
    await pass(world, 900);
    expect(world.forgotten).toBe(false);
    await pass(world, 200);
    expect(world.forgotten).toBe(true);
    expect(await feed.current()).toHaveLength(1);
    expect(world.reads).toBe(2);
  });

  it('is kept for whoever watches it, and tells what became different after that time', async () => {
    const items = new Map([['a', 1]]);
    const { feed, world } = feedOf(items, 10);
    const stop = new AbortController();
    const watch = feed.watch(stop.signal);
    expect(shown((await watch.next()).value)).toEqual(['ADDED {"name":"a","value":1}']);
    const next = watch.next();
    await pass(world, 5000);
    items.set('b', 2);
    await pass(world, 100);
    expect(shown((await next).value)).toEqual(['ADDED {"name":"b","value":2}']);
    expect(world.forgotten).toBe(false);
    stop.abort();
    await watch.return(undefined);
    await pass(world, 3000);
    expect(world.forgotten).toBe(true);
  });
});

describe('a list that many watch', () => {
  it('says what there is, and then what is different', async () => {
    const items = new Map(Object.entries({ a: 1, b: 1, c: 1 }));
    const { feed } = feedOf(items);
    const stop = new AbortController();
    const watch = feed.watch(stop.signal);
    expect(shown((await watch.next()).value)).toEqual([
      'ADDED {"name":"a","value":1}',
      'ADDED {"name":"b","value":1}',
      'ADDED {"name":"c","value":1}',
    ]);
    items.set('b', 2).set('d', 1).delete('c');
    expect(shown((await watch.next()).value)).toEqual([
      'MODIFIED {"name":"b","value":2}',
      'ADDED {"name":"d","value":1}',
      'DELETED {"name":"c","value":1}',
    ]);
    const last = watch.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });

  it('tells everybody the same, whenever they came', async () => {
    const items = new Map([['a', 1]]);
    const { feed } = feedOf(items);
    const stop = new AbortController();
    const first = feed.watch(stop.signal);
    await first.next();
    items.set('a', 2);
    const second = feed.watch(stop.signal);
    expect(shown((await second.next()).value)).toEqual(['ADDED {"name":"a","value":2}']);
    expect(shown((await first.next()).value)).toEqual(['MODIFIED {"name":"a","value":2}']);
    items.set('a', 3);
    expect(shown((await second.next()).value)).toEqual(['MODIFIED {"name":"a","value":3}']);
    expect(shown((await first.next()).value)).toEqual(['MODIFIED {"name":"a","value":3}']);
    stop.abort();
    await Promise.all([first.next(), second.next()]);
  });

  it('lets a watcher go that falls behind what is kept for all', async () => {
    const items = new Map(Array.from({ length: 11_000 }, (_, i) => [`${i}`, 0]));
    const { feed } = feedOf(items);
    const stop = new AbortController();
    const slow = feed.watch(stop.signal);
    await slow.next();
    for (let round = 1; round <= 3; round++) {
      for (const name of items.keys()) items.set(name, round);
      await feed.current();
    }
    await expect(slow.next()).rejects.toThrow(FellBehind);
    stop.abort();
  });

  it('ends for everybody where it can not be read any more', async () => {
    const { feed, world } = feedOf(new Map([['a', 1]]));
    const watch = feed.watch(new AbortController().signal);
    await watch.next();
    world.error = new Error('away');
    await expect(watch.next()).rejects.toThrow('away');
  });
});
