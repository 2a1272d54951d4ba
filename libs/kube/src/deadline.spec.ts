import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withDeadline } from './deadline.js';

/** What ends only when its signal says so. */
const endless = (signal: AbortSignal) => sleep(3_600_000, undefined, { signal });

describe('what has to end within a time', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives what it came to, and leaves neither a timer nor a listener', async () => {
    const above = new AbortController();
    expect(await withDeadline(60_000, above.signal, async (signal) => signal.aborted)).toBe(false);
    await expect(withDeadline(60_000, above.signal, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(above.signal, 'abort')).toEqual([]);
  });

  it('is told when the time is over', async () => {
    const reasons: unknown[] = [];
    const act = (signal: AbortSignal) =>
      new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => {
          reasons.push((signal.reason as Error).name);
          resolve();
        }),
      );
    const acted = withDeadline(1000, new AbortController().signal, act);
    jest.advanceTimersByTime(999);
    expect(reasons).toEqual([]);
    jest.advanceTimersByTime(1);
    await acted;
    expect(reasons).toEqual(['TimeoutError']);
  });

  it('is told when the one above ends, and before it begins where that has ended', async () => {
    const above = new AbortController();
    const acted = withDeadline(1000, above.signal, endless);
    above.abort(new Error('the hub stops'));
    await expect(acted).rejects.toMatchObject({ cause: { message: 'the hub stops' } });
    await expect(withDeadline(1000, above.signal, endless)).rejects.toMatchObject({ cause: { message: 'the hub stops' } });
  });
});
