import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redis.js';

/** How many calls a second, and how many at once. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Takes one token, or tells how many ms it is until there is one. Redis's clock counts, which all replicas share. */
const takeScript = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local rate = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, tonumber(known[1] or burst) + (now - tonumber(known[2] or now)) * rate / 1000)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) / rate * 1000) end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('PEXPIRE', KEYS[1], 60000 + math.ceil(burst / rate * 1000))
return wait
`;

/** Budgets of calls that all replicas share. */
export class TokenBuckets {
  constructor(
    private readonly connection: RedisConnection,
    private readonly hubId: string,
  ) {}

  /** Waits for a token of a bucket. @throws Error where Redis can't be reached, or the reason of the signal */
  async take(bucket: string, rate: BucketRate, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const key = `{lattice-hub:${this.hubId}:budget:${bucket}}`;
      const waitMs = Number(await this.connection.eval(takeScript, 1, key, rate.perSecond, rate.burst));
      if (waitMs === 0) return;
      await sleep(waitMs, undefined, { signal });
    }
  }
}
