import { describe, expect, it } from '@jest/globals';
import { wrongCallers, type Call } from './callers.js';

const members = [
  { name: 'member-1', accountId: '111111111111', role: 'role-1' },
  { name: 'member-2', accountId: '111111111111', role: 'role-2' },
];
const right: Call = {
  service: 'vpc-lattice',
  operation: 'RegisterTargets',
  account: '111111111111',
  callerArn: 'arn:aws:sts::111111111111:assumed-role/role-1/lattice-hub-x',
  userAgent: 'aws-sdk-js/3 cluster/member-1 fence/member-1.7',
};

describe('a call', () => {
  it.each<[string, Partial<Call>, readonly string[]]>([
    ['is right in the account and by the role of its member', {}, []],
    ['is wrong in another account', { account: '222222222222' }, ['RegisterTargets for member-1 was made in account 222222222222']],
    [
      'is wrong by the role of another member of the same account',
      { callerArn: 'arn:aws:sts::111111111111:assumed-role/role-2/lattice-hub-x' },
      ['RegisterTargets for member-1 was made by arn:aws:sts::111111111111:assumed-role/role-2/lattice-hub-x'],
    ],
    [
      'is wrong by the credentials of the hub itself',
      { callerArn: 'arn:aws:iam::111111111111:user/hub' },
      ['RegisterTargets for member-1 was made by arn:aws:iam::111111111111:user/hub'],
    ],
    [
      'is right so where a role is assumed',
      { service: 'sts', callerArn: 'arn:aws:iam::111111111111:user/hub', userAgent: 'aws-sdk-js/3' },
      [],
    ],
    [
      'is wrong for nobody',
      { userAgent: 'aws-sdk-js/3' },
      ['RegisterTargets was made for nobody, by arn:aws:sts::111111111111:assumed-role/role-1/lattice-hub-x'],
    ],
    ['is nothing where AWS does not know the caller', { account: '', callerArn: '' }, []],
  ])('%s', (_, call, wrong) => {
    expect(wrongCallers([{ ...right, ...call }], members)).toEqual(wrong);
  });
});
