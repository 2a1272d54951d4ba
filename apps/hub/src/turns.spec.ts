import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from './turns.js';

describe('turns', () => {
  /** Something that begins, and ends when it is told to. */
  const task = () => {
    let end = () => {};
    let hasBegun = false;
    const act = () =>
      new Promise<void>((resolve) => {
        hasBegun = true;
        end = resolve;
      });
    return { act, end: () => end(), hasBegun: () => hasBegun };
  };

  it('lets no more begin than there are turns, in their order', async () => {
    const turns = new Turns(1, 60_000);
    const [first, second, third] = [task(), task(), task()];
    const all = [first, second, third].map(({ act }) => turns.take(act));
    await sleep(0);
    expect([first.hasBegun(), second.hasBegun(), third.hasBegun()]).toEqual([true, false, false]);
    first.end();
    await sleep(0);
    expect([second.hasBegun(), third.hasBegun()]).toEqual([true, false]);
    second.end();
    await sleep(0);
    third.end();
    await Promise.all(all);
  });

  it('hands the turn of whoever is slow on', async () => {
    const turns = new Turns(1, 5);
    const [slow, second] = [task(), task()];
    const all = [turns.take(slow.act), turns.take(second.act)];
    await sleep(20);
    expect(second.hasBegun()).toBe(true);
    slow.end();
    second.end();
    await Promise.all(all);
  });

  it('hands the turn of whoever fails on', async () => {
    const turns = new Turns(1, 60_000);
    await expect(turns.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(turns.take(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});
