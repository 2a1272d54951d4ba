import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';

/** AWS calls are what a hub costs: they are counted, STS apart. */
describe('what the hub asks of AWS', () => {
  let fleet: TestFleet;

  beforeEach(async () => {
    fleet = await TestFleet.start({ members: 2, env: { INVENTORY_SECONDS: '0.5' } });
    fleet.aws.settings.createDelayMs = 300;
    await fleet.startHub();
    await fleet.registerAll();
  }, 30_000);

  afterEach(async () => {
    await fleet.stop();
  });

  const lattice = () =>
    Object.fromEntries(
      Object.entries(fleet.aws.calls.byOperation()).filter(([operation]) => !['AssumeRole', 'GetCallerIdentity'].includes(operation)),
    );
  const beside = (calls: Readonly<Record<string, number>>, ...without: string[]) =>
    Object.fromEntries(Object.entries(calls).filter(([operation]) => !without.includes(operation)));
  const inventory = ['ListTargetGroups', 'GetResources'];

  const exportEverywhere = async (names: readonly string[]) => {
    for (const member of [1, 2])
      for (const [i, name] of names.entries()) await fleet.export(member, name, [`10.${member}.${i}.1`, `10.${member}.${i}.2`]);
    for (const [i, name] of names.entries())
      await fleet.exported(name, { 1: [`10.1.${i}.1`, `10.1.${i}.2`], 2: [`10.2.${i}.1`, `10.2.${i}.2`] });
    await workedOff();
  };

  /** Nothing waits in any queue any more; inventories go on being read meanwhile. */
  const workedOff = async () => {
    let quiet = 0;
    await until('the queues are empty', async () => {
      const depth = await Promise.all([1, 2].map(async (member) => fleet.hub?.queues.depth(`member-${member}`) ?? 0));
      quiet = depth.every((d) => d === 0) ? quiet + 1 : 0;
      return quiet > 20 ? undefined : depth.join();
    });
  };

  it('makes at most four calls to create a group that takes 300 ms to be there, polls beyond the first aside', async () => {
    fleet.aws.calls.reset();
    await exportEverywhere(['shop', 'cart']);
    const calls = beside(lattice(), ...inventory);
    const polls = Math.max(0, (calls['GetTargetGroup'] ?? 0) - 4);
    const sum = Object.values(calls).reduce((a, b) => a + b, 0) - polls;
    expect(calls).toMatchObject({ CreateTargetGroup: 4, RegisterTargets: 4 });
    expect(sum / 4).toBeLessThanOrEqual(4);
    expect(fleet.aws.calls.count({ errorCode: 'ConflictException' })).toBe(0);
  });

  it('reads inventory pages and nothing else while nothing happens', async () => {
    await exportEverywhere(['shop', 'cart']);
    fleet.aws.calls.reset();
    await until('three inventories of each account', async () =>
      (lattice()['ListTargetGroups'] ?? 0) >= 6 ? undefined : shown(lattice()),
    );
    expect(beside(lattice(), ...inventory)).toEqual({});
  });

  it('makes one UpdateTargetGroup a group for an edit of the health check, and nothing else', async () => {
    await exportEverywhere(['shop', 'cart']);
    await fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/one'));
    const pathsAre = (path: string) =>
      until(path, async () => ([1, 2].every((m) => fleet.group(m, 'shop')?.healthCheck?.path === path) ? undefined : 'not yet'));
    await pathsAre('/one');
    await workedOff();
    fleet.aws.calls.reset();
    await fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/two'));
    await pathsAre('/two');
    await until('two more inventories', async () => ((lattice()['ListTargetGroups'] ?? 0) >= 4 ? undefined : 'not yet'));
    await workedOff();
    expect(beside(lattice(), ...inventory)).toEqual({ UpdateTargetGroup: 2 });
  });

  it.each([
    ['replaced', ['10.1.0.1', '10.1.0.9'], { RegisterTargets: 1, DeregisterTargets: 1 }],
    ['added', ['10.1.0.1', '10.1.0.2', '10.1.0.3'], { RegisterTargets: 1 }],
    ['gone', ['10.1.0.1'], { DeregisterTargets: 1 }],
  ])('makes no more than one call each way for an endpoint that is %s', async (_, ips, expected) => {
    await exportEverywhere(['shop']);
    fleet.aws.calls.reset();
    await fleet.setPods(1, 'shop', ips);
    await fleet.exported('shop', { 1: ips });
    await until('two more inventories', async () => ((lattice()['ListTargetGroups'] ?? 0) >= 4 ? undefined : 'not yet'));
    await workedOff();
    expect(beside(lattice(), ...inventory)).toEqual(expected);
  });

  it('makes no write when it is started again', async () => {
    await exportEverywhere(['shop', 'cart']);
    await fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/one'));
    await until('the policy', async () =>
      [1, 2].every((m) => fleet.group(m, 'shop')?.healthCheck?.path === '/one') ? undefined : 'not yet',
    );
    await workedOff();
    await fleet.stopHub();
    fleet.aws.calls.reset();
    await fleet.startHub();
    await until('two more inventories', async () => ((lattice()['ListTargetGroups'] ?? 0) >= 4 ? undefined : 'not yet'));
    await workedOff();
    expect(beside(lattice(), ...inventory, 'GetTargetGroup', 'ListTargets')).toEqual({});
    expect(lattice()['GetTargetGroup']).toBe(4);
  });
});
