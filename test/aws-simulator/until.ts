import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something holds, looking every few milliseconds. Throws an Error that says what did not come to hold in ten seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error(`it did not come to this: ${what}`);
    await delay(5);
  }
}
