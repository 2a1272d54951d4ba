import type { ChaosMember } from '../fleet/member.js';

/** What the simulator notes of a call, as far as it tells who made it, where, and for whom. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  /** Empty where the caller was not known. */
  readonly account: string;
  readonly callerArn: string;
  readonly userAgent: string;
}

/**
 * Calls that were made in another account than that of the member that they were for, by another role than the member's own, or by the hub's own
 * credentials, which are for STS alone. Every call names its member.
 */
export function wrongCallers(
  calls: readonly Call[],
  members: readonly Pick<ChaosMember, 'name' | 'accountId' | 'role'>[],
): readonly string[] {
  const byName = new Map(members.map((member) => [member.name, member]));
  return calls.flatMap(({ service, operation, account, callerArn, userAgent }) => {
    // Whom AWS does not know may do nothing.
    if (service === 'sts' || account === '') return [];
    const [, cluster = ''] = / cluster\/(\S+)/.exec(` ${userAgent}`) ?? [];
    const member = byName.get(cluster);
    if (!member) return [`${operation} was made for nobody, by ${callerArn}`];
    if (account !== member.accountId) return [`${operation} for ${cluster} was made in account ${account}`];
    return callerArn.includes(`:assumed-role/${member.role}/`) ? [] : [`${operation} for ${cluster} was made by ${callerArn}`];
  });
}
