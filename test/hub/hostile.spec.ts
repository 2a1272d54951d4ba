import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Lie } from '../fixtures/liar.js';
import { Liar } from '../fixtures/liar.js';
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

describe('a member that answers what no API server answers', () => {
  let fleet: TestFleet;
  let liar: Liar;
  let lastByte = 1;

  beforeAll(async () => {
    fleet = await TestFleet.start({ members: 2, env: { MEMBER_OBJECTS_MOST: '2000' } });
    await fleet.startHub();
    liar = await Liar.before(await fleet.kubeconfigOf(1));
    const place = fleet.placeOf(1);
    const aws = { ...place, roleArn: fleet.aws.roleArn(place.accountId), externalId: fleet.aws.externalId };
    await fleet.call('POST', '/api/v1/clusters', { name: 'member-1', kubeconfig: liar.kubeconfig, aws });
    await fleet.stateIs(1, 'Synced');
    await fleet.register(2);
    for (const member of [1, 2]) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    await fleet.exported('shop', { 1: ['10.1.0.1'], 2: ['10.2.0.1'] });
  }, 60_000);

  afterAll(async () => {
    await liar.stop();
    await fleet.stop();
  });

  const slices =
    (lie: ReturnType<Lie>): Lie =>
    (question) =>
      question.plural === 'endpointslices' && !question.isWatch ? lie : undefined;
  const watchedSlices =
    (lie: ReturnType<Lie>): Lie =>
    (question) =>
      question.plural === 'endpointslices' && question.isWatch ? lie : undefined;
  const json = (body: string) => (answer: Parameters<NonNullable<ReturnType<Lie>>>[0]) => {
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end(body);
  };
  const list = (items: readonly unknown[], next?: string) =>
    JSON.stringify({
      kind: 'EndpointSliceList',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { resourceVersion: '1000000', ...(next !== undefined && { continue: next }) },
      items,
    });
  const named = (from: number) =>
    Array.from({ length: 500 }, (_, i) => ({ metadata: { name: `s-${from}-${i}`, namespace: 'default', resourceVersion: '7' } }));
  const hugeText = (mebibytes: number) => 'x'.repeat(mebibytes * 2 ** 20);

  it.each<[string, Lie, string]>([
    ['words that are no JSON', slices(json('}{ this is not JSON')), 'MalformedAnswer'],
    ['a page that is no list', slices(json('[1, 2, 3]')), 'MalformedAnswer'],
    ['a list of what are no objects', slices(json(list([null, 7, 'text', { metadata: 5 }]))), 'MalformedAnswer'],
    [
      'a list without an end',
      ({ plural, isWatch, from }) =>
        plural === 'endpointslices' && !isWatch ? json(list(named(Number(from)), `${Number(from) + 1}`)) : undefined,
      'TooMany',
    ],
    [
      'a list without an end that has nothing in it',
      ({ plural, isWatch, from }) => (plural === 'endpointslices' && !isWatch ? json(list([], `${Number(from) + 1}`)) : undefined),
      'MalformedAnswer',
    ],
    [
      'an object of 130 MiB',
      slices(json(list([{ metadata: { name: 'huge', namespace: 'default', annotations: { huge: hugeText(130) } } }]))),
      'MalformedAnswer',
    ],
    ['events that are no JSON', watchedSlices(json('}{\n'.repeat(1000))), 'MalformedAnswer'],
    [
      'an event of 20 MiB',
      watchedSlices(json(`{"type":"MODIFIED","object":{"metadata":{"name":"${hugeText(20)}"}}}\n`)),
      'MalformedAnswer',
    ],
  ])(
    'that are %s: is flagged, loses nothing, and holds up nobody',
    async (_, lie, reason) => {
      const before = fleet.taken();
      liar.tell(lie);
      await until('it is flagged', async () => {
        const condition = await fleet.condition(1, 'Synced');
        return condition?.status === 'False' && condition.reason === reason ? undefined : shown(condition);
      });
      expect(await (await fetch(`${fleet.door?.url}/metrics`)).text()).toContain(
        'lattice_hub_member_state{cluster="member-1",state="Synced"} 0',
      );
      expect(fleet.targets(1, 'shop')).toEqual([`10.1.0.${lastByte}`]);
      expect(fleet.taken()).toEqual(before);
      lastByte++;
      await fleet.setPods(2, 'shop', [`10.2.0.${lastByte}`]);
      await fleet.exported('shop', { 2: [`10.2.0.${lastByte}`] });
      liar.tell(() => undefined);
      await fleet.setPods(1, 'shop', [`10.1.0.${lastByte}`]);
      await fleet.exported('shop', { 1: [`10.1.0.${lastByte}`] });
      await fleet.stateIs(1, 'Synced');
    },
    60_000,
  );
});
