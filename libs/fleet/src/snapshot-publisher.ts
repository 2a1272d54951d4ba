import { hash } from 'node:crypto';
import { MemberSnapshotResource, type MemberSnapshotStatus } from '@hub/api';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';
import { snapshotName, snapshotObject, snapshotParts, type MemberWord } from './member-snapshot.js';

/** What stands in the hub cluster of a member's word, as it was seen last. */
export interface PublishedWord {
  /** The resourceVersion of its first part; undefined where there is none. */
  readonly version: string | undefined;
  read(): (MemberWord & { readonly sequence: number }) | undefined;
}

/**
 * Publishes the word of one member, when it differs from what stands there. Its holder alone writes it; the resourceVersion makes sure of that, so
 * that a replica that has lost the member without knowing finds out.
 */
export class SnapshotPublisher {
  /** A digest of what stands there: a word is long, and there is one for each member. */
  private written: string | undefined;
  /** The version of what was looked at last of what others wrote. */
  private lookedAt: string | undefined;
  private sequence: number;
  /** How many parts there are of what was written before. */
  private partsThere = 0;
  private readonly versions = new Map<number, string>();

  /** @param sequence that of the snapshot that is there */
  constructor(
    private readonly member: string,
    sequence: number,
  ) {
    this.sequence = sequence;
  }

  /** Whether something is published that was neither written nor looked at here. */
  isNews({ version }: PublishedWord): boolean {
    return version !== undefined && version !== this.versions.get(0) && version !== this.lookedAt;
  }

  /**
   * @returns whether anything was written
   * @throws KubeError; of kind conflict where somebody else wrote, which the next attempt overcomes by reading first
   */
  async publish(word: MemberWord, client: KubeClient, signal: AbortSignal, published: PublishedWord = nothing): Promise<boolean> {
    if (this.isNews(published)) this.lookAt(published);
    const digest = digestOf(word);
    if (digest === this.written) return false;
    // Parts of two writings must never look like one, so what another holder wrote is counted on from.
    if (!this.versions.has(0)) this.versions.set(0, await this.currentVersion(0, client, signal));
    this.sequence++;
    const parts = snapshotParts(word, this.sequence);
    for (const [part, status] of parts.entries()) await this.write(part, status, client, signal);
    this.written = digest;
    await this.removeSurplus(parts.length, client, signal);
    return true;
  }

  /** What another has written stands there, be it the holder before this one. What was written here later does, where that has not come back yet. */
  private lookAt(published: PublishedWord): void {
    this.lookedAt = published.version;
    const word = published.read();
    if (!word || (this.written !== undefined && word.sequence <= this.sequence)) return;
    this.sequence = Math.max(this.sequence, word.sequence);
    this.written = digestOf(word);
    this.versions.clear();
  }

  private async write(part: number, status: MemberSnapshotStatus, client: KubeClient, signal: AbortSignal): Promise<void> {
    const path = this.pathOfPart(part);
    const known = this.versions.get(part) ?? (await this.currentVersion(part, client, signal));
    // A merge patch leaves what it does not name, and these lists are replaced whole: what is gone from the word must go from the object.
    const patch = { metadata: { resourceVersion: known }, status: { ...absent, ...status } };
    try {
      const written = await client.mergePatch(`${path}/status`, patch, signal);
      this.versions.set(part, written.metadata.resourceVersion ?? '');
    } catch (error) {
      this.versions.delete(part);
      this.written = undefined;
      throw error;
    }
  }

  private async currentVersion(part: number, client: KubeClient, signal: AbortSignal): Promise<string> {
    try {
      const object = await client.get(this.pathOfPart(part), signal);
      const { sequence, parts } = (object['status'] ?? {}) as { sequence?: unknown; parts?: unknown };
      if (typeof sequence === 'number') this.sequence = Math.max(this.sequence, sequence);
      if (typeof parts === 'number') this.partsThere = Math.max(this.partsThere, parts);
      return object.metadata.resourceVersion ?? '';
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== 'notFound') throw error;
      const created = await client.create(pathOf(MemberSnapshotResource), snapshotObject(this.member, part), signal);
      return created.metadata.resourceVersion ?? '';
    }
  }

  private async removeSurplus(parts: number, client: KubeClient, signal: AbortSignal): Promise<void> {
    for (let part = Math.max(this.partsThere, ...[...this.versions.keys()].map((known) => known + 1)) - 1; part >= parts; part--) {
      await client.delete(this.pathOfPart(part), signal).catch(ignoreMissing);
      this.versions.delete(part);
    }
    this.partsThere = parts;
  }

  private pathOfPart(part: number): string {
    return pathOf(MemberSnapshotResource, undefined, snapshotName(this.member, part));
  }
}

/** What a status may have from before. */
const absent = { policies: null, exports: null, holds: null, acknowledgementId: null, acknowledged: null } as const;

const nothing: PublishedWord = { version: undefined, read: () => undefined };

/** By what two words differ, whichever way they came. A resourceVersion alone is no news: it goes along when something else does. */
function digestOf({ clusterUid, kinds, policies, exports, held }: MemberWord): string {
  const text = JSON.stringify([
    clusterUid,
    [(held?.holds ?? []).map((h) => [h.reason, h.since, h.message]), held?.acknowledgementId, held?.acknowledged?.id],
    kinds.map(({ kind, heldMoreThanThree, crdUid }) => [kind, heldMoreThanThree, crdUid]),
    policies.map((p) => [p.namespace, p.name, p.uid, p.generation, p.creationTimestamp, p.spec ?? {}]),
    exports.map((e) => [
      [e.namespace, e.name, e.uid, e.service, e.hash, e.slots],
      e.conditions.map((c) => [c.type, c.status, c.reason, c.message, c.lastTransitionTime, c.observedGeneration]),
      [e.programmed.policy, e.programmed.generation, e.programmed.ready, e.programmed.total],
    ]),
  ]);
  return hash('sha256', text, 'base64url');
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof KubeError) || error.kind !== 'notFound') throw error;
}
