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

  it.each([undefined, null, 3, {}, { version: 2 }, { version: 1, clockMs: 1 }])('is not this: %j', (value) => {
    expect(() => loadState(new SimulatedRegion().state, value)).toThrow('this is not a saved state');
  });
});
