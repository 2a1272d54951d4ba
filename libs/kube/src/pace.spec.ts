import { describe, expect, it } from '@jest/globals';
import { eventWeight, Pace } from './pace.js';

/** A pace of 100 events a second and 1000 at once, at whose waits the clock moves on. */
function paced() {
  const world = { nowMs: 0, told: [] as boolean[] };
  const pace = new Pace(
    { eventsPerSecond: 100, eventBurst: 1000 },
    () => world.nowMs,
    (isThrottled) => world.told.push(isThrottled),
  );
  const take = (events: number, characters = 300) => {
    const beganMs = world.nowMs;
    for (let i = 0; i < events; i++) world.nowMs += pace.take(eventWeight(characters));
    return world.nowMs - beganMs;
  };
  return { world, take };
}

describe('the pace of events', () => {
  it('lets a burst through without a wait, and says nothing', () => {
    const { world, take } = paced();
    expect(take(1000)).toBe(0);
    expect(world.told).toEqual([]);
  });

  it('takes in no more than so many a second of those that come faster, leaves none out, and says so once', () => {
    const { world, take } = paced();
    take(1000);
    const waitedMs = take(5000);
    expect(waitedMs).toBeGreaterThan(49_000);
    expect(waitedMs).toBeLessThan(51_000);
    expect(world.told).toEqual([true]);
  });

  it('counts one that is long for as many as are read in the time that it takes', () => {
    const { world, take } = paced();
    expect(take(125, 64 * 1024)).toBe(0);
    expect(take(100, 64 * 1024)).toBeGreaterThan(7_900);
    expect(world.told).toEqual([true]);
  });

  it('lets nothing wait for much longer than a second, however long it is', () => {
    const { take } = paced();
    take(1000);
    for (let i = 0; i < 3; i++) expect(take(1, 16 * 1024 * 1024)).toBeLessThan(1200);
  });

  it('says when it is quiet again', () => {
    const { world, take } = paced();
    take(2000);
    world.nowMs += 10_000;
    take(1);
    expect(world.told).toEqual([true, false]);
    expect(take(900)).toBe(0);
  });
});
