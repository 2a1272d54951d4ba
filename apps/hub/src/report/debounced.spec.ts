import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Debounced } from './debounced.js';

const gatherMs = 5;
const laterMs = 1000;

describe('something that is done soon after it was asked for', () => {
  let runs: number;
  let act: () => Promise<void>;
  let debounced: Debounced;

  beforeEach(() => {
    jest.useFakeTimers();
    runs = 0;
    act = async () => undefined;
    debounced = new Debounced(() => {
      runs++;
      return act();
    }, gatherMs);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is done once for however many times it was asked', async () => {
    for (let i = 0; i < 10; i++) debounced.touch();
    await jest.advanceTimersByTimeAsync(laterMs);
    expect(runs).toBe(1);
  });

  it('is done at the earliest of the times that it was asked for', async () => {
    debounced.touch(laterMs);
    debounced.touch();
    debounced.touch(laterMs);
    await jest.advanceTimersByTimeAsync(gatherMs);
    expect(runs).toBe(1);
  });

  it('is done once more where it was asked for while it was done, and not at the same time', async () => {
    const first = Promise.withResolvers<void>();
    act = () => first.promise;
    debounced.touch();
    await jest.advanceTimersByTimeAsync(gatherMs);
    debounced.touch();
    await jest.advanceTimersByTimeAsync(laterMs);
    expect(runs).toBe(1);
    first.resolve();
    await jest.advanceTimersByTimeAsync(gatherMs);
    expect(runs).toBe(2);
  });

  it('is not done before its time where it has failed, whoever asks', async () => {
    debounced.again(laterMs);
    debounced.touch();
    await jest.advanceTimersByTimeAsync(laterMs - 1);
    expect(runs).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(1);
  });

  it('is not done any more once it was stopped', async () => {
    debounced.touch();
    await debounced.stop();
    debounced.touch();
    await jest.advanceTimersByTimeAsync(laterMs);
    expect(runs).toBe(0);
  });
});
