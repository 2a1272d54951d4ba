import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redis.js';

/** How many calls a second, and how many at once. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Takes one token, or tells how many ms it is until there is one. Redis's clock counts, which all replicas share. The last token of a burst stays
 * in the bucket: calls arrive less evenly than tokens are given, and one that comes a millisecond too soon is refused and waits for a second.
 */
const takeScript = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local rate = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, tonumber(known[1] or burst) + (now - tonumber(known[2] or now)) * rate / 1000)
local wait = 0
local needed = math.min(burst, 2)
if tokens >= needed then tokens = tokens - 1 else wait = math.ceil((needed - tokens) / rate * 1000) end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('PEXPIRE', KEYS[1], 60000 + math.ceil(burst / rate * 1000))
return wait
`;

/** Somebody who waits for a token. */
interface Waiting {
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Budgets of calls that all replicas share. Here, whoever waits for a token of a bucket stands in one line, and the first alone asks for it: were
 * all to ask, a hundred would be told to wait for every one that gets its token.
 */
export class TokenBuckets {
  private readonly lines = new Map<string, Waiting[]>();

  constructor(
    private readonly connection: RedisConnection,
    private readonly hubId: string,
  ) {}

  /** Waits for a token of a bucket. @throws Error where Redis can't be reached, or the reason of the signal */
  async take(bucket: string, rate: BucketRate, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
      const done = () => signal.removeEventListener('abort', leave);
      this.stand(bucket, rate, {
        signal,
        resolve: () => {
          done();
          resolve();
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
    });
  }

  private stand(bucket: string, rate: BucketRate, waiting: Waiting): void {
    const line = this.lines.get(bucket);
    if (line) {
      line.push(waiting);
      return;
    }
    const begun = [waiting];
    this.lines.set(bucket, begun);
    void this.serve(bucket, rate, begun);
  }

  private async serve(bucket: string, rate: BucketRate, line: Waiting[]): Promise<void> {
    for (let first = line.shift(); first; first = line.shift()) {
      try {
        while (!first.signal.aborted) {
          const waitMs = await this.ask(bucket, rate);
          if (waitMs === 0) break;
          await sleep(waitMs, undefined, { signal: first.signal });
        }
        first.resolve();
      } catch (error) {
        first.reject(error);
      }
    }
    this.lines.delete(bucket);
  }

  /** Takes a token. @returns 0, or the ms until there may be one */
  private async ask(bucket: string, rate: BucketRate): Promise<number> {
    const key = `{lattice-hub:${this.hubId}:budget:${bucket}}`;
    return Number(await this.connection.eval(takeScript, 1, key, rate.perSecond, rate.burst));
  }
}
