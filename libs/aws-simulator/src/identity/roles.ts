import { keyLike } from './accounts.js';
import { defaultRoleActions } from './default-role-actions.js';

/** What can be said of a role when it is made or changed. */
export interface RoleOptions {
  /** Accounts whose users and roles may assume it; every account of the simulator where left out. */
  readonly trustedAccounts?: readonly string[];
  /** Single principals that may assume it too: the ARN of a user, or of a role for all its sessions. */
  readonly trustedPrincipals?: readonly string[];
  /** What a caller must give as ExternalId; null where none is asked for. */
  readonly externalId?: string | null;
  /** Action names, `*` as a wildcard; null is the default list. */
  readonly allowedActions?: readonly string[] | null;
  /** 3,600 to 43,200. */
  readonly maxSessionDurationSeconds?: number;
  /** What its trust allows beside assuming it: `sts:TagSession`, `sts:SetSourceIdentity`; both where left out. */
  readonly trustedActions?: readonly string[];
  /** The `iss` of the web identity tokens that may assume it; undefined where none may. */
  readonly webIdentityIssuer?: string;
}

export interface Role {
  readonly account: string;
  readonly name: string;
  readonly id: string;
  readonly trustedAccounts: readonly string[] | null;
  readonly trustedPrincipals: readonly string[];
  readonly externalId: string | null;
  readonly allowedActions: readonly string[];
  readonly maxSessionDurationSeconds: number;
  readonly trustedActions: readonly string[];
  readonly webIdentityIssuer: string | null;
  readonly isRevoked: boolean;
  /** Sessions made up to this time are denied everything; 0 denies none. */
  readonly sessionsDeniedUntilMs: number;
}

/** The roles of all accounts. */
export class Roles {
  readonly #byArn = new Map<string, Role>();

  /** Makes a role, or makes it anew. Throws an Error for a duration outside IAM's range. */
  put(account: string, name: string, options: RoleOptions = {}): Role {
    const seconds = options.maxSessionDurationSeconds ?? 43_200;
    if (seconds < 3_600 || seconds > 43_200) throw new Error('a role lets sessions last 3600 to 43200 seconds at most');
    const role: Role = {
      account,
      name,
      id: keyLike('AROA', `role:${account}:${name}`),
      trustedAccounts: options.trustedAccounts ?? null,
      trustedPrincipals: options.trustedPrincipals ?? [],
      externalId: options.externalId ?? null,
      allowedActions: options.allowedActions ?? defaultRoleActions,
      maxSessionDurationSeconds: seconds,
      trustedActions: options.trustedActions ?? ['sts:TagSession', 'sts:SetSourceIdentity'],
      webIdentityIssuer: options.webIdentityIssuer ?? null,
      isRevoked: false,
      sessionsDeniedUntilMs: 0,
    };
    this.#byArn.set(roleArn(account, name), role);
    return role;
  }

  get(account: string, name: string): Role | undefined {
    return this.#byArn.get(roleArn(account, name));
  }

  byArn(arn: string): Role | undefined {
    return this.#byArn.get(arn);
  }

  /** Changes a role. Throws an Error where there is none. */
  change(account: string, name: string, change: Partial<Role>): void {
    const role = this.get(account, name);
    if (!role) throw new Error(`there is no role ${roleArn(account, name)}`);
    this.#byArn.set(roleArn(account, name), { ...role, ...change });
  }

  all(): readonly Role[] {
    return [...this.#byArn.values()];
  }

  /** Replaces all roles. */
  restore(roles: readonly Role[]): void {
    this.#byArn.clear();
    for (const role of roles) this.#byArn.set(roleArn(role.account, role.name), role);
  }
}

/** The ARN of a role without a path. */
export function roleArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:role/${name}`;
}
