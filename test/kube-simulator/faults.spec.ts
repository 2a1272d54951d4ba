import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeSimulator, SimulatorControl } from '@hub/kube-simulator';
import type { FaultEffect, FaultRule } from '@hub/kube-simulator';
import { RawConnection, sendRaw } from './raw-request.js';
import type { RawAnswer, RawRequest } from './raw-request.js';

const maps = '/api/v1/namespaces/default/configmaps';
const secrets = '/api/v1/namespaces/default/secrets';
const watch = `${maps}?watch=true&resourceVersion=0`;
const slowMs = 150;

let simulator: KubeSimulator;
let control: SimulatorControl;
let connection: RawConnection;

beforeAll(async () => {
  simulator = await KubeSimulator.start({ name: 'one', resourceVersionWaitMs: 50 });
  simulator.registerToken('admin-token', { name: 'admin', groups: ['system:masters'] });
  simulator.registerToken('other-token', { name: 'other', groups: ['system:masters'] });
  control = await SimulatorControl.start([simulator]);
});

beforeEach(() => {
  connection = new RawConnection({ url: simulator.url, caPem: simulator.caCertificate });
  for (const name of ['a', 'b', 'c'])
    simulator.objects.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });
});

afterEach(() => {
  connection.close();
  simulator.faults.clear();
});

afterAll(async () => {
  await control.stop();
  await simulator.stop();
});

/** What became of a request: its answer, or that there was none. */
type Outcome = RawAnswer & { readonly failure?: string; readonly tookMs: number };

async function ask(path: string, options: Partial<RawRequest> & { readonly token?: string } = {}): Promise<Outcome> {
  const { token = 'admin-token', ...rest } = options;
  const startMs = performance.now();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await connection
    .send({ method: 'GET', path, headers, timeoutMs: 700, ...rest })
    .catch((error: unknown) => ({ status: 0, headers: {}, text: '', failure: String(error) }));
  return { ...answer, tookMs: performance.now() - startMs };
}

const statusOf = ({ text }: RawAnswer): unknown => JSON.parse(text);
const namesIn = ({ text }: RawAnswer): string[] =>
  (JSON.parse(text) as { readonly items: readonly { readonly metadata: { readonly name: string } }[] }).items.map(
    ({ metadata }) => metadata.name,
  );
const eventsIn = ({ text }: RawAnswer): string[] => text.split('\n').map((line) => /^\{"type":"(\w+)"/u.exec(line)?.[1] ?? line);

async function callControl(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${control.url}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

const ways: readonly (readonly [way: string, inject: (rule: FaultRule) => Promise<unknown>])[] = [
  ['from code', async (rule) => simulator.faults.inject(rule)],
  ['from the control endpoint', async (rule) => callControl('POST', '/clusters/one/faults', rule)],
];

/** A fault of a list, and what its client sees. */
const listFaults: readonly (readonly [
  words: string,
  effect: FaultEffect,
  path: string,
  seen: (outcome: Outcome) => unknown,
  expected: unknown,
])[] = [
  ['no answer', { kind: 'hang' }, maps, ({ status }) => status, 0],
  ['a reset', { kind: 'reset' }, maps, ({ failure }) => failure, expect.stringMatching(/ECONNRESET|closed/u)],
  [
    'a reset within the body',
    { kind: 'reset', at: 'mid-body' },
    maps,
    ({ failure }) => failure,
    expect.stringMatching(/ECONNRESET|closed/u),
  ],
  [
    '401',
    { kind: 'status', code: 401 },
    maps,
    statusOf,
    expect.objectContaining({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' }),
  ],
  [
    '403',
    { kind: 'status', code: 403, message: 'not today' },
    maps,
    statusOf,
    expect.objectContaining({ code: 403, reason: 'Forbidden', message: 'not today' }),
  ],
  ['410', { kind: 'status', code: 410 }, maps, statusOf, expect.objectContaining({ code: 410, reason: 'Expired' })],
  [
    '429 with a time to come back',
    { kind: 'status', code: 429, retryAfterSeconds: 7 },
    maps,
    ({ status, headers }) => [status, headers['retry-after']],
    [429, '7'],
  ],
  ['500', { kind: 'status', code: 500 }, maps, statusOf, expect.objectContaining({ code: 500, reason: 'InternalError' })],
  ['503', { kind: 'status', code: 503, retryAfterSeconds: 2 }, maps, ({ status, headers }) => [status, headers['retry-after']], [503, '2']],
  ['an empty list', { kind: 'empty-list' }, maps, namesIn, []],
  [
    'half a list',
    { kind: 'truncated-list' },
    maps,
    ({ status, text }) => [status, text.startsWith('{"kind":"ConfigMapList"'), text.endsWith('}\n')],
    [200, true, false],
  ],
  [
    'a slow answer',
    { kind: 'slow', delayMs: slowMs },
    maps,
    ({ tookMs, ...rest }) => [tookMs >= slowMs, namesIn(rest).length > 0],
    [true, true],
  ],
  [
    'a list in drops',
    { kind: 'slow', delayMs: 0, dripBytes: 500, dripEveryMs: 20 },
    maps,
    ({ tookMs, ...rest }) => [tookMs >= 40, namesIn(rest).length > 0],
    [true, true],
  ],
  ['a silent watch', { kind: 'silent-watch' }, watch, ({ status, text }) => [status, text], [200, '']],
  [
    'an error in a watch',
    { kind: 'watch-error', code: 410, afterEvents: 1 },
    watch,
    (outcome) => eventsIn(outcome),
    ['ADDED', 'ERROR', ''],
  ],
  [
    'a reset within a watch',
    { kind: 'reset', at: 'mid-body', afterEvents: 2 },
    watch,
    ({ failure }) => failure,
    expect.stringMatching(/ECONNRESET|closed/u),
  ],
];

describe.each(ways)('A fault that is injected %s', (_way, inject) => {
  it.each(listFaults)('brings %s, once, to one kind', async (_words, effect, path, seen, expected) => {
    await inject({ verb: ['list', 'watch'], resource: 'configmaps', times: 1, effect });
    expect(await ask(secrets)).toMatchObject({ status: 200 });
    expect(seen(await ask(path))).toEqual(expected);
    expect(namesIn(await ask(maps))).toEqual(['a', 'b', 'c']);
  });

  it('loses the rest of a list', async () => {
    await inject({ verb: 'list', effect: { kind: 'lost-continue' }, times: 1 });
    const first = await ask(`${maps}?limit=2`);
    const next = (statusOf(first) as { readonly metadata: { readonly continue: string } }).metadata.continue;
    const second = await ask(`${maps}?limit=2&continue=${next}`);
    expect([namesIn(first), second.status, statusOf(second)]).toEqual([['a', 'b'], 410, expect.objectContaining({ reason: 'Expired' })]);
    const inconsistent = (statusOf(second) as { readonly metadata: { readonly continue: string } }).metadata.continue;
    expect(namesIn(await ask(`${maps}?limit=2&continue=${inconsistent}`))).toEqual(['c']);
  });

  it.each<FaultEffect>([{ kind: 'hang' }, { kind: 'reset' }, { kind: 'slow', delayMs: slowMs }])(
    'meets new connections: $kind',
    async (effect) => {
      expect(await ask('/livez')).toMatchObject({ status: 200 });
      await inject({ verb: 'connect', times: 1, effect });
      expect(await ask('/livez')).toMatchObject({ status: 200 });
      connection.close();
      const { status, tookMs } = await ask('/livez');
      expect(effect.kind === 'slow' ? [status, tookMs >= slowMs] : status).toEqual(effect.kind === 'slow' ? [200, true] : 0);
    },
  );

  it('meets one user, one namespace, or a part of the requests', async () => {
    const effect: FaultEffect = { kind: 'status', code: 503 };
    await inject({ user: 'other', effect });
    await inject({ namespace: 'kube-system', effect });
    await inject({ verb: 'get', probability: 0.5, effect });
    const statuses = async (count: number, path: string, token: string): Promise<number[]> =>
      Promise.all(Array.from({ length: count }, async () => (await ask(path, { token })).status));
    expect(await statuses(2, maps, 'other-token')).toEqual([503, 503]);
    expect(await statuses(2, maps, 'admin-token')).toEqual([200, 200]);
    expect(await statuses(2, '/api/v1/namespaces/kube-system/configmaps', 'admin-token')).toEqual([503, 503]);
    const some = await statuses(40, `${maps}/a`, 'admin-token');
    expect([some.includes(200), some.includes(503)]).toEqual([true, true]);
  });
});

describe('A cluster that goes back to a backup', () => {
  it('has its old objects and resourceVersions, and the newer ones lie in the future', async () => {
    const state = JSON.parse(JSON.stringify(simulator.checkpoint())) as ReturnType<typeof simulator.checkpoint>;
    const before = simulator.resourceVersion;
    const watching = ask(watch);
    await delay(50);
    await ask(maps, { method: 'POST', body: '{"metadata":{"name":"later"}}' });
    const after = simulator.resourceVersion;
    simulator.restore(state);
    expect(eventsIn(await watching)).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', '']);
    expect(namesIn(await ask(maps))).toEqual(['a', 'b', 'c']);
    expect(simulator.resourceVersion).toBe(before);
    const future = await ask(`${maps}?resourceVersion=${after}&resourceVersionMatch=NotOlderThan`);
    expect([future.status, future.headers['retry-after'], statusOf(future)]).toEqual([
      504,
      '1',
      expect.objectContaining({
        details: expect.objectContaining({ causes: [expect.objectContaining({ reason: 'ResourceVersionTooLarge' })] }),
      }),
    ]);
    // A watch from there stays silent, as on the real server.
    expect(await ask(`${maps}?watch=true&resourceVersion=${after}`, { timeoutMs: 100 })).toMatchObject({ status: 200, text: '' });
  });

  it('takes backups by the control endpoint as well', async () => {
    const { body: state } = await callControl('GET', '/clusters/one/checkpoint');
    simulator.objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later', namespace: 'default' } });
    expect(await callControl('PUT', '/clusters/one/checkpoint', state)).toEqual({ status: 200, body: { done: true } });
    expect(namesIn(await ask(maps))).toEqual(['a', 'b', 'c']);
    expect(await callControl('PUT', '/clusters/one/checkpoint', {})).toEqual({
      status: 400,
      body: { error: 'this is no backup of the format kube-simulator/1' },
    });
  });
});

describe('A cluster that forgets its past', () => {
  it('says 410, in the stream of a watch and to the rest of a list', async () => {
    const old = simulator.resourceVersion;
    const page = statusOf(await ask(`${maps}?limit=1`)) as { readonly metadata: { readonly continue: string } };
    simulator.objects.patch({ apiVersion: 'v1', kind: 'ConfigMap', name: 'a' }, { merge: { data: { at: old } } });
    await callControl('POST', '/clusters/one/compact');
    const late = await ask(`${maps}?watch=true&resourceVersion=${old}`);
    expect([late.status, eventsIn(late)]).toEqual([200, ['ERROR', '']]);
    expect(late.text).toContain(`"message":"too old resource version: ${old} (`);
    expect(await ask(`${maps}?limit=1&continue=${page.metadata.continue}`)).toMatchObject({ status: 410 });
  });
});

describe('The clock', () => {
  it('ends tokens, watches, and brings bookmarks', async () => {
    const token = simulator.issueToken({ name: 'short', groups: ['system:masters'], expirationSeconds: 3600 });
    const watching = ask(`${watch}&allowWatchBookmarks=true&timeoutSeconds=600`, { timeoutMs: 5000 });
    expect(await ask(maps, { token })).toMatchObject({ status: 200 });
    simulator.advanceClock(61_000);
    await callControl('POST', '/clusters/one/clock', { advanceMs: 3_600_000 });
    expect(await ask(maps, { token })).toMatchObject({ status: 401 });
    expect(eventsIn(await watching)).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK', 'BOOKMARK', '']);
  });

  it('ends the token of a service account, and its deletion does so at once', async () => {
    const robot = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: 'default' } };
    const request = async (): Promise<string> => {
      const path = '/api/v1/namespaces/default/serviceaccounts/robot/token';
      const { text } = await ask(path, { method: 'POST', body: '{"spec":{"expirationSeconds":600}}' });
      return (JSON.parse(text) as { readonly status: { readonly token: string } }).status.token;
    };
    simulator.objects.create(robot);
    const first = await request();
    // It may nothing, but is known.
    expect(await ask(maps, { token: first })).toMatchObject({ status: 403 });
    simulator.advanceClock(601_000);
    expect(await ask(maps, { token: first })).toMatchObject({ status: 401 });
    const second = await request();
    expect(await ask(maps, { token: second })).toMatchObject({ status: 403 });
    simulator.objects.delete({ ...robot, name: 'robot', namespace: 'default' });
    expect(await ask(maps, { token: second })).toMatchObject({ status: 401 });
  });

  it('revokes tokens without it', async () => {
    const { body } = await callControl('POST', '/clusters/*/tokens', { name: 'guest' });
    const { token } = (body as { readonly one: { readonly token: string } }).one;
    expect(await ask(maps, { token })).toMatchObject({ status: 403 });
    await callControl('DELETE', '/clusters/one/tokens', { token });
    expect(await ask(maps, { token })).toMatchObject({ status: 401 });
  });
});

describe('Faults of several clusters', () => {
  it('meet the cluster that is named, or every one', async () => {
    const clusters = await Promise.all(['left', 'right'].map(async (name) => KubeSimulator.start({ name })));
    const both = await SimulatorControl.start(clusters, 0);
    const refused = async (): Promise<boolean[]> =>
      Promise.all(
        clusters.map(async (cluster) => {
          const headers = { authorization: `Bearer ${cluster.issueToken({ name: 'someone', groups: ['system:masters'] })}` };
          const answer = await sendRaw({ url: cluster.url, caPem: cluster.caCertificate }, { method: 'GET', path: maps, headers });
          return answer.status === 429;
        }),
      );
    const inject = async (name: string): Promise<Response> =>
      fetch(`${both.url}/clusters/${name}/faults`, { method: 'POST', body: '{"verb":"list","effect":{"kind":"status","code":429}}' });
    await inject('left');
    expect(await refused()).toEqual([true, false]);
    await fetch(`${both.url}/clusters/*/faults`, { method: 'DELETE' });
    expect(await refused()).toEqual([false, false]);
    await inject('*');
    expect(await refused()).toEqual([true, true]);
    await both.stop();
    await Promise.all(clusters.map(async (cluster) => cluster.stop()));
  });
});

describe('The control endpoint', () => {
  it('tells what there is, and what was asked', async () => {
    simulator.requests.reset();
    await ask(`${maps}/a`);
    expect((await callControl('GET', '/')).body).toEqual({ routes: expect.arrayContaining(['POST /clusters/{name or *}/faults']) });
    expect((await callControl('GET', '/clusters')).body).toEqual([
      {
        name: 'one',
        url: simulator.url,
        port: simulator.port,
        clusterUid: simulator.clusterUid,
        resourceVersion: simulator.resourceVersion,
        watchCount: 0,
        isListening: true,
      },
    ]);
    expect((await callControl('GET', '/clusters/one/requests?verb=get')).body).toMatchObject({
      count: 1,
      counters: [{ verb: 'get', resource: 'configmaps', namespace: 'default', user: 'admin', status: 200, count: 1 }],
    });
    expect((await callControl('GET', '/clusters/one/requests/recent?verb=get')).body).toMatchObject([{ name: 'a' }]);
  });

  it('lists faults, and takes them back', async () => {
    const effect = { kind: 'hang' };
    const { body } = await callControl('POST', '/clusters/one/faults', { verb: 'list', effect });
    const { id } = body as { readonly id: number };
    expect((await callControl('GET', '/clusters/one/faults')).body).toEqual([{ id, rule: { verb: 'list', effect }, hits: 0 }]);
    await callControl('DELETE', `/clusters/one/faults/${id}`);
    expect(simulator.faults.list()).toEqual([]);
  });

  it('stops a cluster, and lets it go on', async () => {
    await callControl('POST', '/clusters/one/suspend');
    expect([simulator.isListening, (await ask(maps)).status]).toEqual([false, 0]);
    await callControl('POST', '/clusters/one/resume');
    expect(await ask(maps)).toMatchObject({ status: 200 });
  });

  it.each([
    ['POST', '/clusters/one/faults', { effect: { kind: 'x' } }, 400, /^"effect\.kind" must be one of hang, reset, status/u],
    [
      'POST',
      '/clusters/one/faults',
      { effect: { kind: 'status', code: 418 } },
      400,
      /^"code" must be one of 401, 403, 410, 429, 500, 503$/u,
    ],
    ['POST', '/clusters/one/faults', { verbs: 'list', effect: { kind: 'hang' } }, 400, /^"verbs" is no field of a fault rule$/u],
    ['POST', '/clusters/one/clock', { advanceMs: -1 }, 400, /^"advanceMs" must be a whole number above 0$/u],
    ['DELETE', '/clusters/one/faults/99', undefined, 400, /^there is no fault 99$/u],
    ['GET', '/clusters/two', undefined, 404, /^there is no cluster two$/u],
    ['GET', '/clusters/one/nothing', undefined, 404, /^there is no GET nothing of a cluster$/u],
    ['GET', '/nothing', undefined, 404, /^there is no \/nothing$/u],
  ])('refuses %s %s %j with its reason', async (method, path, body, status, error) => {
    expect(await callControl(method, path, body)).toEqual({ status, body: { error: expect.stringMatching(error) } });
  });

  it('does not answer web pages', async () => {
    const response = await fetch(`${control.url}/clusters`, { headers: { origin: 'https://example.com' } });
    expect(response.status).toBe(403);
  });
});
