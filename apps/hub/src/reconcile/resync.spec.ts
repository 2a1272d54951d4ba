import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Fleet, Member } from '@hub/fleet';
import { LatticeError } from '@hub/lattice';
import { createLogger } from '@hub/telemetry';
import type { Accounts } from './accounts.js';
import { Resync } from './resync.js';

type Refresh = (member: Member) => ReturnType<Accounts['refresh']>;

function member(name: string, accountId: string): Member {
  return { name, aws: { ok: true }, record: { spec: { aws: { accountId, region: 'us-west-2' } } } } as unknown as Member;
}

describe('the inventories of many accounts', () => {
  let resync: Resync | undefined;
  afterEach(() => resync?.stop());

  /** Reads the inventories of some members, and notes whose role read them. */
  function begin(members: readonly Member[], refresh: Refresh): readonly string[] {
    const read: string[] = [];
    resync = new Resync({
      fleet: { heldMembers: () => members, placeOf: () => undefined } as unknown as Fleet,
      accounts: {
        refresh: (each: Member) => {
          read.push(each.name);
          return refresh(each);
        },
      } as unknown as Accounts,
      requests: { all: () => [], requestOf: () => undefined } as never,
      logger: createLogger('silent'),
      add: () => undefined,
      passes: () => Promise.resolve(true),
      inventoryRead: () => undefined,
      random: () => 0.5,
      nowMs: () => performance.now(),
      inventoryMs: 40,
      resyncMs: 60_000,
      auditMs: 60_000,
    });
    resync.start();
    return read;
  }
  const until = async (holds: () => boolean) => {
    while (!holds()) await sleep(5);
  };
  const countOf = (read: readonly string[], name: string) => read.filter((each) => each === name).length;

  it('are read once for all members of an account, again and again', async () => {
    const read = begin([member('a', '1'), member('b', '1'), member('c', '2')], async () => []);
    await until(() => countOf(read, 'c') >= 3 && countOf(read, 'a') >= 3);
    expect(countOf(read, 'b')).toBe(0);
  });

  it('are read with the role of another member where one is refused', async () => {
    const read = begin([member('a', '1'), member('b', '1')], ({ name }) =>
      name === 'a' ? Promise.reject(new LatticeError('denied', 'no')) : Promise.resolve([]),
    );
    await until(() => countOf(read, 'b') >= 2);
    expect(read.slice(0, 4)).toEqual(['a', 'b', 'a', 'b']);
  });

  it('do not wait for an account that does not answer, which is not asked twice at once', async () => {
    let answer = (): void => undefined;
    const hanging = new Promise<[]>((resolve) => (answer = () => resolve([])));
    const read = begin([member('silent', '1'), member('other', '2')], ({ name }) => (name === 'silent' ? hanging : Promise.resolve([])));
    await until(() => countOf(read, 'other') >= 4);
    expect(countOf(read, 'silent')).toBe(1);
    answer();
    await until(() => countOf(read, 'silent') >= 2);
  });
});
