import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Resource } from '@hub/api';
import type { ApiAnswer, ApiConnection, ApiRequest } from './api-connection.js';
import { isNamed, KubeClient, pathOf } from './kube-client.js';

const services: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true };
const policies: Resource = {
  group: 'application-networking.k8s.aws',
  version: 'v1alpha1',
  plural: 'targetgrouppolicies',
  kind: 'TargetGroupPolicy',
  namespaced: true,
};
const never = new AbortController().signal;
const service = { metadata: { namespace: 'shop', name: 'web', resourceVersion: '7' } };

/** A server that answers every request alike, in these pieces. */
function clientOf(pieces: readonly string[], status = 200) {
  const requests: ApiRequest[] = [];
  const connection = {
    request: async (request: ApiRequest): Promise<ApiAnswer> => {
      requests.push(request);
      return { status, headers: {}, body: Readable.from(pieces.map((piece) => Buffer.from(piece))) };
    },
  } as unknown as ApiConnection;
  return { requests, client: new KubeClient(connection, { callMs: 1000, listMs: 1000 }) };
}

function list(fields: object): string {
  return JSON.stringify({ kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [service], ...fields });
}

function page(body: string, continueToken?: string) {
  const { requests, client } = clientOf([body]);
  return { requests, page: client.listPage(services, { limit: 500, continueToken }, never) };
}

describe('a path', () => {
  it.each<{ resource: Resource; namespace?: string; name?: string; path: string }>([
    { resource: services, path: '/api/v1/services' },
    { resource: services, namespace: 'shop', path: '/api/v1/namespaces/shop/services' },
    {
      resource: policies,
      namespace: 'shop',
      name: 'p',
      path: '/apis/application-networking.k8s.aws/v1alpha1/namespaces/shop/targetgrouppolicies/p',
    },
    { resource: { ...services, namespaced: false, plural: 'nodes' }, namespace: 'shop', name: 'n', path: '/api/v1/nodes/n' },
    // A name that a stranger chose leads nowhere else.
    { resource: services, namespace: '../../x', name: 'a/b?c', path: '/api/v1/namespaces/..%2F..%2Fx/services/a%2Fb%3Fc' },
  ])('is $path', ({ resource, namespace, name, path }) => {
    expect(pathOf(resource, namespace, name)).toBe(path);
  });
});

describe('a page of a LIST', () => {
  it('is most recent: no resourceVersion is asked for', async () => {
    const { requests, page: read } = page(list({}));
    expect(await read).toMatchObject({ items: [service], resourceVersion: '9', continueToken: undefined });
    expect(requests.map((request) => request.path)).toEqual(['/api/v1/services?limit=500']);
  });

  it('leads on to the next one', async () => {
    const { requests, page: read } = page(list({ metadata: { resourceVersion: '9', continue: 'on', remainingItemCount: 3 } }), 'from');
    expect(await read).toMatchObject({ continueToken: 'on' });
    expect(requests.map((request) => request.path)).toEqual(['/api/v1/services?limit=500&continue=from']);
  });

  it.each<{ because: string; body: string }>([
    { because: 'it has none', body: list({ items: [] }) },
    { because: 'it says null, as Go does', body: list({ items: null }) },
  ])('has no objects when $because', async ({ body }) => {
    expect(await page(body).page).toMatchObject({ items: [] });
  });

  it.each<{ because: string; body: string }>([
    { because: 'it is nothing', body: '' },
    { because: 'it was cut off', body: list({}).slice(0, -5) },
    { because: 'it is no object', body: '[]' },
    { because: 'it is null', body: 'null' },
    { because: 'it is of another kind', body: list({ kind: 'PodList' }) },
    { because: 'it is a page of a proxy', body: '<html>' },
    { because: 'it lacks its items', body: list({ items: undefined }) },
    { because: 'its items are none', body: list({ items: {} }) },
    { because: 'it has no resourceVersion', body: list({ metadata: {} }) },
    { because: 'it lacks its metadata', body: list({ metadata: undefined }) },
    { because: 'its resourceVersion is empty', body: list({ metadata: { resourceVersion: '' } }) },
    { because: 'it says that there is more, and not where', body: list({ metadata: { resourceVersion: '9', remainingItemCount: 1 } }) },
    { because: 'an item is nothing', body: list({ items: [service, null] }) },
    { because: 'an item has no metadata', body: list({ items: [service, {}] }) },
    { because: 'an item has no name', body: list({ items: [{ metadata: { namespace: 'shop' } }] }) },
  ])('is not believed when $because', async ({ body }) => {
    await expect(page(body).page).rejects.toMatchObject({ name: 'KubeError', kind: 'malformed' });
  });

  it('that was refused says why', async () => {
    const { client } = clientOf([JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'you may not' })], 403);
    await expect(client.listPage(services, { limit: 1, continueToken: undefined }, never)).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'you may not',
    });
  });
});

describe('an answer', () => {
  const read = (body: Readable, signal = never) => {
    const connection = { request: async (): Promise<ApiAnswer> => ({ status: 200, headers: {}, body }) } as unknown as ApiConnection;
    return new KubeClient(connection, { callMs: 60_000, listMs: 60_000 }).listPage(
      services,
      { limit: 500, continueToken: undefined },
      signal,
    );
  };
  const whole = () => Readable.from([Buffer.from(list({}).slice(0, 20)), Buffer.from(list({}).slice(20))]);

  it('is whole where all of it came before anybody read, though the HTTP/2 stream says that it is closed', async () => {
    const body = whole();
    Object.defineProperty(body, 'closed', { get: () => true });
    expect(await read(body)).toMatchObject({ items: [service] });
  });

  it.each<{ how: string; body: () => Readable }>([
    { how: 'was destroyed before anybody read', body: () => whole().destroy() },
    {
      how: 'closes without an end',
      body: () =>
        new Readable({
          read() {
            setImmediate(() => this.destroy());
          },
        }),
    },
  ])('that $how is not believed', async ({ body }) => {
    await expect(read(body())).rejects.toMatchObject({ kind: 'unreachable', message: 'the answer was cut off' });
  });

  it('that never ends is given up with the signal', async () => {
    const stop = new AbortController();
    const body = new Readable({ read: () => undefined });
    const reading = read(body, stop.signal);
    setImmediate(() => stop.abort(new Error('the member was released')));
    await expect(reading).rejects.toMatchObject({ kind: 'unreachable', message: 'the member was released' });
    expect(body.destroyed).toBe(true);
  });
});

describe('an answer whose words were cut off', () => {
  function cutOff(status: number) {
    const body = Readable.from(
      (function* () {
        yield Buffer.from('{"kind":"Sta');
        throw new Error('Premature close');
      })(),
    );
    const connection = { request: async (): Promise<ApiAnswer> => ({ status, headers: {}, body }) } as unknown as ApiConnection;
    return new KubeClient(connection, { callMs: 1000, listMs: 1000 }).listPage(services, { limit: 500, continueToken: undefined }, never);
  }

  it.each([
    { status: 401, kind: 'unauthorized' },
    { status: 429, kind: 'throttled' },
    // Nobody may conclude from half an answer that the kind is not there.
    { status: 404, kind: 'unreachable' },
  ])('is $kind where it was a $status', async ({ status, kind }) => {
    await expect(cutOff(status)).rejects.toMatchObject({ kind });
  });
});

describe('an object', () => {
  it.each<{ object: unknown; is: 'told from others' | 'not' }>([
    { object: service, is: 'told from others' },
    { object: { metadata: { name: 'n' } }, is: 'told from others' },
    { object: { metadata: { name: '' } }, is: 'not' },
    { object: { metadata: { name: 7 } }, is: 'not' },
    { object: { metadata: { name: 'n', namespace: 7 } }, is: 'not' },
    { object: { metadata: null }, is: 'not' },
    { object: {}, is: 'not' },
    { object: null, is: 'not' },
    { object: 'text', is: 'not' },
  ])('$object can be $is', ({ object, is }) => {
    expect(isNamed(object)).toBe(is === 'told from others');
  });
});

describe('a watch', () => {
  const watched = async (pieces: readonly string[]) => {
    const lines: string[] = [];
    const stream = await clientOf(pieces).client.watch(services, { resourceVersion: '9', timeoutSeconds: 300 }, never);
    for await (const line of stream) lines.push(line);
    return lines;
  };

  it.each<{ because: string; pieces: readonly string[]; lines: readonly string[] }>([
    { because: 'they come one by one', pieces: ['{"a":1}\n', '{"b":2}\n'], lines: ['{"a":1}', '{"b":2}'] },
    { because: 'they come together', pieces: ['{"a":1}\n{"b":2}\n'], lines: ['{"a":1}', '{"b":2}'] },
    { because: 'they come in pieces', pieces: ['{"a"', ':1', '}\n{"b":', '2}\n'], lines: ['{"a":1}', '{"b":2}'] },
    { because: 'some are empty', pieces: ['\n', '{"a":1}\n', '\n \n'], lines: ['{"a":1}'] },
    { because: 'there are none', pieces: [], lines: [] },
  ])('gives its lines when $because', async ({ pieces, lines }) => {
    expect(await watched(pieces)).toEqual(lines);
  });

  it('that ends within a line was cut off', async () => {
    await expect(watched(['{"a":1}\n{"b"'])).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('whose line never ends is not read on', async () => {
    const piece = 'x'.repeat(1024 * 1024);
    await expect(watched(Array.from({ length: 20 }, () => piece))).rejects.toMatchObject({ kind: 'malformed' });
  });
});
