import { createHash } from 'node:crypto';
import type { MemberSnapshotStatus } from '@hub/api';
import type { Hold } from '@hub/model';
import type { ClusterSession } from './cluster-session.js';
import type { SessionHolds } from './session-holds.js';
import { holdReason, holdsOf, toldHold, type ToldHold } from './hold-text.js';

/** What the hub cluster's own snapshot says of what is held there. */
export interface HubStanding {
  readonly holds: readonly ToldHold[];
  readonly acknowledgementId?: string | undefined;
  readonly acknowledged?: MemberSnapshotStatus['acknowledged'];
}

/**
 * What this replica holds back of the hub cluster itself, for want of a MemberCluster to show it on. Every replica has a session with the hub cluster, and
 * holds of its own; the holder of the hub cluster's policies tells of them in its snapshot, the others take over what is told there, and each heeds a
 * person's word that names it.
 */
export class HubHolds {
  private acknowledged: HubStanding['acknowledged'];
  private seen: HubStanding = { holds: [] };

  constructor(
    private readonly session: Pick<ClusterSession, 'facts' | 'acknowledge'> & { readonly held: Pick<SessionHolds, 'recall'> },
    /** What a hold keeps from being taken for gone, as kind and name. */
    private readonly doubtedBy: (hold: Hold) => readonly string[],
  ) {}

  /** What is to be told. The id stands for exactly that, and was never said before. */
  get standing(): HubStanding {
    const { acknowledged } = this;
    const holds = this.session
      .facts()
      .holds.map((hold) => toldHold(hold, this.doubtedBy(hold)))
      .toSorted((a, b) => (a.reason < b.reason ? -1 : 1));
    const said = JSON.stringify([holds.map(({ reason, since, message }) => [reason, since, message]), acknowledged?.id ?? '']);
    const id = createHash('sha256').update(said).digest('hex').slice(0, 16);
    return { holds, ...(holds.length > 0 && { acknowledgementId: id }), ...(acknowledged && { acknowledged }) };
  }

  /** What is held here and was not seen to be told. */
  get untold(): readonly ToldHold[] {
    return this.standing.holds.filter(({ reason }) => !this.seen.holds.some((told) => told.reason === reason));
  }

  /**
   * Takes in what the snapshot says.
   * @param word what a person has written on it
   * @param tells whether this replica is the one that tells: then the word must name what is held at this moment
   * @returns the id of a word that released what was held here
   */
  see(standing: HubStanding, word: string | undefined, tells: boolean, at: Date): string | undefined {
    const before = this.seen;
    this.seen = standing;
    const { acknowledged } = standing;
    const isNews = acknowledged && (this.acknowledged === undefined || acknowledged.time > this.acknowledged.time);
    const isHeedElsewhere = isNews && acknowledged.id === before.acknowledgementId && this.isToldBy(before);
    if (isNews) this.acknowledged = acknowledged;
    if (isHeedElsewhere) this.session.acknowledge();
    this.session.held.recall(holdsOf(standing));
    const isNamed = word !== undefined && word === standing.acknowledgementId && word !== this.acknowledged?.id && this.isToldBy(standing);
    if (!isNamed || (tells && word !== this.standing.acknowledgementId)) return isHeedElsewhere ? acknowledged.id : undefined;
    this.acknowledged = { id: word, time: at.toISOString() };
    this.session.acknowledge();
    return word;
  }

  private isToldBy({ holds }: HubStanding): boolean {
    return this.session.facts().holds.every((hold) => holds.some(({ reason }) => reason === holdReason(hold)));
  }
}
