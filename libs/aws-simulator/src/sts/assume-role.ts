import type { Caller } from '../identity/caller.js';
import { roleArn } from '../identity/roles.js';
import type { Role } from '../identity/roles.js';
import type { Session } from '../identity/sessions.js';
import type { StsOperations, StsShapes } from '../models/sts.generated.js';
import { AwsError } from '../protocol/aws-error.js';
import type { SimulatorState } from '../state/simulator-state.js';
import { sessionPolicyActions } from './session-policy.js';
import { sessionTags } from './session-tags.js';

type Operations = StsOperations;

/** The longest session of a role that was assumed by another role's session (role chaining). */
const chainedSeconds = 3_600;

/** What session policies and tags may take together, packed. */
const packedBytes = 2_048;

/** Assumes a role with the caller's credentials. */
export function assumeRole(
  state: SimulatorState,
  caller: Caller,
  input: Operations['AssumeRole']['input'],
  nowMs: number,
): Operations['AssumeRole']['output'] {
  refuseUnserved(input);
  const role = trustedRole(state, caller, input);
  const durationSeconds = sessionSeconds(role, input.DurationSeconds, caller.role !== undefined);
  const callers = state.sessions.byAccessKey(caller.accessKeyId);
  if (input.Tags !== undefined && input.Tags.length > 0) checkTrustedAction(state, caller, role, 'sts:TagSession', input.RoleArn);
  const tags = sessionTags(input, callers?.tags ?? []);
  const sourceIdentity = sourceIdentityOf(state, caller, role, input);
  const sessionActions = input.Policy === undefined ? undefined : sessionPolicyActions(input.Policy);
  const PackedPolicySize = packedPolicySize(input);
  const request = { role, sessionName: input.RoleSessionName, durationSeconds, sessionActions, tags, sourceIdentity };
  const session = state.sessions.mint(request, nowMs);
  return { ...credentialsOf(session), PackedPolicySize, SourceIdentity: sourceIdentity };
}

/** Tags and a source identity need a permission of their own, from the trust of the role and from the caller's own role. */
function checkTrustedAction(state: SimulatorState, caller: Caller, role: Role, action: string, arn: string): void {
  if (role.trustedActions.includes(action) && state.authorizer.denial(caller, action) === undefined) return;
  throw new AwsError('AccessDenied', 403, `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arn}`);
}

/** A source identity that is set once is that of every session that is made with it. */
function sourceIdentityOf(state: SimulatorState, caller: Caller, role: Role, input: Operations['AssumeRole']['input']): string | undefined {
  const callers = state.sessions.byAccessKey(caller.accessKeyId)?.sourceIdentity;
  const wanted = input.SourceIdentity ?? callers;
  if (wanted === undefined) return undefined;
  checkTrustedAction(state, caller, role, 'sts:SetSourceIdentity', input.RoleArn);
  if (callers === undefined || callers === wanted) return wanted;
  const message = `User: ${caller.arn} is not authorized to perform: sts:SetSourceIdentity on resource: ${input.RoleArn}`;
  throw new AwsError('AccessDenied', 403, message);
}

/** How much of the room for policies and tags is used, in percent. The limit is as published, how AWS packs is not: half of the plain text. */
function packedPolicySize(input: Pick<Operations['AssumeRole']['input'], 'Policy' | 'Tags'>): number | undefined {
  const tagBytes = (input.Tags ?? []).reduce((sum, tag) => sum + Buffer.byteLength(tag.Key + tag.Value), 0);
  const plainBytes = Buffer.byteLength(input.Policy ?? '') + tagBytes;
  const percent = Math.ceil((plainBytes / packedBytes) * 50);
  if (percent <= 100) return percent === 0 ? undefined : percent;
  throw new AwsError('PackedPolicyTooLarge', 400, `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`);
}

/** Assumes a role with a token of an identity provider; the call itself is not signed. */
export function assumeRoleWithWebIdentity(
  state: SimulatorState,
  input: Operations['AssumeRoleWithWebIdentity']['input'],
  nowMs: number,
): Operations['AssumeRoleWithWebIdentity']['output'] {
  refuseUnserved(input);
  const identity = state.webIdentities.get(input.WebIdentityToken);
  if (!identity)
    throw new AwsError(
      'InvalidIdentityToken',
      400,
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  if (identity.expiresAtMs <= nowMs) throw new AwsError('ExpiredTokenException', 400, 'The web identity token that was passed is expired');
  const role = state.roles.byArn(input.RoleArn);
  if (!role || role.isRevoked || role.webIdentityIssuer !== identity.issuer) {
    throw new AwsError('AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
  }
  const durationSeconds = sessionSeconds(role, input.DurationSeconds, false);
  const sessionActions = input.Policy === undefined ? undefined : sessionPolicyActions(input.Policy);
  const PackedPolicySize = packedPolicySize({ Policy: input.Policy });
  const session = state.sessions.mint({ role, sessionName: input.RoleSessionName, durationSeconds, sessionActions }, nowMs);
  return {
    ...credentialsOf(session),
    PackedPolicySize,
    SubjectFromWebIdentityToken: identity.subject,
    Provider: identity.issuer,
    Audience: identity.audience,
  };
}

/** Parameters that would change who may do what, and that the simulator can't honour, are not passed over. */
function refuseUnserved(input: object): void {
  const given: Readonly<Record<string, unknown>> = { ...input };
  if (given['TokenCode'] !== undefined || given['SerialNumber'] !== undefined) {
    throw new AwsError('AccessDenied', 403, 'MultiFactorAuthentication failed with invalid MFA one time pass code.');
  }
  const unserved = ['PolicyArns', 'ProvidedContexts', 'ProviderId'].find((name) => given[name] !== undefined);
  if (unserved !== undefined) throw new AwsError('ValidationError', 400, `The simulator does not serve the parameter ${unserved}.`);
}

/** The role, where it exists and trusts the caller. One answer for every reason, as AWS gives it. */
function trustedRole(state: SimulatorState, caller: Caller, input: Operations['AssumeRole']['input']): Role {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(input.RoleArn))
    throw new AwsError('ValidationError', 400, `${input.RoleArn} is invalid`);
  const role = state.roles.byArn(input.RoleArn);
  const isAllowed = state.authorizer.denial(caller, 'sts:AssumeRole') === undefined;
  if (role && !role.isRevoked && isAllowed && isTrusted(role, caller) && hasExternalId(role, input.ExternalId)) return role;
  throw new AwsError('AccessDenied', 403, `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`);
}

function isTrusted(role: Role, caller: Caller): boolean {
  if (role.trustedAccounts === null || role.trustedAccounts.includes(caller.account)) return true;
  const callerRole = caller.role === undefined ? undefined : roleArn(caller.account, caller.role);
  return role.trustedPrincipals.some((principal) => principal === caller.arn || principal === callerRole);
}

function hasExternalId(role: Role, externalId: string | undefined): boolean {
  return role.externalId === null || role.externalId === externalId;
}

function sessionSeconds(role: Role, requested: number | undefined, isChained: boolean): number {
  const seconds = requested ?? 3_600;
  if (isChained && seconds > chainedSeconds) {
    throw new AwsError(
      'ValidationError',
      400,
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > role.maxSessionDurationSeconds) {
    throw new AwsError('ValidationError', 400, 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return seconds;
}

function credentialsOf(session: Session): Pick<StsShapes['AssumeRoleResponse'], 'Credentials' | 'AssumedRoleUser'> {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs, caller } = session;
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(expiresAtMs),
    },
    AssumedRoleUser: { AssumedRoleId: caller.userId, Arn: caller.arn },
  };
}
