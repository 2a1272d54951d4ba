import { describe, expect, it } from '@jest/globals';
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
    await expect(taking).rejects.toMatchObject({ name: 'AbortError' });
    await expect(buckets.take('b', rate, stop.signal)).rejects.toThrow('the member was released');
    expect(asked).toHaveLength(1);
  });

  it('that can not be asked lets nobody pass', async () => {
    await expect(redisTelling(undefined).buckets.take('b', rate, never)).rejects.toThrow('there is no Redis');
  });
});
