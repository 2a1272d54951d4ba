import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
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
  let troubles: number;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lattice-hub-redis-'));
    redis = await RedisProcess.start(dir, await freePort());
    forgotten = [];
    worked = [];
    everything = [];
    troubles = 0;
    queues = queuesOver(redis.url);
    await queues.start();
  }, 30_000);

  const queuesOver = (redisUrl: string, emptiedCheckMs = 50) =>
    new WorkQueues({
      redisUrl,
      hubId: 'test',
      emptiedCheckMs,
      // As the hub does: everything is gone through.
      forgot: (why) => {
        forgotten.push(why);
        queues.add('a', everything, 'resync').catch(() => undefined);
      },
      concurrency: 4,
      backoff: { firstMs: 50, mostMs: 500 },
      random: () => 0.5,
      failed: () => undefined,
      troubled: () => void troubles++,
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
    await until('everything is gone through', async () => (forgotten.includes('connected') ? undefined : forgotten.join()));
  }, 30_000);

  it('works on everything, however additions and the end of work meet, and on no more at once than it may', async () => {
    let atOnce = 0;
    let most = 0;
    await queues.open('a', async (request) => {
      most = Math.max(most, ++atOnce);
      for (let turns = Number(request) % 7; turns > 0; turns--) await setImmediate();
      atOnce--;
      worked.push(request);
      return {};
    });
    const requests = Array.from({ length: 600 }, (_, i) => String(i));
    for (const [i, request] of requests.entries()) {
      void queues.add('a', [request], i % 3 === 0 ? 'resync' : 'change');
      for (let turns = i % 5; turns > 0; turns--) await setImmediate();
    }
    await until('all are worked on', async () => (worked.length >= requests.length ? undefined : `${worked.length}`));
    expect(worked.toSorted()).toEqual(requests.toSorted());
    expect(most).toBe(4);
  });

  it('works on a request that is added while it is worked on once more, afterwards', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await queues.open('a', async (request) => {
      worked.push(`${request} begins`);
      await gates[worked.length === 1 ? 0 : 1]?.promise;
      worked.push(`${request} ends`);
      return {};
    });
    await queues.add('a', ['one'], 'change');
    await workedOn('one begins');
    for (let i = 0; i < 5; i++) await queues.add('a', ['one'], 'change');
    gates[1]?.resolve();
    await queues.add('a', ['other'], 'change');
    await workedOn('other ends');
    gates[0]?.resolve();
    await until('it is over', async () => ((await queues.depth('a')) === 0 ? undefined : worked.join()));
    expect(worked.filter((line) => line.startsWith('one'))).toEqual(['one begins', 'one ends', 'one begins', 'one ends']);
  });

  it('needs no connection for a queue, and asks Redis for nothing while there is nothing to do', async () => {
    const admin = new Redis(redis.url);
    const connections = async () =>
      String(await admin.client('LIST'))
        .trim()
        .split('\n').length;
    const before = await connections();
    await open();
    await queues.open('b', async () => ({}));
    await queues.add('a', ['one'], 'change');
    await workedOn('one');
    await until('nothing is left', async () => ((await queues.depth('a')) === 0 ? undefined : 'something'));
    expect(await connections()).toBe(before);
    expect(String(await admin.client('LIST'))).not.toContain('bzpopmin');
    admin.disconnect();
  });

  it('goes on at once when its connection is cut, also with what was under way', async () => {
    const gate = Promise.withResolvers<void>();
    await queues.open('a', async (request) => {
      worked.push(request);
      if (request === 'long' && worked.filter((each) => each === 'long').length === 1) await gate.promise;
      return {};
    });
    await queues.add('a', ['long'], 'change');
    await workedOn('long');
    everything = ['long', 'after'];
    const admin = new Redis(redis.url);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await workedOn('after');
    expect(worked).toEqual(['long', 'after']);
    gate.resolve();
    await until('it is worked on anew', async () => (worked.filter((each) => each === 'long').length === 2 ? undefined : worked.join()));
    await until('nothing is left', async () => ((await queues.depth('a')) === 0 ? undefined : 'something'));
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

  it('goes on with what is there while Redis is full, without asking again and again', async () => {
    everything = Array.from({ length: 30 }, (_, i) => `request ${i}`);
    const admin = new Redis(redis.url);
    let isFull = false;
    await queues.open('a', async (request) => {
      if (!isFull) await admin.config('SET', 'maxmemory', '1');
      isFull = true;
      worked.push(request);
      return {};
    });
    await queues.add('a', everything, 'change');
    await until('all is worked on', async () => (everything.every((each) => worked.includes(each)) ? undefined : worked.join()));
    await expect(queues.add('a', ['one more'], 'change')).rejects.toThrow(/OOM/);
    expect(troubles).toBeLessThan(20);
    await admin.config('SET', 'maxmemory', '0');
    await workedOn('one more');
    await until('nothing is left', async () => ((await queues.depth('a')) === 0 ? undefined : 'something'));
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

  it('removes what a process that died has left of its queue, what it worked on included', async () => {
    const dead = queuesOver(redis.url);
    await dead.start();
    await dead.open('a', (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({}))), 1);
    await dead.add('a', ['one', 'two', 'three', 'four', 'five', 'six'], 'change');
    const admin = new Redis(redis.url);
    const left = async () => (await admin.keys('*')).filter((key) => key.includes('target-groups-1'));
    expect(await left()).not.toEqual([]);
    await open(2);
    expect(await left()).toEqual([]);
    admin.disconnect();
    await dead.stop();
  });

  it('leaves nothing behind where it is handed over before anybody has noticed that Redis was emptied', async () => {
    const leaving = queuesOver(redis.url, 60_000);
    await leaving.start();
    const work = async (request: string) => {
      worked.push(request);
      return {};
    };
    await leaving.open('a', work, 1);
    const admin = new Redis(redis.url);
    await admin.flushall();
    await leaving.add('a', ['one'], 'change');
    await workedOn('one');
    await leaving.close('a', new Error('another one is to hold it'), 1000);
    await open(2);
    expect((await admin.keys('*')).filter((key) => key.includes('target-groups-1'))).toEqual([]);
    admin.disconnect();
    await leaving.stop();
  });

  it('leaves nothing behind of a holding that it lost, whatever was added since', async () => {
    await open(1);
    const admin = new Redis(redis.url);
    // Another process has taken over, and has removed what was there.
    await admin.flushall();
    await admin.set('{lattice-hub:test:a}:queue', 'target-groups-2');
    await queues.add('a', ['one'], 'change');
    await queues.close('a', new Error('another one holds it'), 0);
    expect((await admin.keys('*')).filter((key) => key.includes('target-groups-1'))).toEqual([]);
    admin.disconnect();
  });

  it('leaves nothing behind of a holding that it lost while Redis was full, once there is room', async () => {
    await open(1);
    const admin = new Redis(redis.url);
    const left = async () => (await admin.keys('*')).filter((key) => key.includes('target-groups-1'));
    await queues.add('a', ['one'], 'change');
    await workedOn('one');
    await admin.set('{lattice-hub:test:a}:queue', 'target-groups-2');
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1');
    await queues.close('a', new Error('another one holds it'), 0);
    expect(await left()).not.toEqual([]);
    await admin.config('SET', 'maxmemory', '0');
    await until('nothing is left', async () => ((await left()).length === 0 ? undefined : (await left()).join()));
    admin.disconnect();
  }, 30_000);

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
