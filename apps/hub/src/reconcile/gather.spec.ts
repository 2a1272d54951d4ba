import { describe, expect, it } from '@jest/globals';
import { hubTags } from '@hub/api';
import type { Fleet, Member } from '@hub/fleet';
import { TargetGroups } from '@hub/lattice';
import type { EffectivePolicy, ObservedTargetGroup, Policy, TargetGroupKey } from '@hub/model';
import type { Accounts, MemberAccount } from './accounts.js';
import { AwaitedPolicies } from './awaited-policies.js';
import { gather, type FactSources } from './gather.js';

const key: TargetGroupKey = { cluster: 'prod', namespace: 'shop', name: 'web', slot: '80' };

function groupOf(trace: string): ObservedTargetGroup {
  return {
    arn: trace,
    name: trace,
    status: 'ACTIVE',
    serviceArns: [],
    port: 80,
    protocol: 'HTTP',
    ipFamily: 'IPV4',
    vpcId: 'vpc-1',
    healthCheck: { enabled: true },
    tags: { [hubTags.policy]: trace },
  };
}

const unknown: EffectivePolicy = { kind: 'unknown', message: 'the member was never read' };
const ofC: Policy = {
  origin: { tier: 'member', cluster: 'c' },
  namespace: 'shop',
  name: 'p',
  uid: 'uid',
  generation: 2,
  createdAtMs: 0,
  target: { kind: 'ServiceExport', name: 'web' },
  settings: { valid: false, message: 'spoilt' },
};
const invalid: EffectivePolicy = { kind: 'invalid', policy: ofC, message: 'spoilt' };

/** The group to go by, where the export has none of its own and these siblings elsewhere; what b says was never read. */
async function sibling(siblings: readonly string[], otherwise: EffectivePolicy): Promise<string | undefined> {
  const effective = ({ traces }: { readonly traces: readonly string[] }) => (traces.includes('b/uid') ? unknown : otherwise);
  const sources = {
    fleet: {
      memberFacts: () => ({ place: {} }),
      exportKnowledge: () => ({ kind: 'unread' }),
      policies: { effective },
    } as unknown as Fleet,
    accounts: { tracedGroups: () => siblings.map(groupOf) } as unknown as Accounts,
    ledgers: undefined as never,
    awaited: new AwaitedPolicies(),
    hubId: 'hub',
    confirmationMs: 60_000,
    nowMs: () => 0,
  } satisfies FactSources;
  const account = { groups: new TargetGroups('this-hub', { nowMs: () => 0, wallMs: () => 0 }) } as unknown as MemberAccount;
  const member = { serviceOf: () => 'web' } as unknown as Member;
  const facts = await gather(key, member, account, sources, { freshSinceMs: 0, isContested: false, withLedger: false });
  return facts?.sibling?.arn;
}

describe('the sibling that a new group goes by', () => {
  it.each<{ siblings: readonly string[]; otherwise: EffectivePolicy; model: string | undefined; because: string }>([
    { siblings: ['a/uid', 'b/uid'], otherwise: { kind: 'none' }, model: 'b/uid', because: 'its policy is the one that was never read' },
    { siblings: ['a/uid'], otherwise: { kind: 'none' }, model: undefined, because: 'every policy is known' },
    { siblings: ['a/uid', 'c/uid'], otherwise: invalid, model: 'c/uid', because: 'its policy is the one that can’t be followed' },
    { siblings: ['a/uid'], otherwise: invalid, model: undefined, because: 'another policy made it' },
    { siblings: [], otherwise: unknown, model: undefined, because: 'there is none' },
  ])('of $siblings is $model: $because', async ({ siblings, otherwise, model }) => {
    expect(await sibling(siblings, otherwise)).toBe(model);
  });
});
