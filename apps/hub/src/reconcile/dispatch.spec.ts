import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Member } from '@hub/fleet';
import type { TargetGroupKey } from '@hub/model';
import { createLogger } from '@hub/telemetry';
import { Dispatch } from './dispatch.js';

const membersOfAccount = 10;
const accountOf = (cluster: string) => `account-${Math.floor((Number(cluster.slice('member-'.length)) - 1) / membersOfAccount)}`;

/** A fleet of members of ten to an account, in which every change concerns one request of each. */
class Dispatched {
  readonly added: string[] = [];
  readonly dispatch: Dispatch;

  constructor(members: number, add: (cluster: string) => Promise<void> = async () => undefined) {
    const keys = Array.from({ length: members }, (_, i): TargetGroupKey => {
      return { cluster: `member-${i + 1}`, namespace: 'default', name: 'shop', slot: '80' };
    });
    const none = () => [];
    this.dispatch = new Dispatch({
      fleet: { member: (name) => ({ record: { spec: { aws: { accountId: accountOf(name) } } } }) as unknown as Member },
      queues: {
        add: async (cluster, requests) => {
          for (const request of requests) this.added.push(`${cluster} ${request}`);
          await add(cluster);
        },
      },
      requests: { clusters: none, slots: none, exportsOfService: none, all: none, awaiting: () => keys },
      logger: createLogger('silent'),
    });
  }

  async wait(): Promise<this> {
    this.dispatch.changed({ kind: 'policiesKnown', origin: 'hub' });
    for (let i = 0; i < 1000; i++) await turn();
    return this;
  }
}

const firstOf = (added: readonly string[], account: string) => added.findIndex((one) => accountOf(one.split(' ')[0] ?? '') === account);

describe('a change', () => {
  it('of one cluster is added at once', () => {
    const { added, dispatch } = new Dispatched(1);
    dispatch.changed({ kind: 'policiesKnown', origin: 'hub' });
    expect(added).toEqual(['member-1 default/shop/80']);
  });

  it('of many clusters is added to each of them, once', async () => {
    const { added } = await new Dispatched(500).wait();
    expect(added.toSorted()).toEqual(Array.from({ length: 500 }, (_, i) => `member-${i + 1} default/shop/80`).toSorted());
  });

  it('of many clusters is added to a first one of each account, before most have their second', async () => {
    const { added } = await new Dispatched(500).wait();
    const firsts = Array.from({ length: 50 }, (_, i) => firstOf(added, `account-${i}`));
    expect(Math.max(...firsts)).toBeLessThan(100);
  });

  it('is added to the others where one of the queues does not take it', async () => {
    const refuse = (cluster: string) => (cluster === 'member-3' ? Promise.reject(new Error('Redis is away')) : Promise.resolve());
    const { added } = await new Dispatched(40, refuse).wait();
    expect(added).toHaveLength(40);
  });
});
