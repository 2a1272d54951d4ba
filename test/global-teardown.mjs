import { once } from 'node:events';
import { rmSync } from 'node:fs';

/** Ends the Redis that the set-up started. */
export default async function teardown() {
  if (!globalThis.testRedis) return;
  const { redis, dir } = globalThis.testRedis;
  const gone = once(redis, 'exit');
  redis.kill('SIGTERM');
  await gone;
  rmSync(dir, { recursive: true, force: true });
}
