import { hash } from 'node:crypto';
import { MemberSnapshotResource, type MemberSnapshotStatus } from '@hub/api';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';
import { snapshotName, snapshotObject, snapshotParts, type MemberWord } from './member-snapshot.js';

/**
 * Publishes the word of one member, when it differs from what stands there. Its holder alone writes it; the resourceVersion makes sure of that, so
 * that a replica that has lost the member without knowing finds out.
 */
export class SnapshotPublisher {
  /** A digest of what was written last: a word is long, and there is one for each member. */
  private written: string | undefined;
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

  /**
   * @returns whether anything was written
   * @throws KubeError; of kind conflict where somebody else wrote, which the next attempt overcomes by reading first
   */
  async publish(word: MemberWord, client: KubeClient, signal: AbortSignal): Promise<boolean> {
    // A resourceVersion alone is no news: it goes along when something else does.
    const text = JSON.stringify({ ...word, kinds: word.kinds.map(({ kind, heldMoreThanThree }) => [kind, heldMoreThanThree]) });
    const digest = hash('sha256', text, 'base64url');
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

  private async write(part: number, status: MemberSnapshotStatus, client: KubeClient, signal: AbortSignal): Promise<void> {
    const path = this.pathOfPart(part);
    const known = this.versions.get(part) ?? (await this.currentVersion(part, client, signal));
    // A merge patch leaves what it does not name, and these lists are replaced whole: what is gone from the word must go from the object.
    const patch = { metadata: { resourceVersion: known }, status: { policies: null, exports: null, ...status } };
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

function ignoreMissing(error: unknown): void {
  if (!(error instanceof KubeError) || error.kind !== 'notFound') throw error;
}
