import { describe, expect, it } from '@jest/globals';
import type { Caller } from '../identity/caller.js';
import type { RoleOptions } from '../identity/roles.js';
import type { StsOperations } from '../models/sts.generated.js';
import { AwsError } from '../protocol/aws-error.js';
import { SimulatedRegion, testAccount } from '../testing/simulated-region.js';
import { assumeRole, assumeRoleWithWebIdentity } from './assume-role.js';

const roleArn = 'arn:aws:iam::222222222222:role/member';
const user: Caller = {
  account: testAccount,
  arn: `arn:aws:iam::${testAccount}:user/sandbox`,
  userId: 'AIDA',
  accessKeyId: 'AKIA',
  role: undefined,
  sessionActions: undefined,
  issuedAtMs: 0,
};

type Input = Partial<StsOperations['AssumeRole']['input']>;

function withRole(options: RoleOptions = {}): SimulatedRegion {
  const region = new SimulatedRegion();
  region.state.roles.put('222222222222', 'member', { externalId: 'agreed', ...options });
  return region;
}

function assume(region: SimulatedRegion, input: Input = {}, caller: Caller = user): StsOperations['AssumeRole']['output'] {
  return assumeRole(
    region.state,
    caller,
    { RoleArn: roleArn, RoleSessionName: 'hub', ExternalId: 'agreed', ...input },
    region.state.clock.nowMs(),
  );
}

function refusal(action: () => object): { readonly code: string; readonly message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: '', message: '' };
}

describe('AssumeRole', () => {
  it('gives credentials of the account of the role, for an hour where nothing is said', () => {
    const region = withRole();
    const { Credentials: credentials, AssumedRoleUser: assumed } = assume(region);
    expect(assumed?.Arn).toBe('arn:aws:sts::222222222222:assumed-role/member/hub');
    expect(credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(Number(credentials?.Expiration) - region.state.clock.nowMs()).toBe(3_600_000);
    expect(region.state.sessions.byAccessKey(credentials?.AccessKeyId ?? '')?.caller.account).toBe('222222222222');
  });

  it.each([
    { words: 'the external id is wrong', options: {}, input: { ExternalId: 'other' } },
    { words: 'the external id is missing', options: {}, input: { ExternalId: undefined } },
    { words: 'the role is not there', options: {}, input: { RoleArn: 'arn:aws:iam::222222222222:role/nobody' } },
    { words: 'the account is not there', options: {}, input: { RoleArn: 'arn:aws:iam::333333333333:role/member' } },
    { words: 'the account of the caller is not trusted', options: { trustedAccounts: ['222222222222'] }, input: {} },
    {
      words: 'another principal is trusted',
      options: { trustedAccounts: [], trustedPrincipals: ['arn:aws:iam::111111111111:user/else'] },
      input: {},
    },
  ])('answers one and the same AccessDenied where $words', ({ options, input }) => {
    const given: Input = input;
    expect(refusal(() => assume(withRole(options), given))).toEqual({
      code: 'AccessDenied',
      message: `User: ${user.arn} is not authorized to perform: sts:AssumeRole on resource: ${given.RoleArn ?? roleArn}`,
    });
  });

  it('lets single principals in', () => {
    expect(assume(withRole({ trustedAccounts: [], trustedPrincipals: [user.arn] })).AssumedRoleUser?.Arn).toContain('member/hub');
  });

  it('asks for no external id where the role has none', () => {
    expect(assume(withRole({ externalId: null }), { ExternalId: undefined }).AssumedRoleUser?.Arn).toContain('member/hub');
  });

  it.each([
    {
      seconds: 7_200,
      max: 3_600,
      isChained: false,
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    },
    {
      seconds: 3_601,
      max: 43_200,
      isChained: true,
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    },
  ])('refuses $seconds s under a maximum of $max s, chained: $isChained', ({ seconds, max, isChained, message }) => {
    const region = withRole({ maxSessionDurationSeconds: max });
    region.state.roles.put(testAccount, 'hub', { allowedActions: ['sts:AssumeRole'] });
    const caller = isChained ? { ...user, role: 'hub' } : user;
    expect(refusal(() => assume(region, { DurationSeconds: seconds }, caller))).toEqual({ code: 'ValidationError', message });
  });

  it.each([
    { seconds: 900, isChained: false },
    { seconds: 43_200, isChained: false },
    { seconds: 3_600, isChained: true },
  ])('gives $seconds s, chained: $isChained', ({ seconds, isChained }) => {
    const region = withRole();
    region.state.roles.put(testAccount, 'hub', { allowedActions: ['sts:*'] });
    const { Credentials: credentials } = assume(region, { DurationSeconds: seconds }, isChained ? { ...user, role: 'hub' } : user);
    expect(Number(credentials?.Expiration) - region.state.clock.nowMs()).toBe(seconds * 1_000);
  });

  it('needs the permission of a role that assumes another', () => {
    const region = withRole();
    region.state.roles.put(testAccount, 'hub');
    expect(refusal(() => assume(region, {}, { ...user, role: 'hub' })).code).toBe('AccessDenied');
  });

  it.each([
    {
      words: 'tags that repeat a key in other letters',
      input: {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      },
      code: 'InvalidParameterValue',
    },
    { words: 'tags of AWS', input: { Tags: [{ Key: 'AWS:team', Value: 'x' }] }, code: 'InvalidParameterValue' },
    {
      words: 'more tags than fit',
      input: { Tags: Array.from({ length: 50 }, (_, index) => ({ Key: `key${index}`, Value: 'x'.repeat(200) })) },
      code: 'PackedPolicyTooLarge',
    },
    { words: 'transitive keys that are no tags', input: { TransitiveTagKeys: ['a'] }, code: 'InvalidParameterValue' },
    { words: 'a one-time password', input: { SerialNumber: 'arn:aws:iam::1:mfa/x', TokenCode: '123456' }, code: 'AccessDenied' },
    {
      words: 'managed session policies',
      input: { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] },
      code: 'ValidationError',
    },
    { words: 'a policy that is no JSON', input: { Policy: '{' }, code: 'MalformedPolicyDocument' },
    {
      words: 'a policy that denies',
      input: { Policy: '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}' },
      code: 'MalformedPolicyDocument',
    },
    {
      words: 'a policy with a condition',
      input: { Policy: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}]}' },
      code: 'MalformedPolicyDocument',
    },
    {
      words: 'a policy for one resource',
      input: { Policy: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:x"}]}' },
      code: 'MalformedPolicyDocument',
    },
    { words: 'an ARN that is no role', input: { RoleArn: 'arn:aws:iam::222222222222:user/x' }, code: 'ValidationError' },
  ])('refuses $words', ({ input, code }) => {
    expect(refusal(() => assume(withRole(), input)).code).toBe(code);
  });

  it('narrows the session to the actions of a session policy', () => {
    const region = withRole();
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['vpc-lattice:Get*'], Resource: '*' }] });
    const key = assume(region, { Policy: policy }).Credentials?.AccessKeyId ?? '';
    const caller = region.state.sessions.byAccessKey(key)?.caller ?? user;
    expect(region.state.authorizer.denial(caller, 'vpc-lattice:GetTargetGroup')).toBeUndefined();
    expect(region.state.authorizer.denial(caller, 'vpc-lattice:ListTargets')).toBe(
      'because no session policy allows the vpc-lattice:ListTargets action',
    );
  });
});

const team = [{ Key: 'Team', Value: 'red' }];

/** The caller of a session that was just made. */
function callerOf(region: SimulatedRegion, { Credentials: credentials }: StsOperations['AssumeRole']['output']): Caller {
  const session = region.state.sessions.byAccessKey(credentials?.AccessKeyId ?? '');
  if (!session) throw new Error('there is no such session');
  return session.caller;
}

describe('tags and the source identity of a session', () => {
  it.each([
    { input: { Tags: team }, trustedActions: ['sts:SetSourceIdentity'], action: 'sts:TagSession' },
    { input: { SourceIdentity: 'someone' }, trustedActions: ['sts:TagSession'], action: 'sts:SetSourceIdentity' },
  ])('need the trust of the role in $action', ({ input, trustedActions, action }) => {
    expect(refusal(() => assume(withRole({ trustedActions }), input))).toEqual({
      code: 'AccessDenied',
      message: `User: ${user.arn} is not authorized to perform: ${action} on resource: ${roleArn}`,
    });
    expect(refusal(() => assume(withRole({ trustedActions }))).code).toBe('');
    expect(refusal(() => assume(withRole({ trustedActions: [action] }), input)).code).toBe('');
  });

  it('need the permission of a role that assumes another', () => {
    const region = withRole();
    region.state.roles.put(testAccount, 'hub', { allowedActions: ['sts:AssumeRole'] });
    const caller = { ...user, role: 'hub' };
    expect(refusal(() => assume(region, { Tags: team }, caller)).message).toContain('sts:TagSession');
    expect(refusal(() => assume(region, { SourceIdentity: 'someone' }, caller)).message).toContain('sts:SetSourceIdentity');
    region.state.roles.put(testAccount, 'hub', { allowedActions: ['sts:*'] });
    expect(refusal(() => assume(region, { Tags: team, SourceIdentity: 'someone' }, caller)).code).toBe('');
  });

  it('go on where they are transitive, and then no session can set them anew', () => {
    const region = withRole({ allowedActions: ['sts:*'] });
    const first = callerOf(region, assume(region, { Tags: [...team, { Key: 'stage', Value: 'one' }], TransitiveTagKeys: ['team'] }));
    const second = callerOf(region, assume(region, { Tags: [{ Key: 'stage', Value: 'two' }] }, first));
    expect(refusal(() => assume(region, { Tags: [{ Key: 'TEAM', Value: 'blue' }] }, second))).toEqual({
      code: 'InvalidParameterValue',
      message:
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    });
    expect(region.state.sessions.byAccessKey(second.accessKeyId)?.tags).toEqual([
      { key: 'Team', value: 'red', isTransitive: true },
      { key: 'stage', value: 'two', isTransitive: false },
    ]);
  });

  it('stay those of whoever stands behind the first session', () => {
    const region = withRole({ allowedActions: ['sts:*'] });
    const first = callerOf(region, assume(region, { SourceIdentity: 'someone' }));
    expect(assume(region, {}, first).SourceIdentity).toBe('someone');
    expect(refusal(() => assume(region, { SourceIdentity: 'else' }, first)).code).toBe('AccessDenied');
  });

  it.each([
    { input: {}, percent: undefined },
    { input: { Tags: team }, percent: 1 },
    { input: { Tags: Array.from({ length: 40 }, (_, index) => ({ Key: `k${index + 10}`, Value: 'x'.repeat(99) })) }, percent: 100 },
  ])('take up $percent % of their room', ({ input, percent }) => {
    expect(assume(withRole(), input).PackedPolicySize).toBe(percent);
  });
});

const token = { token: 'a.b.c', issuer: 'https://oidc.example', subject: 'system:serviceaccount:a:b', audience: 'sts.amazonaws.com' };

function withToken(issuer: string): SimulatedRegion {
  const region = withRole({ webIdentityIssuer: issuer });
  region.state.webIdentities.register({ ...token, expiresAtMs: region.state.clock.nowMs() + 1_000 });
  return region;
}

function assumeWith(region: SimulatedRegion, webIdentityToken: string): StsOperations['AssumeRoleWithWebIdentity']['output'] {
  const input = { RoleArn: roleArn, RoleSessionName: 'hub', WebIdentityToken: webIdentityToken };
  return assumeRoleWithWebIdentity(region.state, input, region.state.clock.nowMs());
}

describe('AssumeRoleWithWebIdentity', () => {
  it('takes a token that was registered and whose issuer the role trusts', () => {
    expect(assumeWith(withToken(token.issuer), token.token)).toMatchObject({
      AssumedRoleUser: { Arn: 'arn:aws:sts::222222222222:assumed-role/member/hub' },
      SubjectFromWebIdentityToken: token.subject,
      Provider: token.issuer,
      Audience: token.audience,
    });
  });

  it.each([
    { words: 'was not registered', issuer: token.issuer, given: 'x.y.z', afterMs: 0, code: 'InvalidIdentityToken' },
    { words: 'has expired', issuer: token.issuer, given: token.token, afterMs: 1_000, code: 'ExpiredTokenException' },
    { words: 'is of an issuer that the role does not trust', issuer: 'https://else', given: token.token, afterMs: 0, code: 'AccessDenied' },
  ])('refuses a token that $words', ({ issuer, given, afterMs, code }) => {
    const region = withToken(issuer);
    region.advance(afterMs);
    expect(refusal(() => assumeWith(region, given)).code).toBe(code);
  });
});
