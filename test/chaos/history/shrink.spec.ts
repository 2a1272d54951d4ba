import { describe, expect, it } from '@jest/globals';
import { failsOften, shrink, shrinkReliably } from './shrink.js';

const numbers = Array.from({ length: 60 }, (_, i) => i);
/** It takes both to fail. */
const needsBoth = (part: readonly number[]) => Promise.resolve(part.includes(17) && part.includes(42));

describe('a failing history', () => {
  it('is shrunk to what it takes to fail', async () => {
    expect(await shrink(numbers, needsBoth, { tries: 500 })).toEqual([17, 42]);
  });

  it('keeps its order', async () => {
    const needsThree = (part: readonly number[]) => Promise.resolve([3, 30, 59].every((n) => part.includes(n)));
    expect(await shrink(numbers, needsThree, { tries: 500 })).toEqual([3, 30, 59]);
  });

  it('is not shrunk beyond what was tried, and fails still', async () => {
    const part = await shrink(numbers, needsBoth, { tries: 4 });
    expect(part.length).toBeLessThan(numbers.length);
    expect(await needsBoth(part)).toBe(true);
  });
});

describe('a history that fails at times', () => {
  it('is shrunk to what fails in 3 of 5 runs', async () => {
    // Of the two that it takes, one is at fault in every run, and another one in one of five.
    let runs = 0;
    const fails = (part: readonly number[]) => Promise.resolve(part.includes(42) && (part.includes(17) || runs++ % 5 === 0));
    expect(await shrinkReliably(numbers, fails, { tries: 500 })).toEqual({ part: [17, 42], isReliable: true });
  });

  it('is not shrunk, and said to fail by chance, where the whole of it fails less often', async () => {
    let runs = 0;
    const fails = () => Promise.resolve(runs++ % 3 === 0);
    expect(await shrinkReliably(numbers, fails, { tries: 500 })).toEqual({ part: numbers, isReliable: false });
  });

  it.each([
    { outcomes: [true, true, true], runs: 3, fails: true },
    { outcomes: [true, false, true, false, true], runs: 5, fails: true },
    { outcomes: [false, false, false], runs: 3, fails: false },
    { outcomes: [true, false, false, true, false], runs: 5, fails: false },
  ])('counts as failing in 3 of 5 runs: $outcomes', async ({ outcomes, runs, fails }) => {
    let done = 0;
    const run = () => Promise.resolve(outcomes[done++] ?? false);
    expect(await failsOften(run, { atLeast: 3, of: 5 })).toBe(fails);
    expect(done).toBe(runs);
  });
});
