import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until nothing is missing. @throws Error with what is missing still, after a bound */
export async function until(
  what: string,
  missing: () => string | undefined | Promise<string | undefined>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const still = await missing();
    if (still === undefined) return;
    if (performance.now() > deadline) throw new Error(`${what}: after ${timeoutMs / 1000} s still: ${still}`);
    await sleep(20);
  }
}
