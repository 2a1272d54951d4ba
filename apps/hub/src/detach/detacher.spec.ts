import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Member } from '@hub/fleet';
import { LatticeError } from '@hub/lattice';
import { createLogger } from '@hub/telemetry';
import { Detacher, type DetacherDeps } from './detacher.js';

/** A member that is to be detached with Remove, as one holding of it has it. */
function held(number: number): Member {
  const aws = { accountId: '111111111111', region: 'us-west-2', vpcId: 'vpc-1', roleArn: 'arn:aws:iam::111111111111:role/hub' };
  const joinedAs = { ...aws, clusterName: 'prod', uid: 'cluster-uid' };
  return { name: 'prod', holding: { number }, record: { name: 'prod', spec: { aws, onDetach: 'Remove' }, joinedAs } } as unknown as Member;
}

describe('a detach of a member that changes hands', () => {
  const first = held(1);
  const again = held(3);
  let current: Member | undefined;
  let tried: number[];
  let detacher: Detacher;
  const stop = new AbortController();
  const pass = async () => {
    for (let i = 0; i < 20; i++) await setImmediate();
  };

  beforeEach(() => {
    tried = [];
    current = first;
    detacher = new Detacher({
      fleet: { member: () => current, hub: { session: { serves: async () => true } } },
      accounts: {
        of: async (member: Member) => {
          tried.push(member.holding.number);
          throw new LatticeError('fenced', 'the Lease is gone');
        },
      },
      logger: createLogger('silent'),
      quiesce: async () => undefined,
      nowMs: () => 0,
      limitMs: 60_000,
    } as unknown as DetacherDeps);
  });

  afterEach(() => {
    stop.abort();
  });

  it('begins anew with the holding that comes, and is not the former one’s any more', async () => {
    detacher.begin(first, stop.signal);
    await pass();
    expect(tried).toEqual([1]);
    detacher.begin(first, stop.signal);
    await pass();
    expect(tried).toEqual([1]);
    current = again;
    detacher.begin(again, stop.signal);
    await pass();
    expect(tried).toEqual([1, 3]);
  });

  it('does not begin where another replica holds the member by then', async () => {
    current = undefined;
    detacher.begin(first, stop.signal);
    await pass();
    expect(tried).toEqual([]);
  });
});
