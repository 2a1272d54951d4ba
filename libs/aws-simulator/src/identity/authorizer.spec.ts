import { describe, expect, it } from '@jest/globals';
import { Authorizer, isAllowed } from './authorizer.js';
import type { Caller } from './caller.js';
import { Roles } from './roles.js';

const caller: Caller = {
  account: '111111111111',
  arn: 'arn:aws:sts::111111111111:assumed-role/lattice-hub/hub',
  userId: 'AROA:hub',
  accessKeyId: 'ASIA',
  role: 'lattice-hub',
  sessionActions: undefined,
  issuedAtMs: 1_000,
};

describe('a list of actions', () => {
  it.each([
    [['vpc-lattice:GetTargetGroup'], 'vpc-lattice:GetTargetGroup', true],
    [['vpc-lattice:Get*'], 'vpc-lattice:GetService', true],
    [['VPC-Lattice:get*'], 'vpc-lattice:GetService', true],
    [['*'], 'tag:GetResources', true],
    [['vpc-lattice:Get'], 'vpc-lattice:GetService', false],
    [['vpc-lattice.*'], 'vpc-lattice:GetService', false],
    [[], 'tag:GetResources', false],
  ])('%j allows %s: %s', (allowed, action, expected) => {
    expect(isAllowed(allowed, action)).toBe(expected);
  });
});

describe('a denial', () => {
  it('names user, action and resource as AWS does', () => {
    const roles = new Roles();
    roles.put('111111111111', 'lattice-hub');
    const check = (action: string, resource?: string) => () => new Authorizer(roles).check(caller, { action, resource });
    expect(check('vpc-lattice:CreateTargetGroup', 'arn:x')).not.toThrow();
    expect(check('vpc-lattice:CreateService', 'arn:x')).toThrow(
      `User: ${caller.arn} is not authorized to perform: vpc-lattice:CreateService on resource: arn:x because no identity-based policy allows the vpc-lattice:CreateService action`,
    );
    expect(check('tag:GetTagKeys')).toThrow(
      `User: ${caller.arn} is not authorized to perform: tag:GetTagKeys because no identity-based policy allows the tag:GetTagKeys action`,
    );
  });

  it('never meets a user', () => {
    expect(new Authorizer(new Roles()).denial({ ...caller, role: undefined }, 'anything:AtAll')).toBeUndefined();
  });

  it.each([
    { issuedAtMs: 1_000, isDenied: true },
    { issuedAtMs: 1_001, isDenied: false },
  ])('meets sessions made up to the revocation: made at $issuedAtMs, denied: $isDenied', ({ issuedAtMs, isDenied }) => {
    const roles = new Roles();
    roles.put('111111111111', 'lattice-hub');
    roles.change('111111111111', 'lattice-hub', { sessionsDeniedUntilMs: 1_000 });
    const denial = new Authorizer(roles).denial({ ...caller, issuedAtMs }, 'vpc-lattice:GetTargetGroup');
    expect(denial).toBe(isDenied ? 'with an explicit deny in an identity-based policy' : undefined);
  });
});
