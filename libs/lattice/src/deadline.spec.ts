import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Deadline } from './deadline.js';

describe('a deadline', () => {
  let passedMs = 0;
  const pass = (ms: number) => {
    passedMs += ms;
    jest.advanceTimersByTime(ms);
  };
  const deadline = () => new Deadline(100, () => passedMs);

  beforeEach(() => {
    jest.useFakeTimers();
    passedMs = 0;
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
});
