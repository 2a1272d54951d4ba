import { describe, expect, it } from '@jest/globals';
import type { Place } from '@hub/model';
import { admitMembers, isReached, type MemberCandidate } from './admit-members.js';

const account = '111111111111';
const hubAccount = '999999999999';

interface Fields {
  readonly createdAtMs?: number;
  readonly clusterName?: string;
  readonly aws?: Partial<MemberCandidate['spec']['aws']>;
  readonly mode?: 'Hub' | 'Delegate';
  /** The UID of the cluster that has joined under this name. */
  readonly joined?: string;
  readonly joinedPlace?: Partial<Place>;
}

function member(name: string, fields: Fields = {}): MemberCandidate {
  const aws = {
    accountId: account,
    region: 'us-west-2',
    vpcId: 'vpc-0123456789abcdef0',
    roleArn: `arn:aws:iam::${account}:role/hub`,
    externalId: 'a-secret-word',
    ...fields.aws,
  };
  const spec: MemberCandidate['spec'] = {
    kubeconfigSecretRef: { name, key: 'kubeconfig' },
    aws,
    mode: fields.mode ?? 'Hub',
    policyScope: 'Fleet',
    paused: false,
    onDetach: 'Keep',
    ...(fields.clusterName !== undefined && { clusterName: fields.clusterName }),
  };
  const place = { accountId: aws.accountId, region: aws.region, vpcId: aws.vpcId, clusterName: fields.clusterName ?? name };
  const joinedAs = fields.joined === undefined ? undefined : { uid: fields.joined, ...place, ...fields.joinedPlace };
  return { name, createdAtMs: fields.createdAtMs ?? 0, spec, joinedAs };
}

function verdict(name: string, members: readonly MemberCandidate[], ownAccount: string | undefined = hubAccount): string {
  const admission = admitMembers(members, ownAccount).get(name);
  if (!admission) return 'not judged';
  return admission.admitted ? 'admitted' : admission.reason;
}

describe('a member by itself', () => {
  const { externalId: _, ...withoutExternalId } = member('a').spec.aws;
  const bare: MemberCandidate = { ...member('a'), spec: { ...member('a').spec, aws: withoutExternalId } };

  it.each<{ of: MemberCandidate; own?: string; is: string; because: string }>([
    { of: member('a'), is: 'admitted', because: 'all is well' },
    { of: member('a', { mode: 'Delegate' }), is: 'NotYetSupported', because: 'Delegate is refused by name' },
    { of: member('hub'), is: 'ReservedName', because: 'the name is taken by the hub cluster' },
    {
      of: member('a', { aws: { roleArn: 'arn:aws:iam::222222222222:role/hub' } }),
      is: 'RoleAccountMismatch',
      because: 'the role is in another account',
    },
    { of: member('a', { aws: { roleArn: 'nonsense' } }), is: 'RoleAccountMismatch', because: 'the role is no role' },
    {
      of: member('a', { aws: { roleArn: `arn:aws-cn:iam::${account}:role/path/hub` } }),
      is: 'admitted',
      because: 'another partition and a path are fine',
    },
    { of: bare, is: 'ExternalIdRequired', because: 'the role is outside of the account of the hub' },
    { of: bare, own: account, is: 'admitted', because: 'the role is in the account of the hub' },
    { of: member('a', { joined: 'uid-a' }), is: 'admitted', because: 'it has joined as what it is' },
    {
      of: member('a', { joined: 'uid-a', joinedPlace: { accountId: '222222222222' } }),
      is: 'ImmutableFieldChanged',
      because: 'its account was another',
    },
    {
      of: member('a', { joined: 'uid-a', joinedPlace: { region: 'eu-west-1' } }),
      is: 'ImmutableFieldChanged',
      because: 'its region was another',
    },
    {
      of: member('a', { joined: 'uid-a', joinedPlace: { vpcId: 'vpc-00000000' } }),
      is: 'ImmutableFieldChanged',
      because: 'its VPC was another',
    },
    {
      of: member('a', { joined: 'uid-a', joinedPlace: { clusterName: 'b' } }),
      is: 'ImmutableFieldChanged',
      because: 'its cluster name was another',
    },
  ])('is $is: $because', ({ of, own, is }) => {
    expect(verdict(of.name, [of], own)).toBe(is);
  });

  it('waits for the account of the hub where it matters, and only there', () => {
    expect(admitMembers([bare], undefined).get('a')).toMatchObject({ admitted: false, reason: 'HubAccountUnknown' });
    expect(admitMembers([member('a')], undefined).get('a')).toMatchObject({ admitted: true });
  });

  it('has the place that its spec names, under its own name where that names none', () => {
    expect(admitMembers([member('a', { clusterName: 'prod' })], hubAccount).get('a')).toMatchObject({
      place: { clusterName: 'prod', accountId: account },
    });
    expect(admitMembers([member('a')], hubAccount).get('a')).toMatchObject({ place: { clusterName: 'a' } });
  });
});

describe('two members', () => {
  const older = member('older', { clusterName: 'prod', createdAtMs: 1 });
  const younger = member('younger', { clusterName: 'prod', createdAtMs: 2 });

  it('of one place: the older one is worked with, and the other is told whose the name is', () => {
    const verdicts = admitMembers([younger, older], hubAccount);
    expect(verdicts.get('older')).toMatchObject({ admitted: true });
    expect(verdicts.get('younger')).toMatchObject({
      reason: 'DuplicateClusterName',
      message: expect.stringContaining('MemberCluster older'),
    });
  });

  it('of one place and one second: the first by name', () => {
    expect(verdict('b', [member('b', { clusterName: 'prod' }), member('a', { clusterName: 'prod' })])).toBe('DuplicateClusterName');
  });

  it.each<[string, Partial<MemberCandidate['spec']['aws']>]>([
    ['account', { accountId: '222222222222', roleArn: 'arn:aws:iam::222222222222:role/hub' }],
    ['region', { region: 'eu-west-1' }],
    ['VPC', { vpcId: 'vpc-00000000' }],
  ])('of one cluster name are two in another %s', (_, aws) => {
    expect(verdict('younger', [older, member('younger', { clusterName: 'prod', aws })])).toBe('admitted');
  });

  it('that are one cluster: the one that joined first is worked with', () => {
    const members = [member('a', { joined: 'uid', createdAtMs: 1 }), member('b', { joined: 'uid', createdAtMs: 2 })];
    expect(verdict('a', members)).toBe('admitted');
    expect(verdict('b', members)).toBe('AlreadyRegistered');
  });

  it('that are not known yet are not taken for one cluster', () => {
    const members = [member('a', { createdAtMs: 1 }), member('b', { createdAtMs: 2 })];
    expect([verdict('a', members), verdict('b', members)]).toEqual(['admitted', 'admitted']);
  });

  it('of one place, one of which has joined: that one stays, whichever object is older', () => {
    const live = member('live', { clusterName: 'prod', createdAtMs: 9, joined: 'uid' });
    expect(verdict('live', [older, live])).toBe('admitted');
    expect(verdict('older', [older, live])).toBe('DuplicateClusterName');
  });

  it('of one place, one of which is refused anyway: the other is worked with', () => {
    expect(verdict('younger', [{ ...older, spec: { ...older.spec, mode: 'Delegate' } }, younger])).toBe('admitted');
  });
});

describe('a policy reaches a member', () => {
  it.each<{ refusal: string | undefined; hasJoined: boolean; is: boolean; because: string }>([
    { refusal: undefined, hasJoined: false, is: true, because: 'that is admitted, and about to be read' },
    { refusal: 'HubAccountUnknown', hasJoined: false, is: true, because: 'whose admission waits for the account of the hub' },
    { refusal: 'ExternalIdRequired', hasJoined: false, is: false, because: 'never before a person has corrected its spec' },
    { refusal: 'RoleAccountMismatch', hasJoined: false, is: false, because: 'never before a person has corrected its spec' },
    { refusal: 'InvalidSpec', hasJoined: false, is: false, because: 'never before a person has corrected its spec' },
    { refusal: 'ExternalIdRequired', hasJoined: true, is: true, because: 'whose groups are there, though a mistake stops it' },
    { refusal: 'RoleAccountMismatch', hasJoined: true, is: true, because: 'whose groups are there, though a mistake stops it' },
    { refusal: 'ImmutableFieldChanged', hasJoined: true, is: true, because: 'whose groups are there, though a mistake stops it' },
    { refusal: 'InvalidSpec', hasJoined: true, is: true, because: 'whose groups are there, though a mistake stops it' },
    { refusal: 'NotYetSupported', hasJoined: false, is: false, because: 'never where another writes the groups' },
    { refusal: 'NotYetSupported', hasJoined: true, is: false, because: 'no more where another writes the groups' },
    { refusal: 'ReservedName', hasJoined: false, is: false, because: 'never under the name of the hub cluster' },
    { refusal: 'AlreadyRegistered', hasJoined: false, is: false, because: 'by one name alone' },
    { refusal: 'AlreadyRegistered', hasJoined: true, is: false, because: 'by one name alone' },
    { refusal: 'DuplicateClusterName', hasJoined: false, is: false, because: 'never where the place is another’s' },
  ])('$because: $refusal, joined $hasJoined', ({ refusal, hasJoined, is }) => {
    const admission = refusal === undefined ? undefined : ({ admitted: false, reason: refusal, message: '' } as const);
    expect(isReached(admission, hasJoined)).toBe(is);
  });
});
