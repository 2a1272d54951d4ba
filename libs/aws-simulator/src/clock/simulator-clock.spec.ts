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

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('does not take the step %d', (stepMs) => {
    expect(() => new SimulatorClock(() => 0).advance(stepMs)).toThrow(RangeError);
  });
});
