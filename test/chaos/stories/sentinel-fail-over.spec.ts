import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { freePort } from '../../fixtures/free-port.js';
import { RedisProcess } from '../../fixtures/redis-process.js';
import { until } from '../../fixtures/until.js';
import { exportShop, setPods, shopIs } from './shops.js';

const members = [1, 2, 3];

describe('a master of Redis dies, and Sentinel makes another one', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lattice-hub-chaos-sentinel-'));
  let master: RedisProcess;
  let replica: RedisProcess;
  let sentinel: RedisProcess;
  let fleet: ChaosFleet;

  beforeAll(async () => {
    master = await RedisProcess.start(join(dir, 'master'), await freePort());
    replica = await RedisProcess.start(join(dir, 'replica'), await freePort(), ['--replicaof', '127.0.0.1', `${master.port}`]);
    sentinel = await RedisProcess.startSentinel(join(dir, 'sentinel'), await freePort(), { name: 'hub', port: master.port });
    await until('Sentinel knows the replica', async () => {
      const known = (await sentinel.client.call('SENTINEL', 'REPLICAS', 'hub')) as unknown[];
      return known.length === 1 ? undefined : `${known.length}`;
    });
    fleet = await ChaosFleet.start({ members: members.length, replicas: 1, redisUrl: `redis-sentinel://127.0.0.1:${sentinel.port}/hub` });
    for (const member of members) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet?.stop();
    await Promise.all([master.stop(), replica.stop(), sentinel.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('changes from before, meanwhile and after all get through', async () => {
    for (const member of members) setPods(fleet, member, 'shop', [`10.${member}.0.2`]);
    await master.kill();
    for (const member of members) setPods(fleet, member, 'shop', [`10.${member}.0.3`]);
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.3`], 60_000);
    const role = (await replica.client.call('ROLE')) as readonly unknown[];
    expect(role[0]).toBe('master');
    for (const member of members) setPods(fleet, member, 'shop', [`10.${member}.0.4`]);
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.4`], 75_000);
  }, 120_000);
});
