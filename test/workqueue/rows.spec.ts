import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkQueues } from '@hub/workqueue';
import { freePort } from '../fixtures/free-port.js';
import { RedisProcess } from '../fixtures/redis-process.js';
import { until } from '../fixtures/until.js';
import { quietQueues } from './quiet-queues.js';

const servers = [
  { name: 'a Redis', scheme: 'redis', flags: [] },
  { name: 'a Redis Cluster', scheme: 'redis-cluster', flags: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] },
] as const;

describe.each(servers)('rows in $name', ({ scheme, flags }) => {
  let dir: string;
  let redis: RedisProcess;
  let queues: WorkQueues;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lattice-hub-redis-'));
    redis = await RedisProcess.start(dir, await freePort(), flags);
    if (scheme === 'redis-cluster') {
      await redis.client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await until('the slots to be served', async () => {
        const state = String(await redis.client.call('CLUSTER', 'INFO'));
        return state.includes('cluster_state:ok') ? undefined : state;
      });
    }
    queues = quietQueues(redis.url.replace('redis:', `${scheme}:`));
    await queues.start();
  }, 30_000);

  afterAll(async () => {
    await queues.stop();
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are seen by whoever wrote them at once, the last word of each', async () => {
    const { rows } = queues;
    const written = [rows.put('a', '1', 'old'), rows.put('a', '2', 'two'), rows.put('b', '1', 'other'), rows.put('a', '1', 'new')];
    expect((await rows.read(['a', 'b'])).toSorted()).toEqual(['new', 'other', 'two']);
    await Promise.all([...written, rows.remove('a', '2'), rows.put('c', '1', 'three')]);
    expect(await rows.read(['a', 'c'])).toEqual(['new', 'three']);
  });

  it('of many target groups at once are one command for each cluster', async () => {
    const { rows } = queues;
    await redis.client.config('RESETSTAT');
    const ids = Array.from({ length: 200 }, (_, i) => `${i}`);
    await Promise.all(ids.flatMap((id) => [rows.put('many', id, `row ${id}`), rows.put('more', id, `row ${id}`)]));
    expect(await redis.client.info('commandstats')).toMatch(/cmdstat_hset:calls=2,/);
    expect(await rows.read(['many', 'more'])).toHaveLength(400);
  });

  it('of more target groups than a script takes are written as well', async () => {
    const { rows } = queues;
    const ids = Array.from({ length: 5000 }, (_, i) => `${i}`);
    await Promise.all([...ids.map((id) => rows.put('largest', id, `row ${id}`)), rows.put('beside', '1', 'one')]);
    expect(await rows.read(['largest'])).toHaveLength(ids.length);
    expect(await rows.read(['beside'])).toEqual(['one']);
  });

  it('that were to be written go with the cluster', async () => {
    const { rows } = queues;
    await rows.put('gone', '1', 'one');
    const late = rows.put('gone', '2', 'two');
    await rows.clear('gone');
    await late;
    expect(await rows.read(['gone'])).toEqual([]);
  });

  it('that a full Redis refuses are told as such to whoever wrote them, and can be written again', async () => {
    const { rows } = queues;
    await redis.client.config('SET', 'maxmemory', '1');
    await expect(Promise.all([rows.put('full', '1', 'one'), rows.read(['full'])])).rejects.toThrow(/maxmemory/);
    const together = await Promise.allSettled([rows.put('full', '1', 'one'), rows.put('fuller', '1', 'one')]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await redis.client.config('SET', 'maxmemory', '0');
    await rows.put('full', '1', 'one');
    expect(await rows.read(['full'])).toEqual(['one']);
  });
});
