import type { Caller } from '../identity/caller.js';
import { roleArn } from '../identity/roles.js';
import type { Role } from '../identity/roles.js';
import type { Session } from '../identity/sessions.js';
import type { StsOperations, StsShapes } from '../models/sts.generated.js';
import { AwsError } from '../protocol/aws-error.js';
import type { SimulatorState } from '../state/simulator-state.js';
import { sessionPolicyActions } from './session-policy.js';

type Operations = StsOperations;

/** The longest session of a role that was assumed by another role's session (role chaining). */
const chainedSeconds = 3_600;

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
  checkSessionTags(input);
  const sessionActions = input.Policy === undefined ? undefined : sessionPolicyActions(input.Policy);
  const session = state.sessions.mint({ role, sessionName: input.RoleSessionName, durationSeconds, sessionActions }, nowMs);
  const packedBytes = (input.Policy?.length ?? 0) + JSON.stringify(input.Tags ?? []).length - 2;
  return {
    ...credentialsOf(session),
    PackedPolicySize: packedBytes > 0 ? Math.min(100, Math.ceil((packedBytes / 2_048) * 100)) : undefined,
    SourceIdentity: input.SourceIdentity,
  };
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
  const session = state.sessions.mint({ role, sessionName: input.RoleSessionName, durationSeconds, sessionActions }, nowMs);
  return {
    ...credentialsOf(session),
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

function checkSessionTags(input: Operations['AssumeRole']['input']): void {
  const keys = (input.Tags ?? []).map((tag) => tag.Key.toLowerCase());
  if (new Set(keys).size < keys.length)
    throw new AwsError('InvalidParameterValue', 400, 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  const stray = (input.TransitiveTagKeys ?? []).find((key) => !keys.includes(key.toLowerCase()));
  if (stray !== undefined)
    throw new AwsError('InvalidParameterValue', 400, `The specified transitive tag key ${stray} must be included in the requested tags.`);
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
