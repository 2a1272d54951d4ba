/** A hold as it stands on a MemberCluster: one that comes again is another one. */
export interface ToldHold {
  readonly reason: string;
  readonly since: string;
}

/** What stands on a MemberCluster at one moment. */
export interface ToldHolds {
  readonly uid: string;
  readonly holds: readonly ToldHold[];
  /** The reasons for which something is missing, as far as the oracle knows. */
  readonly missing: ReadonlySet<string>;
}

/**
 * Watches that no hold leaves a MemberCluster by itself: a person has named it, or what was gone of a kind is whole again. A restored cluster is never
 * whole: what was there after the backup is known to nobody.
 */
export class Holds {
  private readonly last = new Map<string, ToldHolds>();
  private readonly answered = new Set<string>();

  /** A person lets go of what a MemberCluster says is held. */
  answer(member: string, holds: readonly ToldHold[]): void {
    for (const hold of holds) this.answered.add(idOf(member, hold));
  }

  /** @returns what is wrong; undefined where every hold that is not there any more was let go, or has nothing to hold */
  note(member: string, now: ToldHolds | undefined): string | undefined {
    const before = this.last.get(member);
    if (now) this.last.set(member, now);
    else this.last.delete(member);
    if (!now || before?.uid !== now.uid) return undefined;
    const there = new Set(now.holds.map((hold) => idOf(member, hold)));
    const left = before.holds.filter((hold) => !there.has(idOf(member, hold)) && !this.answered.has(idOf(member, hold)));
    // What came to be missing since it was looked at last is no reason for what left before that.
    const wrong = left.find(({ reason }) => !reason.startsWith('Kind') || (before.missing.has(reason) && now.missing.has(reason)));
    return wrong && `${wrong.reason} since ${wrong.since} is held no more in ${member}, and nobody has let it go`;
  }
}

function idOf(member: string, { reason, since }: ToldHold): string {
  return `${member} ${reason} ${since}`;
}
