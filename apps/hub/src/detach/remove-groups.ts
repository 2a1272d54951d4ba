import type { DeletionLedgers, Member } from '@hub/fleet';
import { LatticeError } from '@hub/lattice';
import type { ObservedTargetGroup } from '@hub/model';
import type { MemberAccount } from '../reconcile/accounts.js';

/** What a detach with Remove left behind, and why. */
export interface LeftBehind {
  readonly name: string;
  readonly arn: string;
  /** `Deleting`: AWS has been told and is not done yet. `PlaceChanged`: the member's spec leads elsewhere than to where it joined. */
  readonly reason: 'InUse' | 'DeletionBudget' | 'Deleting' | 'Failed' | 'PlaceChanged';
}

export interface RemoveOptions {
  /** A person acknowledged that these may go without budget. */
  readonly acknowledged: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * Deletes this hub's groups of a member that leaves, one after the other: a person's word, for which nothing of the member is needed. A group in
 * use stays, and the deletion budget holds.
 * @returns what is still there
 */
export async function removeGroups(
  member: Member,
  account: MemberAccount,
  ledgers: DeletionLedgers,
  options: RemoveOptions,
): Promise<readonly LeftBehind[]> {
  await account.groups.refresh(account.api, options.signal);
  const left: LeftBehind[] = [];
  // Taken before the first goes: what is deleted leaves the inventory.
  const groups = Array.from(account.groups.known.ofCluster(member.place));
  for (const group of groups) {
    options.signal.throwIfAborted();
    const reason = await removeGroup(group, member, account, ledgers, options);
    if (reason) left.push({ name: group.name, arn: group.arn, reason });
  }
  return left;
}

async function removeGroup(
  listed: ObservedTargetGroup,
  member: Member,
  account: MemberAccount,
  ledgers: DeletionLedgers,
  { acknowledged, signal }: RemoveOptions,
): Promise<LeftBehind['reason'] | undefined> {
  const { api, groups } = account;
  try {
    // A delete is preceded by a fresh read of the group: it may have come into use since it was listed.
    groups.known.forget(listed.arn);
    const group = await groups.read(api, listed.arn, signal);
    if (!group) return undefined;
    if (group.status === 'DELETE_IN_PROGRESS') return 'Deleting';
    if (group.serviceArns.length > 0) return 'InUse';
    await groups.requireOwn(api, group.arn, signal);
    const { place } = member;
    const spent = { cluster: member.name, arn: group.arn };
    if (!acknowledged.has(group.arn) && !(await ledgers.spend(place.accountId, spent, groups.known.countsFor(place))))
      return 'DeletionBudget';
    const targets = (group.targets ?? []).filter((target) => target.status !== 'DRAINING');
    for (let i = 0; i < targets.length; i += 100) await groups.deregister(api, group.arn, targets.slice(i, i + 100), signal);
    await groups.delete(api, group.arn, signal);
    return 'Deleting';
  } catch (error) {
    if (error instanceof LatticeError && error.kind === 'notFound') return undefined;
    if (error instanceof LatticeError && error.kind !== 'fenced') return 'Failed';
    throw error;
  }
}
