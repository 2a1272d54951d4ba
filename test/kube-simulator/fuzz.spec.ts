import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asyncProperty,
  boolean,
  check,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  record,
  string,
  stringMatching,
  uint8Array,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { parse } from 'yaml';
import { KubeSimulator, SimulatorControl } from '@hub/kube-simulator';
import type { ObjectInput, SimulatorState } from '@hub/kube-simulator';
import { arbitraryRequest } from './arbitrary-request.js';
import { RawConnection } from './raw-request.js';
import type { RawAnswer, RawRequest } from './raw-request.js';
import { soundObjects } from './sound-objects.js';

/** After so many requests the cluster goes back to where it was, so that there is something to change again. */
const requestsPerState = 40;
/**
 * What the API server itself answers with 500, by the beginnings of the messages: these are no crashes. A crash would have the reason
 * InternalError.
 */
const knownMessages: readonly RegExp[] = [
  /^resourceVersion: Invalid value: /u,
  /^strconv\.ParseUint: parsing /u,
  /^resourceVersion should not be set on objects to be created$/u,
  /^failed to create typed patch object /u,
  /^failed to merge config: /u,
  /^failed to convert new typed object: /u,
  /^Unknown patch type: /u,
  /^expected a map in the list with merge key /u,
  /^map: .* does not contain declared merge key: /su,
];

const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);
let simulator: KubeSimulator;
let control: SimulatorControl;
let state: SimulatorState;
let connection: RawConnection;

beforeAll(async () => {
  process.on('unhandledRejection', note);
  simulator = await KubeSimulator.start({ resourceVersionWaitMs: 10, establishDelayMs: 0, requestLogSize: 10 });
  simulator.registerToken('admin-token', { name: 'admin', groups: ['system:masters'] });
  simulator.registerToken('hub-token', { name: 'hub' });
  const definition = (plural: string): ObjectInput =>
    parse(readFileSync(join(import.meta.dirname, `../../deploy/crds/${plural}.yaml`), 'utf8')) as ObjectInput;
  await simulator.installDefinitions(['serviceexports', 'targetgrouppolicies'].map(definition));
  control = await SimulatorControl.start([simulator]);
  connection = new RawConnection({ url: simulator.url, caPem: simulator.caCertificate });
  for (const { prefix, plural, isNamespaced, object } of soundObjects) {
    const path = `${prefix}/${isNamespaced ? 'namespaces/default/' : ''}${plural}`;
    const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json' };
    const { status, text } = await connection.send({ method: 'POST', path, headers, body: JSON.stringify(object) });
    if (status !== 201) throw new Error(`no sound object: ${text}`);
  }
  state = simulator.checkpoint();
});

afterAll(async () => {
  process.off('unhandledRejection', note);
  connection.close();
  await control.stop();
  await simulator.stop();
});

const send = async (request: RawRequest): Promise<RawAnswer> => connection.send(request);

/** What is wrong with an answer, whatever was asked. */
function problemOf({ status, headers, text }: RawAnswer): string | undefined {
  if (status < 200) return `no answer: ${status}`;
  const isJson = (headers['content-type'] ?? '').startsWith('application/json') && text !== '' && !text.startsWith('{"type":');
  const body = isJson ? (JSON.parse(text) as { readonly kind?: string; readonly code?: number; readonly message?: string }) : {};
  if (body.kind === 'Status' && status >= 300 && body.code !== status) return `${status} with a Status of ${String(body.code)}`;
  const isKnown = status === 504 || (isJson && knownMessages.some((message) => message.test(body.message ?? '')));
  return status < 500 || isKnown ? undefined : `${status}: ${text}`;
}

/** Whether it still answers, and what was rejected meanwhile with nobody to see it. */
async function aftermath(): Promise<{ readonly status: number; readonly rejections: readonly unknown[] }> {
  const headers = { authorization: 'Bearer admin-token' };
  return { status: (await send({ method: 'GET', path: '/api/v1/namespaces/default', headers })).status, rejections };
}
const nothingHappened = { status: 200, rejections: [] };

/** Tries many. Gives the first that goes wrong. */
async function unsoundOf<T>(
  arbitrary: Arbitrary<T>,
  numRuns: number,
  attempt: (given: T) => Promise<string | undefined>,
): Promise<unknown> {
  const property = asyncProperty(arbitrary, async (given) => {
    const problem = await attempt(given);
    if (problem !== undefined) throw new Error(problem);
  });
  const { failed, counterexample, errorInstance } = await check(property, { seed: 20_260_808, numRuns, endOnFailure: true });
  return failed ? { counterexample, error: String(errorInstance) } : undefined;
}

describe('any request at all', () => {
  it('is answered soundly, and done now and then', async () => {
    const statuses = new Map<number, number>();
    let count = 0;
    const unsound = await unsoundOf(arbitraryRequest, 2500, async (request) => {
      count += 1;
      if (count % requestsPerState === 0) simulator.restore(state);
      const isMalformed = /%(?![0-9a-f]{2})/iu.test(request.path.split('?')[0] ?? '');
      const untilHead = ['GET', 'HEAD'].includes(request.method) && request.path.includes('watch');
      const answering = send({ ...request, timeoutMs: 5000, untilHead });
      if (isMalformed) return answering.then(() => 'a path that is none was answered').catch(() => undefined);
      const answer = await answering;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      // Only a body tells which 500 it is.
      return problemOf(request.method === 'HEAD' && answer.status >= 500 ? await send({ ...request, method: 'GET' }) : answer);
    });
    expect({ unsound, ...(await aftermath()) }).toEqual({ unsound: undefined, ...nothingHappened });
    // What is tried is near enough to what is sound: every kind of answer comes.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 401, 403, 404, 405, 406, 409, 415, 422]));
  }, 30_000);

  it('leaves nothing open behind it', () => {
    expect(simulator.watchCount).toBe(0);
  });

  it('that is no HTTP does no harm, inside TLS and outside', async () => {
    const start = constantFrom(
      '',
      'GET /api/v1/services HTTP/1.1\r\nhost: x\r\n',
      'POST /api HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    );
    const bytes = record({ start, rest: uint8Array({ maxLength: 200 }), isTls: boolean(), isHttp2: boolean() });
    const unsound = await unsoundOf(bytes, 150, async (given) => pour(Buffer.concat([Buffer.from(given.start), given.rest]), given));
    expect({ unsound, ...(await aftermath()) }).toEqual({ unsound: undefined, ...nothingHappened });
  }, 30_000);
});

/** Writes bytes on a connection of its own and waits for its end. */
async function pour(bytes: Uint8Array, { isTls, isHttp2 }: { readonly isTls: boolean; readonly isHttp2: boolean }): Promise<undefined> {
  const { port } = simulator;
  const options = { port, host: '127.0.0.1', ca: simulator.caCertificate, ALPNProtocols: [isHttp2 ? 'h2' : 'http/1.1'] };
  return new Promise((resolve) => {
    const socket = isTls ? connect(options, () => socket.end(bytes)) : connectPlain({ port, host: '127.0.0.1' }, () => socket.end(bytes));
    socket.once('close', () => resolve(undefined));
    socket.once('error', () => socket.destroy());
    socket.setTimeout(2000, () => socket.destroy());
    socket.resume();
  });
}

describe('any request to the control endpoint', () => {
  const segment = oneof(
    constantFrom('clusters', 'cluster', '*', 'faults', 'requests', 'recent', 'checkpoint', 'tokens', 'advance', 'compact', '__proto__'),
    stringMatching(/^[!-$&-.0-~]{0,8}$/u),
  );
  const rule = record({
    verb: oneof(constantFrom('list', 'x', 7), jsonValue({ maxDepth: 1 })),
    effect: dictionary(
      constantFrom('kind', 'code', 'delayMs', 'at'),
      oneof(constantFrom('hang', 'status', 'slow', 503, 0), jsonValue({ maxDepth: 1 })),
    ),
  });
  const request = record({
    method: constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
    path: record({ first: constantFrom('clusters/cluster', 'clusters/*', ''), rest: segment, last: oneof(segment, constantFrom('')) }),
    body: oneof(
      string({ maxLength: 10 }),
      oneof(rule, jsonValue({ maxDepth: 3 })).map((value) => JSON.stringify(value)),
    ),
  });

  it('is answered soundly', async () => {
    const unsound = await unsoundOf(request, 300, async ({ method, path, body }) => {
      const url = `${control.url}/${path.first}/${path.rest}/${path.last}`;
      const response = await fetch(url, { method, ...(method === 'GET' ? {} : { body }) });
      const text = await response.text();
      simulator.faults.clear();
      return response.status < 500 && typeof JSON.parse(text) === 'object' ? undefined : `${response.status}: ${text}`;
    });
    simulator.restore(state);
    expect({ unsound, ...(await aftermath()) }).toEqual({ unsound: undefined, ...nothingHappened });
  }, 30_000);
});
