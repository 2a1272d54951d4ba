import type { TargetGroupKey } from '@hub/model';
import { formatRequest } from '@hub/model';

/**
 * The requests that wait until it is known which policies a member has. A member that turns out to have none says nothing that they would be asked
 * again for.
 */
export class AwaitedPolicies {
  private readonly origins = new Map<string, string>();
  private readonly waiting = new Map<string, Map<string, TargetGroupKey>>();

  /** @param origin the member that a request waits for; undefined: it waits for none */
  note(key: TargetGroupKey, origin: string | undefined): void {
    const id = `${key.cluster} ${formatRequest(key)}`;
    const before = this.origins.get(id);
    if (before === origin) return;
    if (before !== undefined) this.leave(id, before);
    if (origin === undefined) return;
    this.origins.set(id, origin);
    const others = this.waiting.get(origin) ?? new Map<string, TargetGroupKey>();
    this.waiting.set(origin, others.set(id, key));
  }

  /** The requests that wait for a member. */
  of(origin: string): readonly TargetGroupKey[] {
    return [...(this.waiting.get(origin)?.values() ?? [])];
  }

  /** Forgets the requests of a cluster that is not worked on here any more. */
  forget(cluster: string): void {
    for (const [id, origin] of this.origins) if (id.startsWith(`${cluster} `)) this.leave(id, origin);
  }

  private leave(id: string, origin: string): void {
    this.origins.delete(id);
    const others = this.waiting.get(origin);
    others?.delete(id);
    if (others?.size === 0) this.waiting.delete(origin);
  }
}
