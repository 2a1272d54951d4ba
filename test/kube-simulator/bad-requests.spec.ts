import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeSimulator } from '@hub/kube-simulator';
import { RawConnection } from './raw-request.js';
import type { RawRequest, RawServer } from './raw-request.js';
import { talk } from './raw-socket.js';
import type { TalkOptions } from './raw-socket.js';
import { realAssets } from './real-assets.js';
import { RealApiServer } from './real-api-server.js';

const authorization = 'Bearer admin-token';
const maps = '/api/v1/namespaces/default/configmaps';
const exports = '/apis/example.com/v1/things';
const json = 'application/json';
const megabyte = 1024 * 1024;
const unrecognized = "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error:";

/** What is wrong with a request, and the status, reason and message of the answer. */
interface BadRequest {
  readonly words: string;
  readonly method?: string;
  readonly path?: string;
  readonly type?: string;
  readonly accept?: string;
  readonly token?: string;
  readonly body?: string;
  /** So many spaces for a body. */
  readonly blankBytes?: number;
  readonly answer: readonly [status: number, reason: string, message: string];
}

const notFound = 'the server could not find the requested resource';
const notAllowed = 'the server does not allow this method on the requested resource';
const acceptedTypes = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

const badRequests: readonly BadRequest[] = [
  { words: 'no body', body: '', answer: [400, 'BadRequest', `${unrecognized} unexpected end of JSON input (<empty>)`] },
  { words: 'half an object', body: '{', answer: [400, 'BadRequest', `${unrecognized} unexpected end of JSON input ({)`] },
  {
    words: 'a name without quotes',
    body: '{metadata: {}}',
    answer: [400, 'BadRequest', `${unrecognized} invalid character 'm' looking for beginning of object key string ({metadata: {}})`],
  },
  {
    words: 'no YAML',
    body: 'a: [',
    type: 'application/yaml',
    answer: [400, 'BadRequest', expect.stringContaining('yaml: line 1: ') as unknown as string],
  },
  {
    words: 'an object of another kind',
    body: '{"apiVersion":"v1","kind":"Secret"}',
    answer: [
      400,
      'BadRequest',
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
  },
  {
    words: 'more than three megabytes',
    blankBytes: 10 * megabyte,
    answer: [413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728'],
  },
  {
    words: 'a type that is no object',
    body: '{}',
    type: 'text/plain',
    answer: [
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${acceptedTypes}`,
    ],
  },
  {
    words: 'a patch without a type',
    method: 'PATCH',
    path: `${maps}/a`,
    body: '{}',
    answer: [415, 'UnsupportedMediaType', '415: Unsupported Media Type'],
  },
  {
    words: 'a picture wanted',
    method: 'GET',
    accept: 'image/png',
    answer: [
      406,
      'NotAcceptable',
      `406: Not Acceptable\n\nAvailable representations: ${acceptedTypes}, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch`,
    ],
  },
  { words: 'a path outside the API', method: 'GET', path: '/nope', answer: [404, '', '404 page not found\n'] },
  { words: 'a group that is not installed', method: 'GET', path: exports, answer: [404, '', '404 page not found\n'] },
  { words: 'a resource that is not there', method: 'GET', path: '/api/v1/nopes', answer: [404, 'NotFound', notFound] },
  { words: 'a subresource that is not there', method: 'GET', path: `${maps}/a/nope`, answer: [404, 'NotFound', notFound] },
  { words: 'a collection to replace', method: 'PUT', body: '{}', answer: [405, 'MethodNotAllowed', notAllowed] },
  { words: 'a method of its own', method: 'BOGUS', answer: [405, 'MethodNotAllowed', notAllowed] },
  { words: 'no credential', method: 'GET', token: '', answer: [401, 'Unauthorized', 'Unauthorized'] },
  { words: 'a credential that nobody issued', method: 'GET', token: 'Bearer nobody', answer: [401, 'Unauthorized', 'Unauthorized'] },
  {
    words: 'a limit that is no number',
    method: 'GET',
    path: `${maps}?limit=x`,
    answer: [400, 'BadRequest', 'strconv.ParseInt: parsing "x": invalid syntax'],
  },
];

function requestOf({
  method = 'POST',
  path = maps,
  type = json,
  accept = json,
  token = authorization,
  ...rest
}: Omit<BadRequest, 'answer'>): RawRequest {
  const body = rest.blankBytes === undefined ? rest.body : Buffer.alloc(rest.blankBytes, ' ');
  const headers = { accept, ...(body === undefined ? {} : { 'content-type': type }), ...(token === '' ? {} : { authorization: token }) };
  return { method, path, headers, ...(body === undefined ? {} : { body }) };
}

const head = `Host: x\r\nAuthorization: ${authorization}\r\n`;
const bad = (status: string, text = status): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${text}`;

/** Bytes on an HTTP/1.1 connection, and what comes back: all of it, or how it begins. */
const badBytes: readonly (readonly [words: string, bytes: string | (() => Buffer), answer: string | RegExp, options?: TalkOptions])[] = [
  ['no HTTP', 'hello\r\n\r\n', bad('400 Bad Request')],
  ['no HTTP, and no TLS either', 'hello\r\n\r\n', '', { isPlain: true }],
  [
    'HTTP without TLS',
    `GET /version HTTP/1.1\r\n${head}\r\n`,
    'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
    { isPlain: true },
  ],
  [
    'a version from the future',
    `GET /version HTTP/9.9\r\n${head}\r\n`,
    bad('505 HTTP Version Not Supported: unsupported protocol version'),
  ],
  [
    'HTTP/2 in the words of HTTP/1.1',
    `GET /version HTTP/2.0\r\n${head}\r\n`,
    bad('505 HTTP Version Not Supported: unsupported protocol version'),
  ],
  ['no host', 'GET /version HTTP/1.1\r\n\r\n', bad('400 Bad Request: missing required Host header')],
  ['two hosts', `GET /version HTTP/1.1\r\nHost: y\r\n${head}\r\n`, bad('400 Bad Request')],
  ['a header with a space in its name', `GET /version HTTP/1.1\r\nb ad: x\r\n${head}\r\n`, bad('400 Bad Request: invalid header name')],
  ['a length that is no number', `POST ${maps} HTTP/1.1\r\nContent-Length: x\r\n${head}\r\n`, bad('400 Bad Request')],
  ['a percent sign that begins no byte', `GET /api/%zz HTTP/1.1\r\n${head}\r\n`, bad('400 Bad Request')],
  [
    'more than a megabyte of headers',
    `GET /version HTTP/1.1\r\nx: ${'x'.repeat(1.1 * megabyte)}\r\n${head}\r\n`,
    /^(?:HTTP\/1\.1 431 |$)/u,
  ],
  [
    'a hundred kilobytes of headers',
    `GET /livez HTTP/1.1\r\nx: ${'x'.repeat(100_000)}\r\n${head}\r\n`,
    /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/u,
  ],
  ['half a request line and no more', 'GET /version HT', bad('400 Bad Request'), { isHalfClosed: true }],
  ['half a request head and no more', 'GET /version HTTP/1.1\r\nHost: x\r\n', bad('400 Bad Request'), { isHalfClosed: true }],
  [
    'half a body and no more',
    `POST ${maps} HTTP/1.1\r\n${head}Content-Length: 20\r\n\r\n{}`,
    /^(?:HTTP\/1\.1 504 Gateway Timeout\r\n|$)/u,
    { isHalfClosed: true },
  ],
  // It counts as one who has gone away: now and then it still gets its answer.
  [
    'a request and no more',
    `GET /livez HTTP/1.1\r\n${head}\r\n`,
    /^(?:HTTP\/1\.1 (?:200 OK|504 Gateway Timeout)\r\n|$)/u,
    { isHalfClosed: true },
  ],
  [
    'a watch by one who will say nothing more',
    `GET ${maps}?watch=true HTTP/1.1\r\n${head}\r\n`,
    /^(?:HTTP\/1\.1 200 OK\r\n|$)/u,
    { isHalfClosed: true },
  ],
  [
    'ten megabytes',
    () =>
      Buffer.concat([
        Buffer.from(`POST ${maps} HTTP/1.1\r\n${head}Content-Length: ${10 * megabyte}\r\n\r\n`),
        Buffer.alloc(10 * megabyte, ' '),
      ]),
    /^(?:HTTP\/1\.1 413 Request Entity Too Large\r\n[^]*\r\nconnection: close\r\n[^]*limit is 3145728|$)/iu,
    { timeoutMs: 4000 },
  ],
];

const servers: readonly (readonly [name: string, start: () => Promise<RawServer & { stop(): Promise<void> }>])[] = [
  ['the simulator', startSimulator],
  ...(realAssets === undefined ? [] : ([['a real API server', async () => RealApiServer.start(realAssets ?? '')]] as const)),
];

async function startSimulator(): Promise<RawServer & { stop(): Promise<void> }> {
  const simulator = await KubeSimulator.start();
  simulator.registerToken('admin-token', { name: 'admin', groups: ['system:masters'] });
  return { url: simulator.url, caPem: simulator.caCertificate, stop: async () => simulator.stop() };
}

describe.each(servers)('%s, asked badly', (_, start) => {
  let server: Awaited<ReturnType<typeof start>>;
  let connection: RawConnection;

  beforeAll(async () => {
    server = await start();
    connection = new RawConnection(server);
  }, RealApiServer.startTimeoutMs + 30_000);

  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  it.each(badRequests)('with $words', async ({ answer, ...asked }) => {
    const { status, text } = await connection.send(requestOf(asked));
    const { reason, message } = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { reason: '', message: text };
    expect([status, reason, message]).toEqual(answer);
  });

  it.each(badBytes.map(([words], index) => [words, index] as const))('with %s, over HTTP/1.1', async (_words, index) => {
    const [, bytes, answer, options] = badBytes[index] ?? ['', '', ''];
    const text = await talk(server, typeof bytes === 'string' ? bytes : bytes(), options);
    expect(text).toMatch(typeof answer === 'string' ? new RegExp(`^${RegExp.escape(answer)}$`, 'u') : answer);
  });

  it('ends an HTTP/2 connection behind a request without a credential', async () => {
    const stranger = new RawConnection(server);
    expect(await stranger.send({ method: 'GET', path: '/livez' })).toMatchObject({ status: 401 });
    await setTimeout(100);
    expect(stranger.isOpen).toBe(false);
    stranger.close();
  });

  it('answers the next one', async () => {
    expect(await connection.send({ method: 'GET', path: '/livez', headers: { authorization } })).toMatchObject({ status: 200, text: 'ok' });
  });
});
