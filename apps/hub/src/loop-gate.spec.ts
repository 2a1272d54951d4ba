import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { LoopGate } from './loop-gate.js';

/** Has so many enter, and tells who is in. */
function entering(gate: LoopGate, inside: number[], from: number, to: number, owner = 'a'): void {
  for (let i = from; i <= to; i++) void gate.enter(owner).then(() => inside.push(i));
}

describe('a gate of the event loop', () => {
  it('lets so many in at once, and so many more with each turn, in their order', async () => {
    const gate = new LoopGate(2);
    const inside: number[] = [];
    entering(gate, inside, 1, 5);
    await Promise.resolve();
    expect(inside).toEqual([1, 2]);
    await turn();
    expect(inside).toEqual([1, 2, 3, 4]);
    await turn();
    expect(inside).toEqual([1, 2, 3, 4, 5]);
  });

  it('lets nobody past those who wait', async () => {
    const gate = new LoopGate(2);
    const inside: number[] = [];
    entering(gate, inside, 1, 4);
    await turn();
    entering(gate, inside, 5, 6);
    await turn();
    await turn();
    expect(inside).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('gives each owner its turn, however many another came with before', async () => {
    const gate = new LoopGate(2);
    const inside: number[] = [];
    entering(gate, inside, 1, 7, 'large');
    entering(gate, inside, 11, 12, 'small');
    entering(gate, inside, 21, 21, 'one');
    while (inside.length < 10) await turn();
    expect(inside).toEqual([1, 2, 11, 21, 3, 12, 4, 5, 6, 7]);
  });

  it('lets those who come only now go before those who had a turn', async () => {
    const gate = new LoopGate(1);
    const inside: number[] = [];
    entering(gate, inside, 1, 4, 'first');
    entering(gate, inside, 11, 13, 'second');
    await turn();
    await turn();
    entering(gate, inside, 21, 22, 'late');
    while (inside.length < 9) await turn();
    expect(inside).toEqual([1, 11, 2, 21, 12, 3, 22, 13, 4]);
  });

  it('keeps nobody out for those who come only now, however many they are', async () => {
    const gate = new LoopGate(1);
    const inside: number[] = [];
    entering(gate, inside, 1, 3, 'first');
    for (let i = 11; i < 40; i++) {
      entering(gate, inside, i, i, `new ${i}`);
      await turn();
    }
    expect(inside.slice(0, 9)).toEqual([1, 11, 12, 13, 2, 14, 15, 16, 3]);
  });

  it('remembers no turn of before a quiet one', async () => {
    const gate = new LoopGate(1);
    const inside: number[] = [];
    entering(gate, inside, 1, 2, 'first');
    while (inside.length < 2) await turn();
    await turn();
    entering(gate, inside, 11, 12, 'second');
    entering(gate, inside, 3, 4, 'first');
    while (inside.length < 6) await turn();
    expect(inside).toEqual([1, 2, 11, 3, 12, 4]);
  });

  it('is open again after a quiet turn', async () => {
    const gate = new LoopGate(2);
    const inside: number[] = [];
    entering(gate, inside, 1, 2);
    await turn();
    await turn();
    entering(gate, inside, 3, 4);
    await Promise.resolve();
    expect(inside).toEqual([1, 2, 3, 4]);
  });

  it('is passed by all, however many come', async () => {
    const gate = new LoopGate(16);
    const inside: number[] = [];
    entering(gate, inside, 1, 1000);
    while (inside.length < 1000) await turn();
    expect(inside).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });
});
