import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@hub/kube';
import { KindStore, keyOf, type KindStoreOptions, type RecordChange } from './kind-store.js';

const minuteMs = 60_000;

function object(name: string, resourceVersion = '10', text = name): KubeObject {
  return { metadata: { namespace: 'shop', name, resourceVersion }, text };
}

type Change = RecordChange<string>;

/** A store of texts, with what it told. An object without a text is none of its own. */
class Told {
  readonly changes: string[] = [];
  readonly store: KindStore<string>;

  constructor(checksDeletions: KindStoreOptions<string>['checksDeletions'] = 'always') {
    this.store = new KindStore({
      read: (o) => (typeof o['text'] === 'string' ? o['text'] : undefined),
      checksDeletions,
      confirmationMs: minuteMs,
      onChange: ({ before, after }: Change) => this.changes.push(`${before ?? '-'} -> ${after ?? '-'}`),
    });
  }

  /** A LIST of these names, at this resourceVersion. */
  list(names: readonly string[], nowMs: number, resourceVersion = '100'): ReturnType<KindStore<string>['replaced']> {
    const objects = names.map((name) => object(name));
    return this.store.replaced(objects, resourceVersion, nowMs);
  }

  deleted(name: string, nowMs: number): void {
    this.store.changed('DELETED', object(name, '50'), nowMs);
  }

  /** The names that are there, as far as is known. */
  get names(): readonly string[] {
    return [...this.store.records()].toSorted();
  }
}

function told(names: readonly string[], checksDeletions?: KindStoreOptions<string>['checksDeletions']): Told {
  const made = new Told(checksDeletions);
  made.list(names, 0);
  made.changes.length = 0;
  return made;
}

const four = ['a', 'b', 'c', 'd'];

describe('what comes', () => {
  it('is there at once, by LIST and by event', () => {
    const { store, changes } = new Told();
    store.replaced([object('a')], '10', 0);
    store.changed('ADDED', object('b', '11'), 1);
    store.changed('MODIFIED', object('a', '12', 'A'), 2);
    expect([...store.records()]).toEqual(['A', 'b']);
    expect(changes).toEqual(['- -> a', '- -> b', 'a -> A']);
  });

  it('is told once, however often it is listed', () => {
    const { store, changes } = told(['a']);
    store.replaced([object('a')], '101', 1);
    expect(changes).toEqual([]);
  });

  it('is told again though it has no resourceVersion, because then nothing says that it is the same', () => {
    const { store } = new Told();
    const nameless = (text: string): KubeObject => ({ metadata: { namespace: 'shop', name: 'a' }, text });
    store.replaced([nameless('old')], '10', 0);
    store.replaced([nameless('new')], '11', 1);
    expect(store.get('shop/a')).toBe('new');
  });

  it('and is none of the kind any more goes, by its own word', () => {
    const { store } = told(['a']);
    store.changed('MODIFIED', { metadata: { namespace: 'shop', name: 'a', resourceVersion: '11' } }, 1);
    expect(store.absence('shop/a')).toEqual({ by: 'event' });
  });

  it('is named with its namespace, or by its name alone', () => {
    expect(keyOf(object('a'))).toBe('shop/a');
    expect(keyOf({ metadata: { name: 'a' } })).toBe('a');
  });
});

describe('a deletion that the cluster tells of', () => {
  it('is believed after a check that began when it was known', () => {
    const t = told(['a', 'b']);
    t.deleted('a', 1000);
    expect(t.names).toEqual(['a', 'b']);
    expect(t.store.pendingDeletions()).toEqual({ oldestMs: 1000, newestMs: 1000, leavesNothing: false });
    t.store.believeDeletions(999);
    expect(t.names).toEqual(['a', 'b']);
    t.store.believeDeletions(1000);
    expect(t.names).toEqual(['b']);
    expect(t.store.absence('shop/a')).toEqual({ by: 'event' });
    expect(t.changes).toEqual(['a -> -']);
    expect(t.store.pendingDeletions()).toBeUndefined();
  });

  it('says when it leaves nothing, and which are the oldest and the newest', () => {
    const t = told(['a', 'b']);
    t.deleted('b', 2000);
    t.deleted('a', 1000);
    expect(t.store.pendingDeletions()).toEqual({ oldestMs: 1000, newestMs: 2000, leavesNothing: true });
  });

  it('is over when the object is back before it was believed', () => {
    const t = told(['a']);
    t.deleted('a', 1000);
    t.store.changed('ADDED', object('a', '51', 'a again'), 1001);
    t.store.believeDeletions(2000);
    expect(t.names).toEqual(['a again']);
    expect(t.store.pendingDeletions()).toBeUndefined();
  });

  it('is over when the object is back as it was, by a LIST', () => {
    const t = told(['a']);
    t.deleted('a', 1000);
    t.list(['a'], 1001);
    t.store.believeDeletions(2000);
    expect(t.names).toEqual(['a']);
  });

  it('is not decided by a LIST that lacks the object too, but by the check', () => {
    const t = told(['a', 'b']);
    t.deleted('a', 1000);
    t.list(['b'], 1001);
    t.list(['b'], 1001 + 2 * minuteMs);
    expect(t.names).toEqual(['a', 'b']);
    t.store.believeDeletions(200_000);
    expect(t.store.absence('shop/a')).toEqual({ by: 'event' });
  });

  it('of something that nobody knows is nothing', () => {
    const t = told(['a']);
    t.deleted('x', 1);
    expect(t.changes).toEqual([]);
    expect(t.store.pendingDeletions()).toBeUndefined();
  });

  it('proves nothing when the kind turns out to be going: it counts as missing from then on, and a person must look', () => {
    const t = told(['a', 'b']);
    t.deleted('a', 1000);
    t.deleted('b', 1000);
    t.store.hold(1500);
    t.store.believeDeletions(9000);
    expect(t.names).toEqual(['a', 'b']);
    expect(t.store.pendingDeletions()).toBeUndefined();
    expect(t.store.missingSince('shop/a')).toBe(1500);
  });

  it('while a person has to look stays pending, and is believed after that', () => {
    const t = told(['a', 'b']);
    t.store.hold(0);
    t.deleted('a', 1000);
    t.store.believeDeletions(2000);
    expect(t.names).toEqual(['a', 'b']);
    t.store.release();
    expect(t.store.pendingDeletions()).toEqual({ oldestMs: 1000, newestMs: 1000, leavesNothing: false });
    t.store.believeDeletions(3000);
    expect(t.names).toEqual(['b']);
  });
});

describe('a store that checks only what leaves nothing', () => {
  it('believes the others at once', () => {
    const t = told(['a', 'b'], 'whenEmptied');
    t.deleted('a', 1);
    expect(t.names).toEqual(['b']);
    expect(t.store.absence('shop/a')).toEqual({ by: 'event' });
    t.deleted('b', 2);
    expect(t.names).toEqual(['b']);
    expect(t.store.pendingDeletions()).toEqual({ oldestMs: 2, newestMs: 2, leavesNothing: true });
  });
});

describe('a store that mirrors the server', () => {
  it('has what the server has, whatever it had before', () => {
    const t = told(four, 'never');
    t.deleted('a', 1);
    expect(t.names).toEqual(['b', 'c', 'd']);
    expect(t.list([], 2, '1')).toBeUndefined();
    expect(t.names).toEqual([]);
  });

  it('goes on mirroring while the cluster is held', () => {
    const t = told(['a', 'b'], 'never');
    t.store.hold(0);
    t.deleted('a', 1);
    expect(t.names).toEqual(['b']);
  });
});

describe('what a LIST lacks', () => {
  it('is gone when a second LIST a minute later lacks it too', () => {
    const t = told(['a', 'b']);
    t.list(['b'], 1000);
    expect(t.names).toEqual(['a', 'b']);
    expect(t.store.isPresent('shop/a')).toBe(false);
    expect(t.store.awaitsConfirmation).toBe(true);
    t.list(['b'], 1000 + minuteMs - 1);
    expect(t.names).toEqual(['a', 'b']);
    t.list(['b'], 1000 + minuteMs);
    expect(t.names).toEqual(['b']);
    expect(t.store.absence('shop/a')).toEqual({ by: 'lists', firstMs: 1000, lastMs: 1000 + minuteMs });
    expect(t.store.awaitsConfirmation).toBe(false);
  });

  it('is told when it is missed first, so that whoever may act on one LIST can', () => {
    const t = told(['a']);
    t.list([], 1000);
    t.list([], 2000);
    expect(t.changes).toEqual(['a -> a']);
  });

  it('begins anew when it was there in between', () => {
    const t = told(['a', 'b']);
    t.list(['b'], 1000);
    t.list(['a', 'b'], 2000);
    expect(t.store.missingSince('shop/a')).toBeUndefined();
    t.list(['b'], 1000 + minuteMs);
    expect(t.names).toEqual(['a', 'b']);
  });

  it('and is changed after that is there again', () => {
    const t = told(['a', 'b']);
    t.list(['b'], 1000);
    t.store.changed('MODIFIED', object('a', '11', 'A'), 2000);
    expect(t.store.isPresent('shop/a')).toBe(true);
    t.list(['b'], 1000 + minuteMs);
    expect(t.names).toEqual(['A', 'b']);
  });
});

describe('how an absence is known', () => {
  it('is not known at all before the first LIST', () => {
    expect(new Told().store.absence('shop/a')).toBeUndefined();
  });

  it('is by all LISTs for what never was there', () => {
    const t = told(['b']);
    expect(t.store.absence('shop/a')).toEqual({ by: 'lists', firstMs: 0, lastMs: 0 });
    t.list(['b'], minuteMs);
    expect(t.store.absence('shop/a')).toEqual({ by: 'lists', firstMs: 0, lastMs: minuteMs });
  });

  it('is not of what is there, missing or not', () => {
    const t = told(['a']);
    t.list([], 1);
    expect(t.store.absence('shop/a')).toBeUndefined();
  });

  it('is forgotten when it is there again', () => {
    const t = told(['a', 'b'], 'whenEmptied');
    t.deleted('a', 1);
    t.store.changed('ADDED', object('a', '60'), 2);
    expect(t.store.absence('shop/a')).toBeUndefined();
  });

  it('is remembered for ten thousand, and by LISTs after that', () => {
    const names = Array.from({ length: 10_002 }, (_, i) => `n${i}`);
    const t = told(names, 'whenEmptied');
    for (const name of names.slice(0, 10_001)) t.deleted(name, 1);
    expect(t.store.absence('shop/n0')).toEqual({ by: 'lists', firstMs: 0, lastMs: 0 });
    expect(t.store.absence('shop/n1')).toEqual({ by: 'event' });
  });
});

describe('a resourceVersion that goes back', () => {
  it.each([
    { known: '100', listed: '99', suspicion: 'wentBack' },
    { known: '100', listed: '100', suspicion: undefined },
    { known: '100', listed: '101', suspicion: undefined },
    { known: '9007199254740993', listed: '9007199254740992', suspicion: 'wentBack' },
    { known: '100', listed: 'opaque', suspicion: undefined },
    { known: 'opaque', listed: '1', suspicion: undefined },
  ])('from $known to $listed is $suspicion', ({ known, listed, suspicion }) => {
    const t = new Told();
    t.list(['a'], 0, known);
    expect(t.list(['a'], 1, listed)).toBe(suspicion);
  });

  it('is seen from an event, and from before this process', () => {
    const t = told(['a']);
    t.store.changed('MODIFIED', object('a', '500'), 1);
    expect(t.list(['a'], 2, '499')).toBe('wentBack');
    const recalled = new Told();
    recalled.store.recall('500', false);
    expect(recalled.list(['a'], 0, '499')).toBe('wentBack');
  });

  it('lets nothing go until a person has looked, and begins to count anew', () => {
    const t = told(['a', 'b']);
    t.list(['b'], 1000);
    expect(t.list(['b'], 2000, '5')).toBe('wentBack');
    expect(t.store.missingSince('shop/a')).toBe(2000);
    t.list(['b'], 2000 + 2 * minuteMs, '6');
    expect(t.names).toEqual(['a', 'b']);
    t.store.release();
    t.list(['b'], 2000 + 3 * minuteMs, '7');
    expect(t.names).toEqual(['b']);
    expect(t.store.absence('shop/a')).toEqual({ by: 'lists', firstMs: 2000, lastMs: 2000 + 3 * minuteMs });
  });

  it('begins the LISTs anew for what never was there', () => {
    const t = told(['b']);
    t.list(['b'], 2 * minuteMs, '5');
    expect(t.store.absence('shop/x')).toEqual({ by: 'lists', firstMs: 2 * minuteMs, lastMs: 2 * minuteMs });
  });

  it('takes nothing for the same because its resourceVersion is', () => {
    const t = new Told();
    t.store.replaced([object('a', '10', 'after the backup')], '100', 0);
    t.store.replaced([object('a', '10', 'once more')], '50', 1);
    expect(t.names).toEqual(['once more']);
  });
});

describe('a kind that is empty in a LIST', () => {
  it.each<{ had: number; suspicion: string | undefined }>([
    { had: 3, suspicion: undefined },
    { had: 4, suspicion: 'emptied' },
  ])('and had $had is $suspicion', ({ had, suspicion }) => {
    expect(told(four.slice(0, had)).list([], 1)).toBe(suspicion);
  });

  it('lets nothing go until a person has looked; then a LIST is enough that comes a minute after the first', () => {
    const t = told(four);
    t.list([], 1000);
    t.list([], 1000 + 5 * minuteMs);
    expect(t.names).toEqual(four);
    expect(t.store.awaitsConfirmation).toBe(false);
    t.store.release();
    expect(t.store.awaitsConfirmation).toBe(true);
    expect(t.list([], 1000 + 6 * minuteMs)).toBeUndefined();
    expect(t.names).toEqual([]);
    expect(t.store.absence('shop/a')).toEqual({ by: 'lists', firstMs: 1000, lastMs: 1000 + 6 * minuteMs });
  });

  it('is not suspicious once more because it is still empty when a person has looked at once', () => {
    const t = told(four);
    t.list([], 1000);
    t.store.release();
    expect(t.list([], 2000)).toBeUndefined();
    expect(t.list([], 1000 + minuteMs)).toBeUndefined();
    expect(t.names).toEqual([]);
  });

  it('is suspicious too when it shrank on its way there, as long as nobody knows what became of the others', () => {
    const t = told(four);
    t.list(['a'], 1000);
    expect(t.list([], 2000)).toBe('emptied');
  });

  it('is suspicious too when its deletions were told and not believed yet', () => {
    const t = told(four);
    for (const name of four) t.deleted(name, 1000);
    expect(t.list([], 2000)).toBe('emptied');
    t.store.believeDeletions(9000);
    expect(t.names).toEqual(four);
  });

  it('is not suspicious when all but three went in the ordinary way before', () => {
    const t = told(four);
    t.deleted('a', 1000);
    t.store.believeDeletions(1000);
    expect(t.list([], 2000)).toBeUndefined();
  });

  it('is suspicious by what was known before this process', () => {
    const t = new Told();
    t.store.recall('1', true);
    expect(t.store.heldMoreThanThree).toBe(true);
    expect(t.list([], 0)).toBe('emptied');
  });

  it('is not suspicious for ever by what was known before this process', () => {
    const t = new Told();
    t.store.recall('1', true);
    t.list(['a'], 0);
    expect(t.store.heldMoreThanThree).toBe(false);
    expect(t.list([], 1)).toBeUndefined();
  });

  it.each<{ before: string; isMany: boolean; listed: readonly string[]; suspicion: 'wentBack' | 'emptied' | undefined }>([
    { before: '1', isMany: true, listed: [], suspicion: 'emptied' },
    { before: '1', isMany: false, listed: [], suspicion: undefined },
    { before: '1', isMany: true, listed: ['a'], suspicion: undefined },
    { before: '500', isMany: false, listed: ['a'], suspicion: 'wentBack' },
  ])('is $suspicion by what came to be known only after it: $before, more than three $isMany, $listed', (of) => {
    const t = new Told();
    t.list(of.listed, 0, '100');
    expect(t.store.recall(of.before, of.isMany, ['shop/a', 'shop/b'])).toBe(of.suspicion);
    t.list(['a', 'b'], 2 * minuteMs, '101');
    expect(t.names).toEqual(['a', 'b']);
    t.list([], 4 * minuteMs, '102');
    t.list([], 6 * minuteMs, '103');
    expect(t.names).toEqual(of.suspicion ? ['a', 'b'] : []);
  });

  it('keeps on telling the next process that there were many, while a person has to look', () => {
    const t = told(four);
    t.list([], 1000);
    expect(t.store.heldMoreThanThree).toBe(true);
  });
});

describe('a kind that is held', () => {
  it('lets nothing go, by event or by LIST, and takes in what comes', () => {
    const t = told(['a', 'b']);
    t.store.hold(0);
    t.deleted('a', 1);
    t.list([], 1000);
    t.list(['c'], 1000 + 2 * minuteMs);
    expect(t.names).toEqual(['a', 'b', 'c']);
  });

  it('goes by the ordinary rules when a person has looked', () => {
    const t = told(['a', 'b']);
    t.store.hold(0);
    t.list(['b'], 1000);
    t.store.release();
    expect(t.names).toEqual(['a', 'b']);
    t.list(['b'], 1000 + minuteMs);
    expect(t.names).toEqual(['b']);
  });
});

describe('what was known before this process', () => {
  it('is there until LISTs lack it, and is told', () => {
    const t = new Told();
    t.store.seed('shop/a', 'a of before');
    expect(t.changes).toEqual(['- -> a of before']);
    expect(t.store.wasListed).toBe(false);
    t.list([], 1000);
    expect(t.names).toEqual(['a of before']);
    t.list([], 1000 + minuteMs);
    expect(t.names).toEqual([]);
  });

  it('is missing where it was told after the first LIST, and leaves with the next', () => {
    const t = new Told();
    t.list(['b'], 0);
    t.store.seed('shop/a', 'a of before');
    expect(t.names).toEqual(['a of before', 'b']);
    expect(t.store.awaitsConfirmation).toBe(true);
    t.list(['b'], minuteMs);
    expect(t.names).toEqual(['b']);
  });

  it('does not come back where its end was seen', () => {
    const t = told(['a', 'b']);
    t.deleted('a', 1000);
    t.store.believeDeletions(2000);
    t.store.seed('shop/a', 'a of before');
    expect(t.names).toEqual(['b']);
  });

  it('gives way to what the cluster has', () => {
    const t = new Told();
    t.store.seed('shop/a', 'a of before');
    t.list(['a'], 0);
    t.store.seed('shop/a', 'a of before');
    expect(t.names).toEqual(['a']);
  });

  it('counts for what a LIST emptied', () => {
    const t = new Told();
    for (const name of four) t.store.seed(`shop/${name}`, name);
    expect(t.list([], 0)).toBe('emptied');
  });

  it('makes the kind one that was served', () => {
    const t = new Told();
    expect(t.store.wasServed).toBe(false);
    t.store.recall('', false);
    expect(t.store.wasServed).toBe(true);
  });
});

describe('the newest resourceVersion', () => {
  it('is the highest number of LIST and events', () => {
    const t = new Told();
    expect(t.store.resourceVersion).toBe('');
    t.list(['a'], 0, '100');
    t.store.changed('MODIFIED', object('a', '99'), 1);
    expect(t.store.resourceVersion).toBe('100');
    t.store.changed('MODIFIED', object('a', '1001'), 2);
    expect(t.store.resourceVersion).toBe('1001');
  });
});

describe('whether a kind is whole again', () => {
  it.each<{ because: string; act: (told: Told) => void; isWhole: boolean }>([
    { because: 'all is there', act: () => undefined, isWhole: true },
    { because: 'a LIST lacked one', act: (t) => t.list(['a', 'b', 'c'], 1), isWhole: false },
    {
      because: 'what a LIST lacked is there again',
      act: (t) => {
        t.list(['a', 'b', 'c'], 1);
        t.store.changed('ADDED', object('d', '101'), 2);
      },
      isWhole: true,
    },
    {
      because: 'one was said to be deleted while a person had to look, though all that was missing came back',
      act: (t) => {
        t.store.hold(1);
        t.deleted('d', 2);
      },
      isWhole: false,
    },
  ])('$isWhole: $because', ({ act, isWhole }) => {
    const one = told(four);
    act(one);
    expect(one.store.isWhole(false)).toBe(isWhole);
  });

  it.each<{ before: readonly string[] | undefined; listed: readonly string[]; isWhole: boolean; because: string }>([
    { before: ['shop/a', 'shop/b'], listed: ['a', 'b', 'c'], isWhole: true, because: 'all that was there before this process is' },
    { before: ['shop/a', 'shop/b'], listed: ['a'], isWhole: false, because: 'one that was there before this process never came' },
    { before: [], listed: [], isWhole: true, because: 'there was nothing before this process' },
    { before: undefined, listed: ['a', 'b'], isWhole: false, because: 'what was there before this process is not known' },
  ])('with what is held since before this process: $isWhole, $because', ({ before, listed, isWhole }) => {
    const one = new Told();
    one.store.recall('1', false, before);
    one.store.hold(0);
    one.list(listed, 1);
    expect(one.store.isWhole(true)).toBe(isWhole);
  });
});
