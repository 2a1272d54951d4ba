import type { MemberClusterStatus } from '@hub/api';
import type { Hold } from '@hub/model';

/** A hold as it is known beyond the process that first saw it. */
export type KnownHold = Omit<Hold, 'sinceMs'>;

/** A hold as it stands on an object. */
export type ToldHold = NonNullable<MemberClusterStatus['holds']>[number];

/** How many missing objects a hold names. */
const namedMissing = 10;
const missingText = '; missing: ';
/** What the CRD allows. */
const mostText = 1024;

/** The reason of a hold as it stands on a MemberCluster: with its kind, where it is about one. */
export function holdReason({ reason, kind }: Pick<Hold, 'reason' | 'kind'>): string {
  return kind ? `${reason}.${kind}` : reason;
}

/**
 * A hold as it stands on a MemberCluster, with what a person's word would let be taken for gone.
 * @param doubted what is missing, as kind and namespace/name
 */
export function toldHold(hold: Hold, doubted: readonly string[]): ToldHold {
  const more = doubted.length > namedMissing ? ` and ${doubted.length - namedMissing} more` : '';
  const missing = doubted.length === 0 ? '' : `${missingText}${doubted.slice(0, namedMissing).join(', ')}${more}`;
  return { reason: holdReason(hold), since: hold.since, message: `${hold.message}${missing}`.slice(0, mostText) };
}

/** The holds that stand on a MemberCluster, so that whoever takes the member over does not forget what a person has to look at. */
export function holdsOf(status: { readonly holds?: readonly ToldHold[] | undefined } | undefined): readonly KnownHold[] {
  return (status?.holds ?? []).flatMap(({ reason, since, message }) => {
    const [name, kind] = reason.split('.');
    if (name !== 'KindVanished' && name !== 'KindEmptied' && name !== 'ClusterRestored') return [];
    const [what = ''] = message.split(missingText);
    return [{ reason: name, ...(kind && { kind: kind as NonNullable<Hold['kind']> }), since, message: what }];
  });
}

/** Whether two lists are of the same holds, whatever is missing by now. */
export function sameHolds(a: readonly KnownHold[], b: readonly KnownHold[]): boolean {
  return a.map(holdReason).toSorted().join() === b.map(holdReason).toSorted().join();
}
