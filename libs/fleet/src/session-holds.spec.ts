import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@hub/kube';
import { KindStore } from './kind-store.js';
import { SessionHolds } from './session-holds.js';
import type { WatchedSource } from './watched-source.js';

function object(name: string): KubeObject {
  return { metadata: { namespace: 'shop', name, resourceVersion: '10' } };
}

/** A session's holds over the exports of a cluster, as they were read once, of the CRD `first`. */
class Exports {
  nowMs = 0;
  readonly store = new KindStore<string>({
    read: ({ metadata }) => metadata.name,
    checksDeletions: 'always',
    confirmationMs: 60_000,
    onChange: () => undefined,
  });
  readonly source: WatchedSource = {
    resource: {
      group: 'application-networking.k8s.aws',
      version: 'v1alpha1',
      plural: 'serviceexports',
      kind: 'ServiceExport',
      namespaced: true,
    },
    store: this.store,
    crd: 'serviceexports.application-networking.k8s.aws',
  };
  readonly holds = new SessionHolds([this.source], { nowMs: () => this.nowMs, changed: () => undefined });

  constructor(readonly names: readonly string[]) {
    this.list('first', names);
  }

  /** A LIST is taken in, and before it the CRD that it is of. */
  list(crd: string, names: readonly string[]): void {
    this.holds.noteCrd(this.source, crd);
    this.store.replaced(names.map(object), '20', (this.nowMs += 100_000));
  }

  /** The CRD is deleted under a live watch, which tells of these. */
  vanish(told: readonly string[] = this.names): void {
    for (const name of told) this.store.changed('DELETED', object(name), this.nowMs);
    this.holds.vanished(this.source);
  }

  get left(): readonly string[] {
    return [...this.store.records()];
  }
}

describe('a kind whose CRD is another one than before', () => {
  it.each([
    ['all that there was is missing', []],
    ['a part of it is missing', ['a']],
  ])('is held when %s', (_, there) => {
    const exports = new Exports(['a', 'b']);
    exports.list('second', there);
    exports.list('second', there);
    expect(exports.holds.all()).toMatchObject([{ reason: 'KindVanished', kind: 'ServiceExport' }]);
    expect(exports.left).toEqual(['a', 'b']);
  });

  it('is held when nobody can tell what there was before', () => {
    const exports = new Exports([]);
    exports.holds.recallCrd('ServiceExport', 'older');
    expect(exports.holds.all()).toMatchObject([{ reason: 'KindVanished' }]);
  });
});

describe('the word of a person on a kind that is gone', () => {
  it('is enough where its CRD comes back before it is read again', () => {
    const exports = new Exports(['a', 'b']);
    exports.vanish();
    exports.holds.releaseAll();
    exports.list('second', []);
    expect(exports.holds.all()).toEqual([]);
    expect(exports.left).toEqual([]);
  });

  it('says nothing of what was there still', () => {
    const exports = new Exports(['a', 'b']);
    exports.vanish(['a']);
    exports.holds.releaseAll();
    exports.list('second', []);
    expect(exports.holds.all()).toMatchObject([{ reason: 'KindVanished' }]);
    expect(exports.left).toEqual(['a', 'b']);
  });

  it('says nothing of what the next CRD takes with it', () => {
    const exports = new Exports(['a', 'b']);
    exports.vanish();
    exports.holds.releaseAll();
    exports.list('second', ['c']);
    exports.list('third', []);
    expect(exports.holds.all()).toMatchObject([{ reason: 'KindVanished' }]);
    expect(exports.left).toEqual(['c']);
  });

  it('says nothing of a CRD that is replaced later', () => {
    const exports = new Exports(['a']);
    exports.vanish();
    exports.holds.releaseAll();
    exports.list('first', []);
    exports.list('first', ['b']);
    exports.list('second', []);
    expect(exports.holds.all()).toMatchObject([{ reason: 'KindVanished' }]);
    expect(exports.left).toEqual(['b']);
  });
});
