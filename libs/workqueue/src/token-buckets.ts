import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redis.js';

/** How many calls a second, and how many at once. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Takes as many tokens as are asked for, of those that are there or will be within a moment: which are told to be given in so many ms belong to
 * nobody else, so nobody has to ask twice. Gives how many they are, and in how many ms the first may be used (less than 0 where it was there already);
 * each other a token's time later.
 * Redis's clock counts, which all replicas share, and it may be another's after a fail-over. The last token of a burst stays in the bucket: calls
 * arrive less evenly than tokens are given, and one that comes a millisecond too soon is refused and waits for a second.
 */
const takeScript = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local rate = tonumber(ARGV[1]) / 1000
local burst = tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, tonumber(known[1] or burst) + math.max(0, now - tonumber(known[2] or now)) * rate)
local spare = math.min(burst, 2) - 1
local within = math.floor(tokens - spare + rate * tonumber(ARGV[4]))
local taken = math.max(1, math.min(tonumber(ARGV[3]), within))
local wait = math.ceil((1 + spare - tokens) / rate)
tokens = tokens - taken
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('PEXPIRE', KEYS[1], 60000 + math.ceil((burst - tokens) / rate))
return {taken, wait}
`;

/** Tokens of the next moment are taken together; whoever has no use for them any more loses no more than that. */
const aheadMs = 500;

/** The connection, once it knows the script. */
interface TokenGiver {
  takeTokens(
    key: string,
    perSecond: number,
    burst: number,
    wanted: number,
    aheadMs: number,
  ): Promise<readonly [taken: number, waitMs: number]>;
}

/** Somebody who waits for a token. */
interface Waiting {
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Budgets of calls that all replicas share. Here, whoever waits for a token of a bucket stands in one line, and one asks for all of them: were
 * all to ask, a hundred would be told to wait for every one that gets its token.
 */
export class TokenBuckets {
  private readonly lines = new Map<string, Waiting[]>();
  private readonly giver: TokenGiver;

  constructor(
    connection: RedisConnection,
    private readonly hubId: string,
  ) {
    connection.defineCommand('takeTokens', { numberOfKeys: 1, lua: takeScript });
    this.giver = connection as RedisConnection & TokenGiver;
  }

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
    // Whoever comes in the same turn of the event loop is asked for together.
    await Promise.resolve();
    while (isWaitedIn(line)) {
      try {
        await this.hand(await this.ask(bucket, rate, line.length), rate, line);
      } catch (error) {
        line.shift()?.reject(error);
      }
    }
    this.lines.delete(bucket);
  }

  /** Gives tokens to the line as they come to be used. Who leaves the line meanwhile leaves theirs to the next. */
  private async hand({ taken, firstAtMs }: Tokens, rate: BucketRate, line: Waiting[]): Promise<void> {
    for (let token = 0; token < taken && isWaitedIn(line); token++) {
      await sleepUntil(firstAtMs + (token * 1000) / rate.perSecond);
      if (isWaitedIn(line)) line.shift()?.resolve();
    }
  }

  private async ask(bucket: string, rate: BucketRate, wanted: number): Promise<Tokens> {
    const key = `{lattice-hub:${this.hubId}:budget:${bucket}}`;
    const [taken, waitMs] = await this.giver.takeTokens(key, rate.perSecond, rate.burst, wanted, aheadMs);
    return { taken, firstAtMs: performance.now() + waitMs };
  }
}

/** Tokens that were taken, and when the first of them may be used, by performance.now(). */
interface Tokens {
  readonly taken: number;
  readonly firstAtMs: number;
}

/** Lets those go who have given up, and tells whether anybody is left. */
function isWaitedIn(line: Waiting[]): boolean {
  while (line[0]?.signal.aborted) line.shift();
  return line.length > 0;
}

/** A timer counts from when its turn of the event loop began, and so ends too soon by as much as the turn is long. */
async function sleepUntil(atMs: number): Promise<void> {
  for (let leftMs = atMs - performance.now(); leftMs > 0; leftMs = atMs - performance.now())
    await sleep(Math.ceil(leftMs), undefined, { ref: false });
}
