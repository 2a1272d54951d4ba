import type { Place } from '@hub/model';
import { samePlace } from '@hub/model';
import { admitMembers, type Admission } from '@hub/plan';
import type { StoredMember } from './hub-cluster.js';

/** Which MemberClusters may be worked with, as far as it was judged last, and who has joined as which cluster. */
export class Admissions {
  private verdicts: ReadonlyMap<string, Admission> = new Map();
  /** The names of the members that have joined, by the UID of their cluster. */
  private joined = new Map<string, readonly string[]>();

  /**
   * Judges every MemberCluster anew.
   * @returns the names whose verdict is different now, with the verdict of before
   */
  judge(stored: readonly StoredMember[], hubAccountId: string | undefined): ReadonlyMap<string, Admission | undefined> {
    const candidates = stored
      .filter(({ invalid }) => invalid === undefined)
      .map(({ record: { name, createdAtMs, spec, joinedAs } }) => ({ name, createdAtMs, spec, joinedAs }));
    const verdicts = new Map(admitMembers(candidates, hubAccountId));
    for (const { record, invalid } of stored)
      if (invalid !== undefined) verdicts.set(record.name, { admitted: false, reason: 'InvalidSpec', message: invalid });
    const before = this.verdicts;
    this.verdicts = verdicts;
    this.joined = namesByUid(stored);
    const names = new Set([...before.keys(), ...verdicts.keys()]);
    return new Map(
      [...names].filter((name) => !sameAdmission(before.get(name), verdicts.get(name))).map((name) => [name, before.get(name)]),
    );
  }

  of(cluster: string): Admission | undefined {
    return this.verdicts.get(cluster);
  }

  /** Where an admitted member's target groups belong. */
  placeOf(cluster: string): Place | undefined {
    const verdict = this.verdicts.get(cluster);
    return verdict?.admitted ? verdict.place : undefined;
  }

  /** The other name under which a cluster has joined, where there is one. */
  twinOf(cluster: string, uid: string): string | undefined {
    return this.joined.get(uid)?.find((name) => name !== cluster);
  }

  /** Whether policies of a cluster count: from the moment that it has joined, also while it is stopped; a second name for a member never does. */
  countsAsMember({ name, joinedAs }: StoredMember['record']): boolean {
    const verdict = this.verdicts.get(name);
    const isTwin = verdict?.admitted === false && (verdict.reason === 'AlreadyRegistered' || verdict.reason === 'DuplicateClusterName');
    return !isTwin && joinedAs !== undefined;
  }

  /**
   * Takes note of a member that joined where it was admitted, as nobody else: nothing is different for it or for anybody.
   * @returns whether that is so; where it is not, all have to be judged anew
   */
  joinsAsAdmitted(before: StoredMember | undefined, after: StoredMember | undefined): boolean {
    if (!before || !after || before.record.joinedAs || before.record.generation !== after.record.generation) return false;
    const { name, joinedAs } = after.record;
    const place = this.placeOf(name);
    if (!joinedAs || !place || !samePlace(joinedAs, place) || this.joined.has(joinedAs.uid)) return false;
    this.joined.set(joinedAs.uid, [name]);
    return true;
  }
}

function namesByUid(stored: readonly StoredMember[]): Map<string, readonly string[]> {
  const haveJoined = stored.flatMap(({ record: { name, joinedAs } }) => (joinedAs ? [{ name, uid: joinedAs.uid }] : []));
  const groups = Map.groupBy(haveJoined, ({ uid }) => uid);
  return new Map([...groups].map(([uid, members]) => [uid, members.map(({ name }) => name)]));
}

function sameAdmission(a: Admission | undefined, b: Admission | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.admitted) return b.admitted && samePlace(a.place, b.place);
  return !b.admitted && a.reason === b.reason && a.message === b.message;
}
