import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Resource } from '@hub/api';
import type { KubeClient, KubeObject, ListPage } from './kube-client.js';
import { KubeError } from './kube-error.js';
import { Reflector } from './reflector.js';

const services: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true };
const service = (name: string, resourceVersion: string) => ({ metadata: { namespace: 'shop', name, resourceVersion } });
const event = (type: string, object: unknown) => JSON.stringify({ type, object });

/** What a server says: pages, one after the other, and then the lines of each watch. After that it says nothing more. */
interface Script {
  readonly pages: readonly (Partial<ListPage> | KubeError)[];
  readonly watches?: readonly (readonly (string | KubeError)[] | KubeError)[];
}

/** Follows such a server until it says nothing more, and gives what was heard of it. */
async function heard({ pages, watches = [] }: Script): Promise<readonly string[]> {
  const told: string[] = [];
  const lists = [...pages];
  const streams = [...watches];
  const stop = new AbortController();
  const silence = (signal: AbortSignal) => sleep(60_000, undefined, { signal });
  const client = {
    listPage: async (_: Resource, asked: { readonly continueToken: string | undefined }, signal: AbortSignal) => {
      told.push(asked.continueToken === undefined ? 'LIST' : `page ${asked.continueToken}`);
      const page = lists.shift();
      if (page === undefined) {
        stop.abort();
        await silence(signal);
      }
      if (page instanceof KubeError) throw page;
      return { items: [], resourceVersion: '9', continueToken: undefined, length: 1, ...page };
    },
    watch: async (_: Resource, from: { readonly resourceVersion: string }, signal: AbortSignal) => {
      told.push(`WATCH from ${from.resourceVersion}`);
      const lines = streams.shift();
      if (lines instanceof KubeError) throw lines;
      return (async function* () {
        for (const line of lines ?? []) {
          if (line instanceof KubeError) throw line;
          yield line;
        }
        if (lines === undefined) {
          stop.abort();
          await silence(signal);
        }
      })();
    },
  } as unknown as KubeClient;
  const name = (object: KubeObject) => object.metadata.name;
  const sink = {
    replaced: (objects: readonly KubeObject[], version: string) => told.push(`${version}: ${objects.map(name).join(' ') || 'nothing'}`),
    changed: (type: string, object: KubeObject) => told.push(`${type} ${name(object)}`),
    following: () => told.push('following'),
    lost: (error: KubeError) => told.push(`lost: ${error.kind}`),
    throttled: (isThrottled: boolean) => told.push(isThrottled ? 'throttled' : 'not throttled'),
  };
  const reflector = new Reflector(client, services, sink, {
    pageSize: 500,
    limits: { objects: 3, againAfterMs: 1, eventsPerSecond: 1000, eventBurst: 1000 },
    silenceMs: 60_000,
    backoff: { firstMs: 1, mostMs: 1, resetAfterMs: 1000 },
    random: () => 0,
    // Every look at the clock is long after the one before, so that no watch counts as short.
    nowMs: (
      (at = 0) =>
      () =>
        (at += 10_000)
    )(),
  });
  await reflector.run(stop.signal);
  return told;
}

describe('a kind that is followed', () => {
  it('is read whole, page by page, and then watched from there', async () => {
    const pages = [
      { items: [service('a', '1')], continueToken: 'on' },
      { items: [service('b', '2')], resourceVersion: '12' },
    ];
    const watches = [[event('MODIFIED', service('a', '13')), event('BOOKMARK', { metadata: { resourceVersion: '20' } })]];
    expect(await heard({ pages, watches })).toEqual([
      'LIST',
      'page on',
      '12: a b',
      'WATCH from 12',
      'following',
      'MODIFIED a',
      // A watch that ended in the ordinary way goes on where it was.
      'WATCH from 20',
      'following',
    ]);
  });

  it.each<{ because: string; pages: Script['pages'] }>([
    { because: 'it could not be read', pages: [new KubeError('unavailable', 'not now')] },
    {
      because: 'only its first page could be read',
      pages: [{ items: [service('a', '1')], continueToken: 'on' }, new KubeError('expired', 'too old')],
    },
    {
      because: 'there are more of it than are taken in',
      pages: [{ items: ['a', 'b', 'c', 'd'].map((name) => service(name, '1')) }],
    },
    { because: 'its pages lead to themselves', pages: [{ continueToken: 'on' }, { continueToken: 'on' }] },
    { because: 'its pages have no end, and nothing in them', pages: Array.from({ length: 101 }, (_, i) => ({ continueToken: `${i}` })) },
    {
      because: 'it is longer than any',
      pages: [
        { continueToken: 'on', length: 300e6 },
        { continueToken: 'further', length: 300e6 },
      ],
    },
  ])('has nothing said of it when $because', async ({ pages }) => {
    const told = await heard({ pages });
    expect(told.filter((line) => /^\d/.test(line))).toEqual([]);
    expect(told.find((line) => line.startsWith('lost'))).toBeDefined();
    expect(told.at(-1)).toBe('LIST');
  });

  it.each<{ because: string; end: string | KubeError; kind: string; next: 'LIST' | 'WATCH from 13' }>([
    { because: 'the connection broke', end: new KubeError('unreachable', 'gone'), kind: 'unreachable', next: 'WATCH from 13' },
    {
      because: 'the server can not at the moment',
      end: new KubeError('unavailable', 'not now'),
      kind: 'unavailable',
      next: 'WATCH from 13',
    },
    { because: 'its version is too old', end: event('ERROR', { kind: 'Status', code: 410 }), kind: 'expired', next: 'LIST' },
    { because: 'the error is nothing', end: event('ERROR', null), kind: 'unavailable', next: 'WATCH from 13' },
    { because: 'a line is no JSON', end: '{"type":', kind: 'malformed', next: 'LIST' },
    { because: 'a line is null', end: 'null', kind: 'malformed', next: 'LIST' },
    { because: 'an event has no object', end: event('ADDED', undefined), kind: 'malformed', next: 'LIST' },
    { because: 'an object has no version', end: event('ADDED', { metadata: { name: 'b' } }), kind: 'malformed', next: 'LIST' },
    { because: 'an object has no name', end: event('DELETED', { metadata: { resourceVersion: '14' } }), kind: 'malformed', next: 'LIST' },
    { because: 'an event is of another time', end: event('RENAMED', service('a', '14')), kind: 'malformed', next: 'LIST' },
    { because: 'the kind is not served any more', end: new KubeError('notServed', '404'), kind: 'notServed', next: 'LIST' },
  ])('is lost when $because, and goes on with a $next', async ({ end, kind, next }) => {
    const told = await heard({ pages: [{ resourceVersion: '12' }], watches: [[event('ADDED', service('a', '13')), end]] });
    expect(told.slice(0, 7)).toEqual(['LIST', '12: nothing', 'WATCH from 12', 'following', 'ADDED a', `lost: ${kind}`, next]);
  });
});

describe('a LIST', () => {
  it('tells of the time when it began, however long it took', async () => {
    let nowMs = 1000;
    const stop = new AbortController();
    const client = {
      listPage: async (_: Resource, { continueToken }: { readonly continueToken: string | undefined }) => {
        nowMs += 45_000;
        return { items: [], resourceVersion: '9', continueToken: continueToken === undefined ? 'more' : undefined, length: 1 };
      },
    } as unknown as KubeClient;
    const began: number[] = [];
    const sink = {
      replaced: (_: readonly KubeObject[], __: string, beganMs: number) => {
        began.push(beganMs);
        stop.abort();
      },
      changed: () => undefined,
      following: () => undefined,
      lost: () => undefined,
      throttled: () => undefined,
    };
    await new Reflector(client, services, sink, {
      pageSize: 1,
      limits: { objects: 3, againAfterMs: 1, eventsPerSecond: 1000, eventBurst: 1000 },
      silenceMs: 60_000,
      backoff: { firstMs: 1, mostMs: 1, resetAfterMs: 1000 },
      random: () => 0,
      nowMs: () => nowMs,
    }).run(stop.signal);
    expect(began).toEqual([1000]);
  });

  it('lets the others have their turn, however many events come in one piece', async () => {
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const changes = Array.from({ length: 960 }, (_, i) => event('MODIFIED', service('a', String(10 + i))));
    await heard({ pages: [{}], watches: [changes] });
    isOver = true;
    expect(turns).toBeGreaterThan(20);
  });
});
