import { describe, expect, it } from '@jest/globals';
import type { Member } from '@hub/fleet';
import { LatticeError, type AccountSessions } from '@hub/lattice';
import { Accounts } from './accounts.js';

const refused = new LatticeError('notAssumed', 'the role cannot be assumed');
const denied = new LatticeError('denied', 'the role may not do that');
const throttled = new LatticeError('throttled', 'slow down');

describe('how AWS takes the role of a member', () => {
  it.each<{ told: readonly (LatticeError | undefined)[]; heard: readonly string[] }>([
    { told: [undefined], heard: ['ok'] },
    { told: [undefined, undefined], heard: ['ok'] },
    { told: [refused], heard: ['RoleNotAssumed'] },
    { told: [refused, undefined], heard: ['RoleNotAssumed', 'ok, restored'] },
    // It could be had all the time; whether it may do now what it could not is not known.
    { told: [denied, undefined], heard: ['AccessDenied', 'ok'] },
    { told: [refused, denied, undefined], heard: ['RoleNotAssumed', 'AccessDenied', 'ok'] },
    // Neither good nor bad news of the role.
    { told: [refused, throttled], heard: ['RoleNotAssumed'] },
    { told: [undefined, refused, refused, undefined, undefined], heard: ['ok', 'RoleNotAssumed', 'ok, restored'] },
  ])('$told is heard as $heard', ({ told, heard }) => {
    const member = { aws: undefined } as Member;
    const said: string[] = [];
    const accounts = new Accounts(
      {} as AccountSessions,
      () => {
        throw new Error('nobody calls AWS');
      },
      'hub',
      { nowMs: () => 0, wallMs: () => 0 },
      ({ aws }, isRestored) => said.push(`${aws?.ok === false ? aws.reason : 'ok'}${isRestored ? ', restored' : ''}`),
    );
    for (const error of told) accounts.noteStanding(member, error);
    expect(said).toEqual(heard);
  });
});
