import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from './redis.js';
import { TokenBuckets } from './token-buckets.js';

/** A Redis that tells these waits, one after the other; undefined stands for one that is away. */
function redisTelling(...waits: readonly (number | undefined)[]) {
  const asked: unknown[][] = [];
  const connection = {
    eval: async (_script: string, ...rest: unknown[]) => {
      const wait = waits[asked.push(rest) - 1];
      if (wait === undefined) throw new Error('there is no Redis');
      return wait;
    },
  } as unknown as RedisConnection;
  return { asked, buckets: new TokenBuckets(connection, 'hub-1') };
}

const rate = { perSecond: 5, burst: 10 };
const never = new AbortController().signal;

describe('a budget of calls', () => {
  it('gives a token at once where there is one, out of a bucket of its own', async () => {
    const { asked, buckets } = redisTelling(0);
    await buckets.take('1111:us-west-2:write', rate, never);
    expect(asked).toEqual([[1, '{lattice-hub:hub-1:budget:1111:us-west-2:write}', 5, 10]]);
  });

  it('is asked again after the time that it told, until it gives one', async () => {
    const { asked, buckets } = redisTelling(5, 1, 0);
    await buckets.take('b', rate, never);
    expect(asked).toHaveLength(3);
  });

  it('is not waited for by whoever has stopped', async () => {
    const { asked, buckets } = redisTelling(60_000);
    const stop = new AbortController();
    const taking = buckets.take('b', rate, stop.signal);
    stop.abort(new Error('the member was released'));
    await expect(taking).rejects.toThrow('the member was released');
    await expect(buckets.take('b', rate, stop.signal)).rejects.toThrow('the member was released');
    expect(asked).toHaveLength(1);
  });

  it('that can not be asked lets nobody pass', async () => {
    await expect(redisTelling(undefined).buckets.take('b', rate, never)).rejects.toThrow('there is no Redis');
  });
});

/** A bucket that gives one token every so many ms, and counts who asks and how many ask at once. */
class SlowBucket {
  asked = 0;
  most = 0;
  private asking = 0;
  private nextAtMs = 0;

  constructor(private readonly everyMs: number) {}

  async eval(): Promise<number> {
    this.asked++;
    this.most = Math.max(this.most, ++this.asking);
    await sleep(1);
    this.asking--;
    const waitMs = this.nextAtMs - performance.now();
    if (waitMs > 0) return Math.ceil(waitMs);
    this.nextAtMs = performance.now() + this.everyMs;
    return 0;
  }
}

describe('a budget that many wait for', () => {
  const over = (bucket: SlowBucket) => new TokenBuckets(bucket as unknown as RedisConnection, 'hub');

  it('is asked by one at a time, however many wait, and gives in their order', async () => {
    const bucket = new SlowBucket(10);
    const buckets = over(bucket);
    const order: number[] = [];
    const { signal } = new AbortController();
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((i) => buckets.take('a', rate, signal).then(() => order.push(i))));
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(bucket.most).toBe(1);
    expect(bucket.asked).toBeLessThanOrEqual(24);
  });

  it('lets whoever gives up leave the line at once, and takes no token for them', async () => {
    const buckets = over(new SlowBucket(40));
    const stop = new AbortController();
    const { signal } = new AbortController();
    await buckets.take('a', rate, signal);
    const [patient, impatient] = [buckets.take('a', rate, signal), buckets.take('a', rate, stop.signal)];
    stop.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    await expect(patient).resolves.toBeUndefined();
  });

  it('tells each of those who wait that there is no Redis', async () => {
    const gone = { eval: () => Promise.reject(new Error('no Redis')) } as unknown as RedisConnection;
    const buckets = new TokenBuckets(gone, 'hub');
    const { signal } = new AbortController();
    const both = [buckets.take('a', rate, signal), buckets.take('a', rate, signal)];
    await expect(both[0]).rejects.toThrow('no Redis');
    await expect(both[1]).rejects.toThrow('no Redis');
  });
});
