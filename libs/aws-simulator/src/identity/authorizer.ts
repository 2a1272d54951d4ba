import { RequestFailure } from '../protocol/request-failure.js';
import type { Caller } from './caller.js';
import type { Roles } from './roles.js';

/** One thing that a call needs to be allowed. */
export interface Permission {
  /** Such as `vpc-lattice:CreateTargetGroup`. */
  readonly action: string;
  /** The resource's ARN; undefined for actions that know none. */
  readonly resource: string | undefined;
}

/** IAM as far as the simulator has it: a list of allowed actions for each role. Users may do everything in their account. */
export class Authorizer {
  constructor(private readonly roles: Roles) {}

  /** Throws a RequestFailure `accessDenied` in AWS's words. */
  check(caller: Caller, permission: Permission): void {
    const reason = this.denial(caller, permission.action);
    if (reason !== undefined) throw new RequestFailure('accessDenied', denialMessage(caller.arn, permission, reason));
  }

  /** Why an action is denied, as AWS ends the sentence; undefined where it is allowed. */
  denial(caller: Caller, action: string): string | undefined {
    if (caller.role === undefined) return undefined;
    const role = this.roles.get(caller.account, caller.role);
    if (role && caller.issuedAtMs <= role.sessionsDeniedUntilMs && role.sessionsDeniedUntilMs > 0) {
      return 'with an explicit deny in an identity-based policy';
    }
    if (!role || !isAllowed(role.allowedActions, action)) return `because no identity-based policy allows the ${action} action`;
    if (caller.sessionActions && !isAllowed(caller.sessionActions, action)) return `because no session policy allows the ${action} action`;
    return undefined;
  }
}

/** Whether an action is in a list of names with `*` as a wildcard; case does not count, as in IAM. */
export function isAllowed(allowed: readonly string[], action: string): boolean {
  return allowed.includes(action) || allowed.some((pattern) => globPattern(pattern).test(action));
}

function globPattern(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 'i');
}

function denialMessage(arn: string, permission: Permission, reason: string): string {
  const resource = permission.resource === undefined ? '' : ` on resource: ${permission.resource}`;
  return `User: ${arn} is not authorized to perform: ${permission.action}${resource} ${reason}`;
}
