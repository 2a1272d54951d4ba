import { describe, expect, it } from '@jest/globals';
import type { MemberSnapshotStatus } from '@hub/api';
import { KubeError, type KubeClient, type KubeObject } from '@hub/kube';
import type { RawPolicy } from '@hub/plan';
import { wordOfParts, type MemberWord } from './member-snapshot.js';
import { SnapshotPublisher, type PublishedWord } from './snapshot-publisher.js';

type Stored = KubeObject & { readonly status?: MemberSnapshotStatus };

/** The MemberSnapshots of a hub cluster, with resourceVersions as the lock. */
class Snapshots {
  readonly objects = new Map<string, Stored>();
  writes = 0;
  /** Writes from this one on fail. */
  failsFrom = Infinity;
  private version = 1;

  readonly client = {
    get: async (path: string) => {
      const found = this.objects.get(nameOf(path));
      if (!found) throw new KubeError('notFound', 'not found');
      return found;
    },
    create: async (_: string, object: object) => this.store(object as Stored),
    mergePatch: async (path: string, patch: object) => {
      if (++this.writes >= this.failsFrom) throw new KubeError('unavailable', 'not now');
      const { metadata, status } = patch as { metadata: { resourceVersion: string }; status: MemberSnapshotStatus };
      const found = this.objects.get(nameOf(path.replace(/\/status$/, '')));
      if (found?.metadata.resourceVersion !== metadata.resourceVersion) throw new KubeError('conflict', 'somebody else wrote');
      return this.store({ ...found, status });
    },
    delete: async (path: string) => {
      if (!this.objects.delete(nameOf(path))) throw new KubeError('notFound', 'not found');
    },
  } as unknown as KubeClient;

  /** What the other replicas read. */
  get word(): ReturnType<typeof wordOfParts> {
    const names = [...this.objects.keys()].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
    return wordOfParts(names.flatMap((name) => this.objects.get(name)?.status ?? []));
  }

  /** What a replica sees of it now. */
  get published(): PublishedWord {
    const { word } = this;
    return { version: this.objects.get('prod')?.metadata.resourceVersion, read: () => word };
  }

  private store(object: Stored): Stored {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: `${this.version++}` } };
    this.objects.set(stored.metadata.name, stored);
    return stored;
  }
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}

/** A word of so many policies, of which two fill a part. */
function aWord(count: number, text = 'x', resourceVersion = '100'): MemberWord {
  const policies = Array.from({ length: count }, (_, i): RawPolicy => ({
    namespace: 'shop',
    name: `${text}${i}`,
    uid: `u${i}`,
    generation: 1,
    creationTimestamp: '2026-08-01T10:00:00Z',
    spec: { filler: text.repeat(200_000).slice(0, 200_000) },
  }));
  return { clusterUid: 'uid', kinds: [{ kind: 'ServiceExport', resourceVersion, heldMoreThanThree: false }], policies, exports: [] };
}

const { signal } = new AbortController();
const names = (word: MemberWord | undefined) => word?.policies.map((policy) => policy.name);

describe('the word of a member', () => {
  it('is published when it differs, and not when only a resourceVersion does', async () => {
    const snapshots = new Snapshots();
    const publisher = new SnapshotPublisher('prod', 0);
    expect(await publisher.publish(aWord(1), snapshots.client, signal)).toBe(true);
    expect(await publisher.publish(aWord(1, 'x', '200'), snapshots.client, signal)).toBe(false);
    expect(await publisher.publish(aWord(1, 'y', '300'), snapshots.client, signal)).toBe(true);
    expect(snapshots.writes).toBe(2);
    expect(snapshots.word).toMatchObject({ sequence: 2, kinds: [{ resourceVersion: '300' }] });
  });

  it('has the parts taken away that a shorter one does not need', async () => {
    const snapshots = new Snapshots();
    const publisher = new SnapshotPublisher('prod', 0);
    await publisher.publish(aWord(6), snapshots.client, signal);
    expect([...snapshots.objects.keys()]).toEqual(['prod', 'prod.part-1', 'prod.part-2']);
    await publisher.publish(aWord(1), snapshots.client, signal);
    expect([...snapshots.objects.keys()]).toEqual(['prod']);
  });

  it('of a new holder counts on from that of the one before, and takes away the parts of that', async () => {
    const snapshots = new Snapshots();
    await new SnapshotPublisher('prod', 0).publish(aWord(6, 'old'), snapshots.client, signal);
    const next = new SnapshotPublisher('prod', 0);
    await next.publish(aWord(2, 'new'), snapshots.client, signal);
    expect(snapshots.word?.sequence).toBe(2);
    expect(names(snapshots.word)).toEqual(['new0', 'new1']);
    expect([...snapshots.objects.keys()]).toEqual(['prod']);
  });

  it('that is written half is no word: never one part of the old and one of the new', async () => {
    const snapshots = new Snapshots();
    await new SnapshotPublisher('prod', 0).publish(aWord(4, 'old'), snapshots.client, signal);
    snapshots.failsFrom = 4;
    const next = new SnapshotPublisher('prod', 0);
    await expect(next.publish(aWord(4, 'new'), snapshots.client, signal)).rejects.toThrow('not now');
    expect(snapshots.word).toBeUndefined();
    snapshots.failsFrom = Infinity;
    await next.publish(aWord(4, 'new'), snapshots.client, signal);
    expect(names(snapshots.word)).toEqual(['new0', 'new1', 'new2', 'new3']);
  });

  it('is not written over that of another holder, and is when that was read', async () => {
    const snapshots = new Snapshots();
    const publisher = new SnapshotPublisher('prod', 0);
    await publisher.publish(aWord(1, 'mine'), snapshots.client, signal);
    await new SnapshotPublisher('prod', 0).publish(aWord(1, 'theirs'), snapshots.client, signal);
    await expect(publisher.publish(aWord(2, 'mine'), snapshots.client, signal)).rejects.toMatchObject({ kind: 'conflict' });
    expect(names(snapshots.word)).toEqual(['theirs0']);
    await publisher.publish(aWord(2, 'mine'), snapshots.client, signal);
    expect(snapshots.word?.sequence).toBe(3);
  });

  it('is not published once more by a new holder that has nothing else to say', async () => {
    const snapshots = new Snapshots();
    await new SnapshotPublisher('prod', 0).publish(aWord(4), snapshots.client, signal);
    const next = new SnapshotPublisher('prod', 0);
    expect(next.isNews(snapshots.published)).toBe(true);
    expect(await next.publish(aWord(4), snapshots.client, signal, snapshots.published)).toBe(false);
    expect(next.isNews(snapshots.published)).toBe(false);
    expect(await next.publish(aWord(4, 'new'), snapshots.client, signal, snapshots.published)).toBe(true);
    expect(snapshots.word?.sequence).toBe(2);
  });

  it('is published again where another has written over it', async () => {
    const snapshots = new Snapshots();
    const publisher = new SnapshotPublisher('prod', 0);
    await publisher.publish(aWord(1, 'mine'), snapshots.client, signal);
    expect(publisher.isNews(snapshots.published)).toBe(false);
    await new SnapshotPublisher('prod', 0).publish(aWord(1, 'theirs'), snapshots.client, signal);
    expect(publisher.isNews(snapshots.published)).toBe(true);
    expect(await publisher.publish(aWord(1, 'mine'), snapshots.client, signal, snapshots.published)).toBe(true);
    expect(names(snapshots.word)).toEqual(['mine0']);
  });

  it('is not published again for what is seen late of its own', async () => {
    const snapshots = new Snapshots();
    const publisher = new SnapshotPublisher('prod', 0);
    await publisher.publish(aWord(1, 'first'), snapshots.client, signal);
    const late = snapshots.published;
    await publisher.publish(aWord(1, 'second'), snapshots.client, signal);
    expect(await publisher.publish(aWord(1, 'second'), snapshots.client, signal, late)).toBe(false);
  });
});
