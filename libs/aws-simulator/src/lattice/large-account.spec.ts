import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion, testAccount, testRegion } from '../testing/simulated-region.js';

const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;

/** An account with many groups, in which every look at a group is counted. */
class WatchedRegion extends SimulatedRegion {
  #looks = 0;
  #serial = 0;

  constructor(count: number) {
    super({ createDelayMs: 0, quotas: { targetGroupsPerRegion: 1_000_000 } });
    for (let index = 0; index < count; index += 1) this.create();
    for (const group of this.state.region(testAccount, testRegion).targetGroups.all()) this.#watch(group);
  }

  create(): string {
    this.#serial += 1;
    return this.call('CreateTargetGroup', { name: `group-${this.#serial}`, type: 'IP', config }).id ?? '';
  }

  /** How many looks at groups an action takes, once it has been done before. */
  looks(action: (region: WatchedRegion) => unknown): number {
    action(this);
    this.#looks = 0;
    action(this);
    return this.#looks;
  }

  #watch(group: object): void {
    for (const [name, value] of Object.entries(group)) {
      const get = () => {
        this.#looks += 1;
        return value;
      };
      Object.defineProperty(group, name, { get });
    }
  }
}

describe('an account with many groups', () => {
  const few = new WatchedRegion(100);
  const many = new WatchedRegion(10_000);

  it.each([
    { words: 'a page of a list', action: (region: WatchedRegion) => region.call('ListTargetGroups', { maxResults: 10 }) },
    {
      words: 'a page of a list by VPC and type',
      action: (region: WatchedRegion) =>
        region.call('ListTargetGroups', { maxResults: 10, vpcIdentifier: config.vpcIdentifier, targetGroupType: 'IP' }),
    },
    {
      words: 'a create and the page after it',
      action: (region: WatchedRegion) => [region.create(), region.call('ListTargetGroups', { maxResults: 10 })],
    },
    {
      words: 'a delete and the page after it',
      action: (region: WatchedRegion) => {
        region.call('DeleteTargetGroup', { targetGroupIdentifier: region.create() });
        region.advance(300);
        region.call('ListTargetGroups', { maxResults: 10 });
      },
    },
    {
      words: 'a listener that forwards to a group',
      action: (region: WatchedRegion) => region.forwarding([region.create()], `service-${region.create().slice(-6)}`),
    },
  ])('looks at as many of them for $words as a small one', ({ action }) => {
    expect(many.looks(action)).toBeLessThan(few.looks(action) + 100);
  });
});
