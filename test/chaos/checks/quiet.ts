import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosFleet } from '../fleet/chaos-fleet.js';

const stepMs = 25;

/**
 * Waits until nothing is asked of AWS any more for a moment, readings of the inventory aside. It gives up after a bound: a fault can keep the hub
 * trying for as long as it lasts.
 */
export async function untilQuiet(fleet: ChaosFleet, quietMs: number, mostMs: number): Promise<void> {
  const deadline = performance.now() + mostMs;
  let calls = -1;
  let sinceMs = performance.now();
  while (performance.now() < deadline) {
    const traffic = fleet.traffic();
    if (traffic.calls !== calls || traffic.inFlight > 0) {
      calls = traffic.calls;
      sinceMs = performance.now();
    }
    if (performance.now() - sinceMs >= quietMs) return;
    await sleep(stepMs);
  }
}

/** Waits until AWS has heard so many more writes, or nothing more comes. */
export async function untilWrites(fleet: ChaosFleet, more: number, quietMs: number, mostMs: number): Promise<void> {
  const from = fleet.traffic().writes;
  const deadline = performance.now() + mostMs;
  let calls = -1;
  let sinceMs = performance.now();
  while (performance.now() < deadline && fleet.traffic().writes < from + more) {
    const now = fleet.traffic().calls;
    if (now !== calls) {
      calls = now;
      sinceMs = performance.now();
    }
    if (performance.now() - sinceMs >= quietMs) return;
    await sleep(5);
  }
}
