import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AwsSimulator } from '@hub/aws-simulator';
import { sendRaw, sendSigned, signedHeaders } from './signed-request.js';

const jsonType = { 'content-type': 'application/json' };
const formType = { 'content-type': 'application/x-www-form-urlencoded' };
const targetType = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources' };
const create = { method: 'POST', path: '/targetgroups', service: 'vpc-lattice', headers: jsonType };

let simulator: AwsSimulator;

beforeAll(async () => {
  simulator = await AwsSimulator.start();
});

afterAll(async () => {
  await simulator.stop();
});

const keys = () => simulator.credentials('111111111111');

/** Writes bytes on a connection, may close this half of it, and gives everything that comes back. */
function talk(bytes: string, isHalfClosed: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: simulator.port, host: '127.0.0.1', allowHalfOpen: true });
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer to ${bytes.slice(0, 40)}`)));
    socket.on('data', (text: string) => (answer += text));
    socket.once('end', () => socket.end(() => resolve(answer)));
    socket.once('error', reject);
    if (isHalfClosed) socket.end(bytes);
    else socket.write(bytes);
  });
}

describe('a body that can not be read', () => {
  it.each(['{', '[]', '"text"', '3', 'null', '{"name":}', '\u0000', '{"name":"a"} x'])('%j is told so by Lattice', async (body) => {
    const response = await sendSigned(simulator.url, keys(), { ...create, body });
    expect([response.status, response.headers['x-amzn-errortype']]).toEqual([400, 'ValidationException']);
    expect(JSON.parse(response.body)).toMatchObject({ reason: 'cannotParse', message: expect.any(String) });
  });

  it.each([
    { words: 'a number for a text', body: { name: 5, type: 'IP' }, field: 'name' },
    { words: 'a text for a number', body: { name: 'abc', type: 'IP', config: { port: '80' } }, field: 'config.port' },
    { words: 'a fraction', body: { name: 'abc', type: 'IP', config: { port: 80.5 } }, field: 'config.port' },
    { words: 'a huge number', body: { name: 'abc', type: 'IP', config: { port: 1e20 } }, field: 'config.port' },
    { words: 'a list for a map', body: { name: 'abc', type: 'IP', tags: [] }, field: 'tags' },
    {
      words: 'a text for a boolean',
      body: { name: 'abc', type: 'IP', config: { healthCheck: { enabled: 'true' } } },
      field: 'config.healthCheck.enabled',
    },
  ])('has $words', async ({ body, field }) => {
    const response = await sendSigned(simulator.url, keys(), { ...create, body: JSON.stringify(body) });
    expect(JSON.parse(response.body)).toMatchObject({ reason: 'cannotParse', message: expect.stringContaining(`'${field}'`) });
  });

  it('gets the other name where the switch says so', async () => {
    simulator.settings.unverified.cannotParse = 'SerializationException';
    const response = await sendSigned(simulator.url, keys(), { ...create, body: '{' });
    simulator.settings.unverified.cannotParse = 'ValidationException';
    expect([response.status, response.headers['x-amzn-errortype']]).toEqual([400, 'SerializationException']);
  });

  it('is told so by the tagging API in its own shape', async () => {
    const response = await sendSigned(simulator.url, keys(), {
      method: 'POST',
      path: '/',
      service: 'tagging',
      headers: targetType,
      body: '{',
    });
    expect([response.status, JSON.parse(response.body)]).toEqual([
      400,
      { __type: 'SerializationException', message: 'The body is not valid JSON.' },
    ]);
  });

  it('is no hindrance where the operation has no body', async () => {
    const response = await sendSigned(simulator.url, keys(), {
      method: 'GET',
      path: '/targetgroups',
      service: 'vpc-lattice',
      headers: jsonType,
      body: '{',
    });
    expect([response.status, response.body]).toEqual([200, '{"items":[]}']);
  });

  it('is read past what no model knows, however deep that goes', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const config = `{"port":80,"protocol":"HTTP","vpcIdentifier":"vpc-12345678","more":${deep}}`;
    const lattice = await sendSigned(simulator.url, keys(), { ...create, body: `{"name":"deep","type":"IP","config":${config}}` });
    const body = `{"TagFilters":[{"Key":"nobody","more":${deep}}]}`;
    const tagging = await sendSigned(simulator.url, keys(), { method: 'POST', path: '/', service: 'tagging', headers: targetType, body });
    expect([lattice.status, tagging.status]).toEqual([201, 200]);
  });

  it('gets a short answer where millions of its members are wrong', async () => {
    const path = '/targetgroups/tg-0123456789abcdef0/registertargets';
    const body = `{"targets":[${'{},'.repeat(1_000_000)}{}]}`;
    const response = await sendSigned(simulator.url, keys(), { ...create, path, body });
    expect([response.status, response.body.length < 1_000]).toEqual([400, true]);
    expect(response.body).toContain('Member must have length less than or equal to 100');
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/xml', 'application/json; charset=utf-8', 'x'])(
    'is read by Lattice under the content type %s',
    async (type) => {
      const body = JSON.stringify({ name: `type-${type.replaceAll(/[^a-z]+/g, '-')}x`, type: 'LAMBDA' });
      expect((await sendSigned(simulator.url, keys(), { ...create, headers: { 'content-type': type }, body })).status).toBe(201);
    },
  );

  it.each([
    { service: 'tagging', words: 'without a target', status: 400, text: '"__type":"UnknownOperationException"' },
    { service: 'sts', words: 'without a form', status: 400, text: '<Code>InvalidAction</Code>' },
  ])('is refused by $service in its own shape where it comes $words', async ({ service, status, text }) => {
    const response = await sendSigned(simulator.url, keys(), { method: 'POST', path: '/', service, headers: jsonType, body: '{}' });
    expect(response.status).toBe(status);
    expect(response.body).toContain(text);
  });

  it('is read without a content type, and with null for what is absent', async () => {
    const body = '{"name":"no-type","type":"LAMBDA","config":null,"tags":null,"clientToken":null}';
    expect((await sendSigned(simulator.url, keys(), { ...create, headers: {}, body })).status).toBe(201);
  });
});

describe('a body that is too long', () => {
  const tenMebibytes = 'x'.repeat(10 * 1_024 * 1_024);
  it.each([
    { words: 'Lattice', path: '/targetgroups', headers: jsonType, answer: /RequestEntityTooLargeException|too large/ },
    { words: 'the tagging API', path: '/', headers: targetType, answer: /"__type":"RequestEntityTooLargeException"/ },
    { words: 'STS, which says nothing', path: '/', headers: formType, answer: /^$/ },
  ])('gets 413 from $words', async ({ path, headers, answer }) => {
    const response = await sendRaw(simulator.url, { method: 'POST', path, headers, body: tenMebibytes });
    expect([response.status, response.headers['connection']]).toEqual([413, 'close']);
    expect(response.body).toMatch(answer);
  });

  it('leaves no more in the log than an ARN takes', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(1_000_000), type: 'IP' });
    expect((await sendSigned(simulator.url, keys(), { ...create, body })).status).toBe(400);
    expect(simulator.calls.log.at(-1)).toMatchObject({ operation: 'CreateTargetGroup', resource: 'x'.repeat(2_048) });
  });

  it('of fifty thousand fields that nobody knows is read past them', async () => {
    const form = `Action=GetCallerIdentity&Version=2011-06-15&${Array.from({ length: 50_000 }, (_, index) => `a${index}.b=`).join('&')}`;
    const response = await sendSigned(simulator.url, keys(), { method: 'POST', path: '/', service: 'sts', headers: formType, body: form });
    expect(response.status).toBe(200);
  });

  it('of ten million bytes is read', async () => {
    const form = 'Action=GetCallerIdentity&Version=2011-06-15&x=';
    const plain = { method: 'POST', path: '/', service: 'sts', headers: formType, body: form + 'v'.repeat(10_000_000 - form.length) };
    expect((await sendSigned(simulator.url, keys(), plain)).status).toBe(200);
  });
});

describe('a request for nothing that is there', () => {
  it.each([
    { method: 'GET', path: '/', status: 404, type: 'UnknownOperationException' },
    { method: 'GET', path: '/nowhere', status: 404, type: 'UnknownOperationException' },
    { method: 'PUT', path: '/targetgroups', status: 404, type: 'UnknownOperationException' },
    { method: 'GET', path: '/targetgroups/', status: 404, type: 'UnknownOperationException' },
    { method: 'POST', path: '/targetgroups//listtargets', status: 404, type: 'UnknownOperationException' },
    { method: 'GET', path: '/servicenetworks', status: 501, type: 'NotImplemented' },
    { method: 'PUT', path: '/authpolicy/svc-0', status: 501, type: 'NotImplemented' },
    { method: 'GET', path: '/targetgroups/%', status: 403, type: 'MissingAuthenticationTokenException' },
  ])('$method $path is answered with $status', async ({ method, path, status, type }) => {
    const response = await sendRaw(simulator.url, { method, path });
    expect([response.status, response.headers['x-amzn-errortype']]).toEqual([status, type]);
  });

  it.each([
    {
      words: 'an unknown target',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
      status: 400,
      text: 'UnknownOperationException',
    },
    {
      words: 'a target that is refused by name',
      headers: { 'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.StartReportCreation' },
      body: '{}',
      status: 501,
      text: 'StartReportCreation',
    },
    { words: 'a form without an action', headers: formType, body: 'x=1', status: 400, text: '<Code>InvalidAction</Code>' },
    {
      words: 'an unknown action',
      headers: formType,
      body: 'Action=Fly&Version=2011-06-15',
      status: 400,
      text: 'Could not find operation Fly for version 2011-06-15',
    },
    {
      words: 'another version',
      headers: formType,
      body: 'Action=AssumeRole&Version=2010-01-01',
      status: 400,
      text: 'Could not find operation AssumeRole for version 2010-01-01',
    },
    {
      words: 'an action that is refused by name',
      headers: formType,
      body: 'Action=GetSessionToken&Version=2011-06-15',
      status: 501,
      text: 'GetSessionToken',
    },
  ])('$words is answered with $status', async ({ headers, body, status, text }) => {
    const response = await sendRaw(simulator.url, { method: 'POST', path: '/', headers, body });
    expect(response.status).toBe(status);
    expect(response.body).toContain(text);
  });
});

describe('a connection', () => {
  const start = () => `GET /targetgroups HTTP/1.1\r\nhost: ${new URL(simulator.url).host}\r\n`;

  it('whose client has closed its half still gets the answer', async () => {
    expect(await talk(`${start()}connection: close\r\n\r\n`, true)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
  });

  it('that ends in the middle of a body is closed without an answer', async () => {
    const before = simulator.calls.count();
    expect(await talk(`POST /targetgroups HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"na`, true)).toMatch(
      /^(HTTP\/1\.1 400 Bad Request\r\n[\s\S]*)?$/,
    );
    expect(simulator.calls.count()).toBe(before);
  });

  it.each([
    { words: 'that is no HTTP', bytes: 'hello\r\n\r\n', status: '400 Bad Request' },
    {
      words: 'with a header too long',
      bytes: `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(40_000)}\r\n\r\n`,
      status: '431 Request Header Fields Too Large',
    },
    {
      words: 'with two lengths',
      bytes: 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      status: '400 Bad Request',
    },
  ])('$words is answered with $status and closed', async ({ bytes, status }) => {
    expect(await talk(bytes, false)).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
  });

  it('carries a body in chunks like any other', async () => {
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const plain = { method: 'POST', path: '/', service: 'sts', headers: { ...formType, 'transfer-encoding': 'chunked' }, body };
    const response = await sendRaw(simulator.url, { ...plain, headers: signedHeaders(new URL(simulator.url).host, keys(), plain) });
    expect(response.status).toBe(200);
  });
});
