import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion, testAccount, testRegion } from '../testing/simulated-region.js';
import { regionView } from './region-view.js';
import { loadState, saveState } from './saved-state.js';

function full(): SimulatedRegion {
  const region = new SimulatedRegion({ createDelayMs: 0, drainMs: 5_000 });
  const id = region.activeGroup('group', { tags: { a: 'b' }, clientToken: 'token' });
  region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [{ id: '10.0.0.1' }, { id: '10.0.0.2' }] });
  region.forwarding([id]);
  region.advance(1_000);
  region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [{ id: '10.0.0.2' }] });
  return region;
}

describe('a saved state', () => {
  it('is plain JSON and brings everything back', () => {
    const before = full();
    const saved = saveState(before.state);
    const after = new SimulatedRegion();
    loadState(after.state, JSON.parse(JSON.stringify(saved)));
    expect(regionView(after.state, testAccount, testRegion)).toEqual(regionView(before.state, testAccount, testRegion));
    expect(after.state.settings).toEqual(before.state.settings);
    expect(after.state.clock.nowMs()).toBe(before.state.clock.nowMs());
  });

  it('goes on living where it was: drains end, client tokens and page tokens are known', () => {
    const before = full();
    before.call('CreateTargetGroup', { name: 'other', type: 'LAMBDA' });
    const { nextToken } = before.call('ListTargetGroups', { maxResults: 1 });
    const after = new SimulatedRegion();
    loadState(after.state, saveState(before.state));
    const request = {
      name: 'group',
      type: 'IP',
      config: { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' },
      tags: { a: 'b' },
      clientToken: 'token',
    } as const;
    const { id = '' } = after.call('CreateTargetGroup', request);
    expect(after.call('ListTargets', { targetGroupIdentifier: id }).items?.map((target) => target.status)).toEqual(['HEALTHY', 'DRAINING']);
    after.advance(5_000);
    expect(after.call('ListTargets', { targetGroupIdentifier: id }).items).toHaveLength(1);
    expect(after.call('ListTargetGroups', { nextToken }).items).toHaveLength(1);
    expect(
      after.call('ListTagsForResource', { resourceArn: after.call('GetTargetGroup', { targetGroupIdentifier: id }).arn ?? '' }).tags,
    ).toEqual({ a: 'b' });
  });

  it('knows which rules use a group: one that turns to another releases it', () => {
    const before = full();
    const after = new SimulatedRegion();
    loadState(after.state, JSON.parse(JSON.stringify(saveState(before.state))));
    const { id: serviceIdentifier = '' } = after.call('ListServices', {}).items?.[0] ?? {};
    const { id: listenerIdentifier = '' } = after.call('ListListeners', { serviceIdentifier }).items[0] ?? {};
    const serviceArns = () => after.call('ListTargetGroups', {}).items?.[0]?.serviceArns;
    expect(serviceArns()).toHaveLength(1);
    after.call('UpdateListener', { serviceIdentifier, listenerIdentifier, defaultAction: { fixedResponse: { statusCode: 404 } } });
    expect(serviceArns()).toEqual([]);
  });

  it.each([undefined, null, 3, {}, { version: 2 }, { version: 1, clockMs: 1 }, { version: 1, clockMs: 1, settings: {} }])(
    'is not this: %j',
    (value) => {
      expect(() => loadState(new SimulatedRegion().state, value)).toThrow('this is not a saved state');
    },
  );

  it.each([
    { words: 'a region that is empty', edit: { regions: [{}] }, problem: 'regions[0].account must be an account id of twelve digits' },
    { words: 'an account that can not be', edit: { accounts: ['12'] }, problem: 'accounts[0] must be an account id of twelve digits' },
    { words: 'a role without a name', edit: { roles: [{ account: testAccount }] }, problem: 'roles[0].name must be a text' },
    { words: 'a session of nobody', edit: { sessions: [{ accessKeyId: 'ASIA' }] }, problem: 'sessions[0].secretAccessKey must be a text' },
    {
      words: 'a clock past all dates',
      edit: { clockMs: 1e300 },
      problem: 'clockMs must be milliseconds since the epoch, up to the year 9999',
    },
    { words: 'no key for page tokens', edit: { pageTokenKey: 'x' }, problem: 'pageTokenKey must be 32 bytes in base64' },
    { words: 'a setting that does not exist', edit: { settings: { speed: 1 } }, problem: 'there is no setting "speed"' },
  ])('that has $words is refused with its place, and nothing has changed', ({ edit, problem }) => {
    const region = full();
    const before = saveState(region.state);
    expect(() => loadState(region.state, { ...before, ...edit })).toThrow(problem);
    expect(saveState(region.state)).toEqual(before);
  });

  it.each([
    {
      from: '"healthCheckIntervalSeconds":30',
      to: '"healthCheckIntervalSeconds":"x"',
      problem: 'healthCheck.healthCheckIntervalSeconds must be',
    },
    { from: '"activeAtMs":', to: '"activeAt":', problem: 'regions[0].targetGroups[0].lifecycle.activeAtMs must be' },
    { from: '"verdict":', to: '"verdicts":', problem: 'regions[0].targetGroups[0].targets["10.0.0.1|80"].verdict must be a text' },
    { from: '"protocol":"HTTP","port":80', to: '"protocol":"HTTP"', problem: 'regions[0].services[0].listeners["' },
    { from: '"wasTagged":true', to: '"wasTagged":1', problem: 'regions[0].tagIndex[0][1].wasTagged must be true or false' },
  ])('with $to for $from inside is refused with its place', ({ from, to, problem }) => {
    const region = full();
    const text = JSON.stringify(saveState(region.state));
    const edited: unknown = JSON.parse(text.replaceAll(from, to));
    expect(JSON.stringify(edited)).not.toBe(text);
    expect(() => loadState(region.state, edited)).toThrow(problem);
  });
});
