import { describe, expect, it } from '@jest/globals';
import type { RedisConnection } from './redis.js';
import { TokenBuckets } from './token-buckets.js';

type Answer = readonly [taken: number, waitMs: number] | undefined;

/** A Redis that gives these tokens, one answer after the other; undefined stands for one that is away. */
class RedisGiving {
  readonly asked: unknown[][] = [];

  constructor(private readonly answers: readonly Answer[]) {}

  defineCommand(): void {}

  async takeTokens(...question: unknown[]): Promise<Answer> {
    const answer = this.answers[this.asked.push(question) - 1];
    if (!answer) throw new Error('there is no Redis');
    return answer;
  }
}

function redisGiving(...answers: readonly Answer[]) {
  const redis = new RedisGiving(answers);
  return { asked: redis.asked, buckets: new TokenBuckets(redis as unknown as RedisConnection, 'hub-1') };
}

const rate = { perSecond: 5, burst: 10 };
const never = new AbortController().signal;

describe('a budget of calls', () => {
  it('gives a token at once where there is one, out of a bucket of its own', async () => {
    const { asked, buckets } = redisGiving([1, 0]);
    await buckets.take('1111:us-west-2:write', rate, never);
    expect(asked).toEqual([['{lattice-hub:hub-1:budget:1111:us-west-2:write}', 5, 10, 1, 500]]);
  });

  it('gives one that is there in a while after that while, and is not asked again', async () => {
    const { asked, buckets } = redisGiving([1, 20]);
    const beganMs = performance.now();
    await buckets.take('b', rate, never);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(19.9);
    expect(asked).toHaveLength(1);
  });

  it('is not waited for by whoever has stopped', async () => {
    const { asked, buckets } = redisGiving([1, 60_000]);
    const stop = new AbortController();
    const taking = buckets.take('b', rate, stop.signal);
    stop.abort(new Error('the member was released'));
    await expect(taking).rejects.toThrow('the member was released');
    await expect(buckets.take('b', rate, stop.signal)).rejects.toThrow('the member was released');
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  it('that can not be asked lets nobody pass', async () => {
    await expect(redisGiving(undefined).buckets.take('b', rate, never)).rejects.toThrow('there is no Redis');
  });
});

describe('a budget that many wait for', () => {
  const fast = { perSecond: 100, burst: 10 };

  it('is asked once for all who come together, and gives in their order, each a token later', async () => {
    const { asked, buckets } = redisGiving([5, 0]);
    const order: number[] = [];
    const beganMs = performance.now();
    await Promise.all([0, 1, 2, 3, 4].map((i) => buckets.take('a', fast, never).then(() => order.push(i))));
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(39.9);
    expect(asked.map(([, , , wanted]) => wanted)).toEqual([5]);
  });

  it('gives at once what was there already', async () => {
    const { buckets } = redisGiving([3, -100_000]);
    const hourly = { perSecond: 1 / 30, burst: 10 };
    await expect(Promise.all([0, 1, 2].map(() => buckets.take('a', hourly, never)))).resolves.toHaveLength(3);
  });

  it('is asked again for those whom it gave none', async () => {
    const { asked, buckets } = redisGiving([2, 0], [1, 0]);
    await Promise.all([0, 1, 2].map(() => buckets.take('a', fast, never)));
    expect(asked.map(([, , , wanted]) => wanted)).toEqual([3, 1]);
  });

  it('lets whoever gives up leave the line at once, and gives their token to the next', async () => {
    const { asked, buckets } = redisGiving([3, 0]);
    const stop = new AbortController();
    const [first, impatient, patient] = [never, stop.signal, never].map((signal) => buckets.take('a', fast, signal));
    stop.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    await expect(Promise.all([first, patient])).resolves.toBeDefined();
    expect(asked).toHaveLength(1);
  });

  it('tells each of those who wait that there is no Redis', async () => {
    const { buckets } = redisGiving();
    const both = [buckets.take('a', rate, never), buckets.take('a', rate, never)];
    await expect(both[0]).rejects.toThrow('no Redis');
    await expect(both[1]).rejects.toThrow('no Redis');
  });
});
