import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkQueues } from '@hub/workqueue';
import { Redis } from 'ioredis';
import { freePort } from '../fixtures/free-port.js';
import { until } from '../fixtures/until.js';
import { RedisProcess } from '../fixtures/redis-process.js';

describe('queues over a Redis that has bad days', () => {
  let dir: string;
  let redis: RedisProcess;
  let queues: WorkQueues;
  let forgotten: string[];
  let worked: string[];
  let everything: string[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lattice-hub-redis-'));
    redis = await RedisProcess.start(dir, await freePort());
    forgotten = [];
    worked = [];
    everything = [];
    queues = queuesOver(redis.url);
    await queues.start();
  }, 30_000);

  const queuesOver = (redisUrl: string) =>
    new WorkQueues({
      redisUrl,
      hubId: 'test',
      emptiedCheckMs: 50,
      // As the hub does: everything is gone through.
      forgot: (why) => {
        forgotten.push(why);
        queues.add('a', everything, 'resync').catch(() => undefined);
      },
      concurrency: 4,
      waitMs: 2000,
      backoff: { firstMs: 50, mostMs: 500 },
      random: () => 0.5,
      failed: () => undefined,
      troubled: () => undefined,
    });

  afterEach(async () => {
    await queues.stop();
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const open = (holding = 0) => {
    const work = async (request: string) => {
      worked.push(request);
      return {};
    };
    return queues.open('a', work, holding);
  };
  const workedOn = (request: string) =>
    until(`${request} is worked on`, async () => (worked.includes(request) ? undefined : worked.join()));

  it('says why Redis cannot be reached', async () => {
    const port = await freePort();
    const others = queuesOver(`redis://127.0.0.1:${port}`);
    await expect(others.start()).rejects.toThrow(`connect ECONNREFUSED 127.0.0.1:${port}`);
    await others.stop();
  });

  it('works on what is added', async () => {
    await open();
    await queues.add('a', ['one', 'two'], 'change');
    await workedOn('one');
    await workedOn('two');
    await until('nothing is left', async () => ((await queues.depth('a')) === 0 ? undefined : 'something'));
  });

  it('loses nothing that is added while Redis is away, and says at once that it is', async () => {
    await open();
    await redis.kill();
    await until('it is noticed', async () => ((await queues.isReachable()) ? 'not yet' : undefined));
    await expect(queues.add('a', ['while-away'], 'change')).rejects.toThrow(/writeable|closed/);
    await redis.begin();
    await workedOn('while-away');
    expect(forgotten).toContain('connected');
  }, 30_000);

  it('goes on at once when only the connection that waits for work is cut', async () => {
    await open();
    await queues.add('a', ['before'], 'change');
    await workedOn('before');
    const admin = new Redis(redis.url);
    const clients = String(await admin.client('LIST')).split('\n');
    const waiting = clients.find((line) => line.includes('cmd=bzpopmin'));
    await admin.call('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(waiting ?? '')?.[1] ?? '');
    everything = ['after'];
    await queues.add('a', ['after'], 'change');
    await workedOn('after');
    admin.disconnect();
  });

  it('loses nothing that is added while Redis is full', async () => {
    await open();
    const admin = new Redis(redis.url);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1');
    await expect(queues.add('a', ['while-full'], 'change')).rejects.toThrow(/OOM/);
    expect(worked).toEqual([]);
    await admin.config('SET', 'maxmemory', '0');
    await workedOn('while-full');
    admin.disconnect();
  }, 30_000);

  it('goes on after it was emptied, and says so', async () => {
    await open();
    const admin = new Redis(redis.url);
    await admin.flushall();
    await until('it is noticed', async () => (forgotten.includes('emptied') ? undefined : forgotten.join()));
    await queues.add('a', ['afterwards'], 'change');
    await workedOn('afterwards');
    admin.disconnect();
  });

  it('leaves nothing of a former holding behind, though Redis was emptied meanwhile', async () => {
    await open(1);
    const admin = new Redis(redis.url);
    await admin.flushall();
    await until('it is noticed', async () => (forgotten.includes('emptied') ? undefined : forgotten.join()));
    await queues.add('a', ['one'], 'change');
    await workedOn('one');
    await queues.close('a', new Error('another one holds it'), 0);
    await open(2);
    expect((await admin.keys('*')).filter((key) => key.includes('target-groups-1'))).toEqual([]);
    admin.disconnect();
  });

  it('does not take a queue that could not begin for one that works', async () => {
    await redis.kill();
    await until('it is noticed', async () => ((await queues.isReachable()) ? 'not yet' : undefined));
    const first = open().catch((error: Error) => error.message);
    await redis.begin();
    await first;
    await until('it can begin', async () =>
      open().then(
        () => undefined,
        (error: Error) => error.message,
      ),
    );
    await queues.add('a', ['at last'], 'change');
    await workedOn('at last');
  }, 30_000);

  it('ends although Redis is away', async () => {
    await open();
    await redis.kill();
    await until('it is noticed', async () => ((await queues.isReachable()) ? 'not yet' : undefined));
    await queues.stop();
    expect(queues.all()).toEqual([]);
  }, 30_000);
});
