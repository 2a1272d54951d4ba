import { describe, expect, it } from '@jest/globals';
import { SimulatorClock } from './simulator-clock.js';

describe('the clock', () => {
  it('runs on its base and can be moved forward', () => {
    let baseMs = 1_000;
    const clock = new SimulatorClock(() => baseMs);
    clock.advance(500);
    baseMs += 7;
    expect(clock.nowMs()).toBe(1_507);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, Date.UTC(9_999, 11, 31) + 1])('does not take the step %d', (stepMs) => {
    expect(() => new SimulatorClock(() => 0).advance(stepMs)).toThrow(RangeError);
  });

  it('goes to the end of the year 9999 and stays there', () => {
    const clock = new SimulatorClock(() => 0);
    clock.advance(Date.UTC(9_999, 11, 31));
    expect(() => clock.advance(1)).toThrow('no further');
    expect(new Date(clock.nowMs()).toISOString()).toBe('9999-12-31T00:00:00.000Z');
  });
});
