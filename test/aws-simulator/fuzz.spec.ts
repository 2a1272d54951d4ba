import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  array,
  asyncProperty,
  boolean,
  check,
  constantFrom,
  dictionary,
  oneof,
  option,
  record,
  string,
  stringMatching,
  uint8Array,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { AwsSimulator } from '@hub/aws-simulator';
import type { OperationModel, ServiceModel } from '../../libs/aws-simulator/src/models/service-model.js';
import { stsModel } from '../../libs/aws-simulator/src/models/sts.generated.js';
import { taggingModel } from '../../libs/aws-simulator/src/models/tagging.generated.js';
import { vpcLatticeModel } from '../../libs/aws-simulator/src/models/vpc-lattice.generated.js';
import { defaultSettings } from '../../libs/aws-simulator/src/settings/simulator-settings.js';
import { arbitraryInput } from './arbitrary-input.js';
import { sendRaw, sendSigned } from './signed-request.js';
import type { PlainRequest, PlainResponse } from './signed-request.js';

const account = '111111111111';
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

let simulator: AwsSimulator;
/** Names of a group, a service, a listener and a rule that exist, as ids and as ARNs. */
let known: readonly string[];

beforeAll(async () => {
  process.on('unhandledRejection', note);
  const quotas = { targetGroupsPerRegion: 10_000, servicesPerRegion: 10_000, listenersPerService: 1_000, rulesPerListener: 1_000 };
  simulator = await AwsSimulator.start({ createDelayMs: 0, callLogSize: 100, quotas });
});

afterAll(async () => {
  process.off('unhandledRejection', note);
  await simulator.stop();
});

beforeEach(() => {
  const writer = simulator.foreignWriter(account, 'us-west-2');
  const suffix = String(simulator.calls.count());
  const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;
  const group = writer.call('CreateTargetGroup', { name: `group-${suffix}`, type: 'IP', config });
  const service = writer.call('CreateService', { name: `service-${suffix}` });
  const action = { fixedResponse: { statusCode: 404 } };
  const serviceIdentifier = service.id ?? '';
  const listener = writer.call('CreateListener', { serviceIdentifier, name: 'http', protocol: 'HTTP', defaultAction: action });
  const match = { httpMatch: { method: 'GET' } };
  const place = { serviceIdentifier, listenerIdentifier: listener.id ?? '' };
  const rule = writer.call('CreateRule', { ...place, name: 'first', priority: 1, match, action });
  known = [group, service, listener, rule].flatMap(({ id = '', arn = '' }) => [id, arn]);
});

/** What is wrong with an answer, whatever was asked: a 5xx but for the 501 of what is refused by name, or a body that is no JSON. */
function problemOf({ status, headers, body }: PlainResponse): string | undefined {
  if (status >= 500 && status !== 501) return `${status}: ${body}`;
  if (!String(headers['content-type']).includes('json') || body === '') return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch {
    return `no JSON: ${body}`;
  }
}

/** Tries many requests. Gives the first whose answer is not sound, and how many were answered with success. */
async function tried<T>(
  arbitrary: Arbitrary<T>,
  numRuns: number,
  send: (given: T) => Promise<PlainResponse>,
): Promise<{ readonly unsound: unknown; readonly successes: number }> {
  let successes = 0;
  const property = asyncProperty(arbitrary, async (given) => {
    const response = await send(given);
    const problem = problemOf(response);
    if (problem !== undefined) throw new Error(problem);
    if (response.status < 300) successes += 1;
  });
  const { failed, counterexample, errorInstance } = await check(property, { seed: 20_260_807, numRuns, endOnFailure: true });
  return { unsound: failed ? { counterexample, error: String(errorInstance) } : rejections[0], successes };
}

describe('any request at all', () => {
  const segment = oneof(
    constantFrom(
      'targetgroups',
      'services',
      'listeners',
      'rules',
      'tags',
      'registertargets',
      'tg-0123456789abcdef0',
      '..',
      '.',
      '',
      '%2F',
      '%',
      '%zz',
      '%00',
      '%E0%A4%A',
    ),
    stringMatching(/^[!-$&-.0-~]{0,12}$/),
  );
  const path = array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
  const query = oneof(
    constantFrom(
      '',
      '?',
      '?Action=AssumeRole',
      '?maxResults=1',
      '?maxResults=x',
      '?nextToken=%',
      '?X-Amz-Algorithm=AWS4-HMAC-SHA256',
      '?&&=&a',
    ),
    stringMatching(/^[!-~]{0,20}$/).map((text) => `?${text}`),
  );
  const method = constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS');
  const headerName = constantFrom(
    'content-type',
    'x-amz-target',
    'authorization',
    'x-amz-date',
    'x-amz-security-token',
    'accept',
    'user-agent',
    'amz-sdk-request',
    'x-y',
  );
  const headerValue = oneof(
    constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'ResourceGroupsTaggingAPI_20170126.GetResources',
      'ResourceGroupsTaggingAPI_20170126.toString',
      'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=x',
      'AWS4-HMAC-SHA256',
      '20200101T000000Z',
      'attempt=1; max=3',
    ),
    stringMatching(/^[ -~]{0,30}$/),
  );
  const headers = dictionary(headerName, headerValue, { maxKeys: 5, noNullPrototype: true });
  const body = option(
    oneof(constantFrom('', '{}', '{', 'Action=AssumeRole', 'Action=__proto__&Version=2011-06-15'), string({ maxLength: 60 })),
    { nil: undefined },
  );

  it('without a signature is answered soundly', async () => {
    const outcome = await tried(record({ method, path, query, headers, body }), 400, (given) => {
      const text = given.body === undefined ? {} : { body: given.body };
      return sendRaw(simulator.url, { method: given.method, path: given.path + given.query, headers: given.headers, ...text });
    });
    expect(outcome).toEqual({ unsound: undefined, successes: 0 });
  });

  it('with a good signature is answered soundly', async () => {
    const service = constantFrom('vpc-lattice', 'sts', 'tagging');
    const { unsound } = await tried(record({ method, path, body, service, contentType: headerValue }), 400, (given) => {
      const text = given.body === undefined ? {} : { body: given.body };
      const plain = {
        method: given.method,
        path: given.path,
        service: given.service,
        headers: { 'content-type': given.contentType.trim() || 'x' },
      };
      return sendSigned(simulator.url, simulator.credentials(account), { ...plain, ...text });
    });
    expect(unsound).toBeUndefined();
  });

  it('that is no HTTP does no harm', async () => {
    const list = { method: 'GET', path: '/targetgroups', service: 'vpc-lattice' };
    const { unsound, successes } = await tried(
      record({ bytes: uint8Array({ maxLength: 200 }), hasStart: boolean() }),
      200,
      async ({ bytes, hasStart }) => {
        await pour(hasStart ? `POST /targetgroups HTTP/1.1\r\nhost: x\r\n${String(bytes)}` : bytes);
        return sendSigned(simulator.url, simulator.credentials(account), list);
      },
    );
    expect({ unsound, successes }).toEqual({ unsound: undefined, successes: 200 });
  });
});

/** Writes bytes on a connection of its own and waits for its end. */
function pour(bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port: simulator.port, host: '127.0.0.1' }, () => socket.end(bytes));
    socket.once('close', () => resolve());
    socket.once('error', () => socket.destroy());
    socket.resume();
  });
}

/** The request that carries an input by the bindings of a REST operation. */
function restRequest(operation: OperationModel, model: ServiceModel, input: Readonly<Record<string, unknown>>): PlainRequest {
  const shape = model.shapes[operation.input ?? ''];
  const members = shape?.type === 'structure' ? Object.entries(shape.members) : [];
  const asText = (value: unknown) =>
    encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value ?? 'x')).toWellFormed()) || 'x';
  const path = operation.uri.replaceAll(/\{(\w+)\}/g, (_, name: string) => asText(input[name]));
  const queries = members.flatMap(([name, member]) => {
    if (member.location !== 'querystring' || input[name] === undefined) return [];
    const values: readonly unknown[] = Array.isArray(input[name]) ? input[name] : [input[name]];
    return values.map((value) => `${member.locationName ?? ''}=${asText(value)}`);
  });
  const inBody = members.filter(([name, member]) => member.location === undefined && input[name] !== undefined);
  const body = inBody.length > 0 ? { body: JSON.stringify(Object.fromEntries(inBody.map(([name]) => [name, input[name]]))) } : {};
  const query = queries.length > 0 ? `?${queries.join('&')}` : '';
  return {
    method: operation.method,
    path: path + query,
    service: 'vpc-lattice',
    headers: { 'content-type': 'application/json' },
    ...body,
  };
}

describe('any input of an operation', () => {
  it.each(Object.entries(vpcLatticeModel.operations))('%s of Lattice is answered soundly, and done now and then', async (_, operation) => {
    const { unsound, successes } = await tried(arbitraryInput(vpcLatticeModel, operation.input ?? '', known), 150, (input) =>
      sendSigned(simulator.url, simulator.credentials(account), restRequest(operation, vpcLatticeModel, Object(input))),
    );
    expect({ unsound, isDone: successes > 0 }).toEqual({ unsound: undefined, isDone: true });
  });

  it.each(Object.entries(taggingModel.operations))(
    '%s of the tagging API is answered soundly, and done now and then',
    async (name, operation) => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `ResourceGroupsTaggingAPI_20170126.${name}` };
      const { unsound, successes } = await tried(arbitraryInput(taggingModel, operation.input ?? '', known), 500, (input) => {
        const plain = { method: 'POST', path: '/', service: 'tagging', headers, body: JSON.stringify(input) ?? '' };
        return sendSigned(simulator.url, simulator.credentials(account), plain);
      });
      expect({ unsound, isDone: successes > 0 }).toEqual({ unsound: undefined, isDone: true });
    },
  );

  it.each(Object.entries(stsModel.operations))('%s of STS is answered soundly', async (name, operation) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { unsound } = await tried(arbitraryInput(stsModel, operation.input ?? '', known), 150, (input) => {
      const form = new URLSearchParams([['Action', name], ['Version', stsModel.apiVersion], ...flattened(input, '')]);
      return sendSigned(simulator.url, simulator.credentials(account), {
        method: 'POST',
        path: '/',
        service: 'sts',
        headers,
        body: form.toString(),
      });
    });
    expect(unsound).toBeUndefined();
  });
});

/** The flat fields of the Query protocol. */
function flattened(value: unknown, prefix: string): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => flattened(item, `${prefix}.member.${index + 1}`));
  if (typeof value !== 'object' || value === null) return [[prefix, String(value).toWellFormed()]];
  return Object.entries(value).flatMap(([key, item]) => flattened(item, prefix === '' ? key : `${prefix}.${key}`));
}

/** Names of settings of the two groups inside, and of those beside them. */
function settingNames(): readonly (readonly [group: string | undefined, name: string])[] {
  const { quotas, unverified, ...plain } = defaultSettings();
  return [
    ...Object.keys(plain).map((name) => [undefined, name] as const),
    ...Object.keys(quotas).map((name) => ['quotas', name] as const),
    ...Object.keys(unverified).map((name) => ['unverified', name] as const),
  ];
}

describe('any value of a setting', () => {
  const value = constantFrom<unknown>(
    0,
    -1,
    0.5,
    1,
    1e9,
    1e13,
    1e300,
    Number.MAX_SAFE_INTEGER,
    '',
    'x',
    null,
    true,
    [],
    ['x'],
    {},
    [{}],
    [{ burst: 1 }],
  );
  // A real delay of every answer is what it asks for.
  const setting = constantFrom(...settingNames().filter(([, name]) => name !== 'latencyMs'));

  it('is refused, or the simulator goes on soundly with it', async () => {
    const service = { path: '/', service: 'tagging', method: 'POST', body: '{}' };
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources' };
    let taken = 0;
    const { unsound } = await tried(record({ setting, value }), 400, async ({ setting: [group, name], value: given }) => {
      const own = await AwsSimulator.start({ controlPort: 0, accounts: [account] });
      try {
        const patch = group === undefined ? { [name]: given } : { [group]: { [name]: given } };
        const patched = await sendRaw(own.controlUrl ?? '', { method: 'PATCH', path: '/settings', body: JSON.stringify(patch) });
        if (patched.status !== 200) return patched;
        taken += 1;
        const keys = own.credentials(account);
        const lattice = { service: 'vpc-lattice', headers: { 'content-type': 'application/json' } };
        const body = JSON.stringify({ name: 'any', type: 'LAMBDA', tags: { a: 'b' }, clientToken: 'x' });
        const answers = [
          await sendSigned(own.url, keys, { ...lattice, method: 'POST', path: '/targetgroups', body }),
          await sendSigned(own.url, keys, { ...lattice, method: 'GET', path: '/targetgroups' }),
          await sendSigned(own.url, keys, { ...service, headers }),
          await sendRaw(own.controlUrl ?? '', { method: 'GET', path: '/saved' }),
        ];
        own.load(JSON.parse(answers.at(-1)?.body ?? ''));
        return answers.find((answer) => problemOf(answer) !== undefined) ?? patched;
      } finally {
        await own.stop();
      }
    });
    expect({ unsound, isTaken: taken > 50 }).toEqual({ unsound: undefined, isTaken: true });
  });
});
