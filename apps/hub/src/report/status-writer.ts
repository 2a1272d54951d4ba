import { MemberClusterResource, type MemberClusterStatus } from '@hub/api';
import { readMember, type Fleet, type Member } from '@hub/fleet';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';

/** A status as it stood, and as it was written in its place. */
export interface StatusChange {
  readonly before: MemberClusterStatus | undefined;
  readonly after: MemberClusterStatus;
}

interface Standing {
  readonly status: MemberClusterStatus | undefined;
  readonly resourceVersion: string;
}

/** Whoever edits the object meanwhile makes a write fail; each next one is made over what was read a moment before. */
const tries = 5;

/**
 * Writes the status of one MemberCluster, where it differs from what stands there, and only over the version that it was made for: what a replica
 * says late, which has lost the member without knowing, takes off nothing that another one has written since.
 */
export class StatusWriter {
  private readonly path: string;
  /** What was written last, the version that it was written over, and the version that came of it. */
  private said: { readonly text: string; readonly over: string; readonly as: string } | undefined;
  /** What is to stand there. */
  private wanted: string | undefined;

  constructor(
    private readonly member: Member,
    private readonly fleet: Fleet,
  ) {
    this.path = pathOf(MemberClusterResource, undefined, member.name);
  }

  /** Something else is seen to stand there. @returns whether it is what was said last */
  notices(): boolean {
    const seen = this.seen();
    // What was written over comes back where the cluster goes back in time.
    if (seen?.resourceVersion === this.said?.over) this.said = undefined;
    return seen !== undefined && textOf(seen.status) === this.wanted;
  }

  /**
   * @param make the status as it is to be, where that one stands
   * @returns what was written; undefined where there was nothing to write
   * @throws KubeError; of kind conflict where others write all the time
   */
  async write(
    make: (standing: MemberClusterStatus | undefined) => MemberClusterStatus,
    api: KubeClient,
    signal: () => AbortSignal,
  ): Promise<StatusChange | undefined> {
    let standing = this.seen();
    for (let attempt = 1; standing && this.mayWrite; attempt++) {
      const after = make(standing.status);
      this.wanted = textOf(after);
      if (this.wanted === textOf(standing.status) || this.stands(this.wanted, standing)) return undefined;
      const { status: before, resourceVersion } = standing;
      try {
        const patch = { metadata: { resourceVersion }, status: statusPatch(before, after) };
        const written = await api.mergePatch(`${this.path}/status`, patch, signal());
        this.said = { text: this.wanted, over: resourceVersion, as: written.metadata.resourceVersion ?? '' };
        return { before, after };
      } catch (error) {
        if (!(error instanceof KubeError) || error.kind !== 'conflict' || attempt === tries) throw error;
      }
      standing = await this.read(api, signal());
    }
    return undefined;
  }

  /** Whether it was written already: the watch has not brought it back yet, or the API server keeps less of it than was said. */
  private stands(text: string, { resourceVersion }: Standing): boolean {
    return this.said?.text === text && (resourceVersion === this.said.as || resourceVersion === this.said.over);
  }

  private get mayWrite(): boolean {
    const { leases } = this.fleet;
    return leases.isValid && leases.holding(this.member.name)?.number === this.member.holding.number;
  }

  /** What the watch has brought. Under the same name there may be another member by now; nothing is said about that one. */
  private seen(): Standing | undefined {
    const { name, record } = this.member;
    const stored = this.fleet.stored(name);
    const resourceVersion = this.fleet.hub.members.versionOf(name);
    if (!stored || stored.record.uid !== record.uid || resourceVersion === undefined) return undefined;
    if (resourceVersion !== this.said?.over && resourceVersion !== this.said?.as) this.said = undefined;
    return { status: stored.status, resourceVersion };
  }

  /** @throws KubeError */
  private async read(api: KubeClient, signal: AbortSignal): Promise<Standing | undefined> {
    const object = await api.get(this.path, signal);
    const { record, status } = readMember(object);
    if (record.uid !== this.member.record.uid) return undefined;
    return { status, resourceVersion: object.metadata.resourceVersion ?? '' };
  }
}

/**
 * A merge patch goes into objects: what stands there and is not said again has to be taken away by name. Who the cluster was when it joined is said
 * once and never again: what comes late would say it of the next member of that name.
 */
function statusPatch(before: MemberClusterStatus | undefined, { identity, ...after }: MemberClusterStatus): object {
  const cleared = Object.fromEntries(Object.keys(before ?? {}).flatMap((field) => (field === 'identity' ? [] : [[field, null]])));
  const joined = before?.identity === undefined && identity !== undefined ? { identity } : {};
  const { withheld } = after;
  return { ...cleared, ...after, ...joined, ...(withheld && { withheld: { acknowledgementId: null, items: null, ...withheld } }) };
}

/** A status as text, with its fields in one order. */
function textOf(status: MemberClusterStatus | undefined): string {
  const inOrder = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(status ?? null, inOrder);
}
