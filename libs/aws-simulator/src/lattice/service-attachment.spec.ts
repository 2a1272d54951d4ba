import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion, testAccount, testRegion } from '../testing/simulated-region.js';
import { latticeContext } from './lattice-service.js';
import { attachService, detachService } from './service-attachment.js';

function context(region: SimulatedRegion) {
  return latticeContext(region.state, {
    caller: { account: testAccount, arn: 'arn:aws:iam::111111111111:user/other' },
    region: testRegion,
    faults: {},
  });
}

describe('a service that is attached by hand', () => {
  it.each(['HTTP', 'TCP'] as const)('uses a %s group until it is detached, and leaves nothing behind', (protocol) => {
    const region = new SimulatedRegion();
    const id = region.activeGroup('group', { config: { port: 80, protocol, vpcIdentifier: 'vpc-12345678' } });
    const arn = attachService(context(region), id);
    expect(region.call('GetTargetGroup', { targetGroupIdentifier: id }).serviceArns).toEqual([arn]);
    detachService(context(region), id);
    expect(region.call('GetTargetGroup', { targetGroupIdentifier: id }).serviceArns).toEqual([]);
    expect(region.call('ListServices', {}).items).toEqual([]);
  });

  it('is refused where the group is in use already', () => {
    const region = new SimulatedRegion();
    const id = region.activeGroup();
    attachService(context(region), id);
    expect(() => attachService(context(region), id)).toThrow('is used by a service already');
  });

  it('is detached from services of other people too, whose rules keep their other groups', () => {
    const region = new SimulatedRegion();
    const groups = [region.activeGroup('first'), region.activeGroup('second')];
    const { service, listener } = region.forwarding(groups);
    detachService(context(region), groups[0] ?? '');
    const action = region.call('GetListener', { serviceIdentifier: service, listenerIdentifier: listener }).defaultAction;
    expect(action?.forward?.targetGroups).toEqual([{ targetGroupIdentifier: groups[1], weight: 1 }]);
    detachService(context(region), groups[1] ?? '');
    expect(region.call('GetListener', { serviceIdentifier: service, listenerIdentifier: listener }).defaultAction).toEqual({
      fixedResponse: { statusCode: 404 },
    });
  });
});
