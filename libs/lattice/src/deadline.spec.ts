import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Deadline } from './deadline.js';

describe('a deadline', () => {
  let passedMs = 0;
  const pass = (ms: number) => {
    passedMs += ms;
    jest.advanceTimersByTime(ms);
  };
  let above: AbortController;
  const deadline = () => new Deadline(100, () => passedMs, above.signal);

  beforeEach(() => {
    jest.useFakeTimers();
    passedMs = 0;
    above = new AbortController();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('comes when its time is up', () => {
    const late = deadline();
    late.start();
    pass(99);
    expect(late.signal.aborted).toBe(false);
    pass(1);
    expect(late.signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('does not come while it is stopped, and goes on where it was', () => {
    const late = deadline();
    pass(1000);
    late.start();
    pass(60);
    late.stop();
    pass(10_000);
    expect(late.signal.aborted).toBe(false);
    late.start();
    pass(39);
    expect(late.signal.aborted).toBe(false);
    pass(1);
    expect(late.signal.aborted).toBe(true);
  });

  it('that is started or stopped twice is started or stopped', () => {
    const late = deadline();
    late.start();
    pass(50);
    late.start();
    late.stop();
    late.stop();
    pass(1000);
    late.start();
    pass(50);
    expect(late.signal.aborted).toBe(true);
  });

  it('comes with the signal above it, for the same reason', () => {
    const before = deadline();
    above.abort(new Error('the hub stops'));
    const after = deadline();
    for (const { signal } of [before, after]) expect(signal.reason).toMatchObject({ message: 'the hub stops' });
  });

  it('that has ended does not come any more, and leaves nothing behind', () => {
    const over = deadline();
    over.start();
    over.end();
    pass(1000);
    expect(getEventListeners(above.signal, 'abort')).toHaveLength(0);
    above.abort();
    expect(over.signal.aborted).toBe(false);
  });
});
