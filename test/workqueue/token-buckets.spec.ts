import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkQueues } from '@hub/workqueue';
import { Redis } from 'ioredis';
import { freePort } from '../fixtures/free-port.js';
import { RedisProcess } from '../fixtures/redis-process.js';
import { quietQueues } from './quiet-queues.js';

describe('budgets that two replicas share in a Redis', () => {
  let dir: string;
  let redis: RedisProcess;
  let replicas: readonly WorkQueues[];
  const { signal } = new AbortController();

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lattice-hub-redis-'));
    redis = await RedisProcess.start(dir, await freePort());
    replicas = [quietQueues(redis.url), quietQueues(redis.url)];
    await Promise.all(replicas.map((replica) => replica.start()));
  }, 30_000);

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Takes so many tokens, by turns in each replica. @returns after how many ms each was there */
  async function taken(bucket: string, rate: { readonly perSecond: number; readonly burst: number }, count: number) {
    const beganMs = performance.now();
    const atMs: number[] = [];
    const take = async (index: number) => {
      await replicas[index % replicas.length]?.budgets.take(bucket, rate, signal);
      atMs.push(performance.now() - beganMs);
    };
    await Promise.all(Array.from({ length: count }, (_, index) => take(index)));
    return atMs.toSorted((a, b) => a - b);
  }

  it.each([
    { perSecond: 200, burst: 10, count: 60 },
    { perSecond: 100, burst: 1, count: 20 },
    { perSecond: 1000, burst: 100, count: 300 },
  ])('never give more than $burst at once and $perSecond a second', async ({ perSecond, burst, count }) => {
    const atMs = await taken(`rate-${perSecond}`, { perSecond, burst }, count);
    // Counted from before the bucket was asked: a token is never earlier than this, however slow the machine. Redis counts in whole ms.
    const tooEarly = atMs.filter((ms, index) => ms + 2 < ((index + 1 - burst) * 1000) / perSecond);
    expect(atMs).toHaveLength(count);
    expect(tooEarly).toEqual([]);
  });

  it('give what a burst has left at once', async () => {
    // The next token would be there after an hour.
    expect(await taken('burst', { perSecond: 1 / 3600, burst: 10 }, 9)).toHaveLength(9);
  });

  it('keep the last token of a burst back', async () => {
    const atMs = await taken('spare', { perSecond: 10, burst: 5 }, 5);
    expect(atMs[4]).toBeGreaterThan(90);
  });

  it('lose nothing where Redis counts another time than before', async () => {
    const client = new Redis(redis.url);
    const later = Date.now() + 3_600_000;
    await client.hset('{lattice-hub:test:budget:back}', { tokens: 5, at: later });
    const atMs = await taken('back', { perSecond: 1000, burst: 5 }, 4);
    expect(atMs).toHaveLength(4);
    const { at } = await client.hgetall('{lattice-hub:test:budget:back}');
    expect(Number(at)).toBeLessThan(later);
    client.disconnect();
  });
});
