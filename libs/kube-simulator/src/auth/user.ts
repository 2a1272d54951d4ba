/** Who makes a request, as the API server knows it. */
export interface User {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  /** For whom the credential was issued; empty where it is good for the API server alone. */
  readonly audiences: readonly string[];
}

/** May do everything, by the group alone. */
export const adminGroup = 'system:masters';
export const authenticatedGroup = 'system:authenticated';

/** A user with what every authenticated user has. */
export function makeUser(
  name: string,
  groups: readonly string[],
  uid = '',
  extra: User['extra'] = {},
  audiences: readonly string[] = [],
): User {
  const all = groups.includes(authenticatedGroup) ? groups : [...groups, authenticatedGroup];
  return { name, uid, groups: all, extra, audiences };
}
