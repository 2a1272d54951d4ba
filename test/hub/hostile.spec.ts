import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportManifests, shown, TestFleet } from '../fixtures/test-fleet.js';
import { until } from '../fixtures/until.js';

describe('a member that says too much', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start({ members: 2, env: { MEMBER_EVENTS_PER_SECOND: '40', MEMBER_OBJECTS_MOST: '50' } });
    await fleet.startHub();
    await fleet.registerAll();
    for (const member of [1, 2]) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    await fleet.exported('shop', { 1: ['10.1.0.1'], 2: ['10.2.0.1'] });
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  const withinLimits = async (reason: string) =>
    until(`the limits are ${reason}`, async () => {
      const condition = await fleet.condition(1, 'WithinLimits');
      return condition?.reason === reason ? undefined : shown(condition);
    });

  it('is followed at a pace when it sends events without end, says so, and holds up nobody', async () => {
    // Three times what is taken in at once; a slow machine sends it in less time than the rest takes to be let through.
    for (let i = 0; i < 1200; i++) {
      await fleet.setPods(1, 'shop', [`10.1.${1 + (i % 200)}.1`]);
      // The hub is in this process too, and answers pings meanwhile.
      if (i % 20 === 0) await turn();
    }
    await fleet.setPods(1, 'shop', ['10.1.0.9']);
    await withinLimits('TooManyEvents');
    await fleet.setPods(2, 'shop', ['10.2.0.2']);
    await fleet.exported('shop', { 2: ['10.2.0.2'] });
    const text = await (await fetch(`${fleet.door?.url}/metrics`)).text();
    expect(text).toContain('lattice_hub_member_throttled_kinds{cluster="member-1"} 1');
    // None of it is lost.
    await until(
      'the last word is heard',
      async () => {
        const targets = fleet.targets(1, 'shop').join();
        return targets === '10.1.0.9' ? undefined : targets;
      },
      60_000,
    );
  }, 120_000);

  it('is not followed any more when it has more than is taken in, loses nothing, and is taken up again', async () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      exportManifests('default', `service-${i}`, []).find(({ kind }) => kind === 'Service'),
    );
    for (const service of many) if (service) await fleet.member(1).objects.apply(service);
    await withinLimits('TooMany');
    expect((await fleet.condition(1, 'Synced'))?.message).toContain('more than 50 of Service');
    await fleet.setPods(2, 'shop', ['10.2.0.3']);
    await fleet.exported('shop', { 2: ['10.2.0.3'] });
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.9']);
    for (const service of many) if (service) await fleet.member(1).objects.delete({ ...service, ...service.metadata });
    fleet.member(1).simulator.cutConnections();
    await fleet.stateIs(1, 'Synced');
    await withinLimits('WithinLimits');
    await fleet.setPods(1, 'shop', ['10.1.0.10']);
    await fleet.exported('shop', { 1: ['10.1.0.10'] });
  }, 120_000);
});
