import { describe, expect, it } from '@jest/globals';
import type { Slot } from '@hub/model';
import { formatRequest } from '@hub/model';
import { affectedRequests, type Change, type RequestIndex } from './affected-requests.js';
import { aPolicy } from './testing/facts.spec-builders.js';

interface Exported {
  readonly service: string;
  readonly slots: readonly Slot[];
}

/** What each held cluster exports, by `namespace/name`. */
type FleetOf = Readonly<Record<string, Readonly<Record<string, Exported>>>>;

const fleet: FleetOf = {
  a: {
    'shop/web': { service: 'web', slots: ['80', '443'] },
    'shop/web-too': { service: 'web', slots: ['legacy'] },
    'other/web': { service: 'web', slots: ['80'] },
  },
  b: { 'shop/web': { service: 'backend', slots: ['80'] } },
  c: {},
};

function indexOf(exported: FleetOf): RequestIndex {
  return {
    clusters: () => Object.keys(exported),
    slots: (cluster, namespace, name) => exported[cluster]?.[`${namespace}/${name}`]?.slots ?? [],
    exportsOfService: (cluster, namespace, service) =>
      Object.entries(exported[cluster] ?? {}).flatMap(([id, e]) => {
        const [ns, name = ''] = id.split('/');
        return ns === namespace && e.service === service ? [name] : [];
      }),
    awaiting: (origin) => (origin === 'c' ? [{ cluster: 'b', namespace: 'shop', name: 'web', slot: '80' }] : []),
    all: (cluster) =>
      Object.entries(exported[cluster] ?? {}).flatMap(([id, e]) => {
        const [namespace = '', name = ''] = id.split('/');
        return e.slots.map((slot) => ({ cluster, namespace, name, slot }));
      }),
  };
}

function affected(change: Change): readonly string[] {
  return [...affectedRequests(change, indexOf(fleet))].map((key) => `${key.cluster} ${formatRequest(key)}`);
}

const onExport = aPolicy().onExport('web').build();
const onService = aPolicy().onService('web').build();

describe('the requests that might be wrong', () => {
  it.each<{ because: string; change: Change; requests: readonly string[] }>([
    {
      because: 'an export changed: every slot of it, in its cluster',
      change: { kind: 'export', cluster: 'a', namespace: 'shop', name: 'web' },
      requests: ['a shop/web/80', 'a shop/web/443'],
    },
    {
      because: 'the policies of a member are known at last: what waited for that, wherever it is',
      change: { kind: 'policiesKnown', origin: 'c' },
      requests: ['b shop/web/80'],
    },
    {
      because: 'the policies of a member are known that nobody waited for',
      change: { kind: 'policiesKnown', origin: 'a' },
      requests: [],
    },
    {
      because: 'an export changed of which nothing is there',
      change: { kind: 'export', cluster: 'c', namespace: 'shop', name: 'web' },
      requests: [],
    },
    {
      because: 'endpoints changed: every export of the Service, in its cluster and namespace',
      change: { kind: 'endpoints', cluster: 'a', namespace: 'shop', service: 'web' },
      requests: ['a shop/web/80', 'a shop/web/443', 'a shop/web-too/legacy'],
    },
    {
      because: 'endpoints of a Service changed that nobody exports',
      change: { kind: 'endpoints', cluster: 'b', namespace: 'shop', service: 'web' },
      requests: [],
    },
    {
      because: 'a policy on an export changed: that export in every cluster',
      change: { kind: 'policy', policies: [onExport] },
      requests: ['a shop/web/80', 'a shop/web/443', 'b shop/web/80'],
    },
    {
      because: 'a policy on a Service changed: what each cluster exports of that Service',
      change: { kind: 'policy', policies: [onService] },
      requests: ['a shop/web/80', 'a shop/web/443', 'a shop/web-too/legacy'],
    },
    {
      because: 'a policy was taken to another target: both, and each request once',
      change: { kind: 'policy', policies: [onService, onExport] },
      requests: ['a shop/web/80', 'a shop/web/443', 'a shop/web-too/legacy', 'b shop/web/80'],
    },
    { because: 'a policy is about nothing', change: { kind: 'policy', policies: [{ ...onExport, target: undefined }] }, requests: [] },
    {
      because: 'a member changed: all of it',
      change: { kind: 'member', cluster: 'a' },
      requests: ['a shop/web/80', 'a shop/web/443', 'a shop/web-too/legacy', 'a other/web/80'],
    },
  ])('$because', ({ change, requests }) => {
    expect(affected(change)).toEqual(requests);
  });
});
