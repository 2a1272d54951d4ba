import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsSimulator } from '@hub/aws-simulator';
import { presignedPath, sendRaw, sendSigned, signedHeaders } from './signed-request.js';
import type { Keys, PlainRequest, PlainResponse } from './signed-request.js';
import { xmlTree } from './xml-tree.js';

const account = '111111111111';
let simulator: AwsSimulator;
let host: string;
let keys: Keys;

beforeAll(async () => {
  simulator = await AwsSimulator.start();
  host = new URL(simulator.url).host;
});

beforeEach(() => {
  keys = simulator.credentials(account);
});

afterAll(async () => {
  await simulator.stop();
});

/** The same three requests that any client could make, one for each protocol. */
const requests = {
  lattice: { method: 'GET', path: '/targetgroups?maxResults=5', service: 'vpc-lattice' },
  sts: {
    method: 'POST',
    path: '/',
    service: 'sts',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  },
  tagging: {
    method: 'POST',
    path: '/',
    service: 'tagging',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources' },
    body: '{}',
  },
} as const satisfies Record<string, PlainRequest>;

type Protocol = keyof typeof requests;

/** The error code as each protocol says it. */
function codeOf(protocol: Protocol, response: PlainResponse): string {
  if (protocol === 'lattice') return String(response.headers['x-amzn-errortype'] ?? '');
  if (protocol === 'tagging') return /"__type":"(\w+)"/.exec(response.body)?.[1] ?? '';
  return String(Object(xmlTree(response.body)).ErrorResponse?.Error?.Code ?? '');
}

const protocols: readonly Protocol[] = ['lattice', 'sts', 'tagging'];

describe('a request signed by hand, without any SDK', () => {
  it.each(protocols)('is answered over %s', async (protocol) => {
    const response = await sendSigned(simulator.url, keys, requests[protocol]);
    expect({ status: response.status, code: response.body.includes('Error') ? response.body : '' }).toEqual({ status: 200, code: '' });
  });

  it('is answered for identifiers with every kind of encoding', async () => {
    const arn = 'arn%3Aaws%3Avpc-lattice%3Aus-west-2%3A111111111111%3Atargetgroup%2Ftg-0123456789abcdef0';
    const response = await sendSigned(simulator.url, keys, { method: 'GET', path: `/targetgroups/${arn}`, service: 'vpc-lattice' });
    expect([response.status, response.headers['x-amzn-errortype']]).toEqual([404, 'ResourceNotFoundException']);
    const unencoded = await sendSigned(simulator.url, keys, {
      method: 'GET',
      path: `/targetgroups/${decodeURIComponent(arn)}`,
      service: 'vpc-lattice',
    });
    expect(unencoded.headers['x-amzn-errortype']).toBe('UnknownOperationException');
  });

  it('is answered for repeated query keys that need encoding', async () => {
    const arn = encodeURIComponent('arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/tg-0123456789abcdef0');
    const response = await sendSigned(simulator.url, keys, {
      method: 'DELETE',
      path: `/tags/${arn}?tagKeys=b%2Fc&tagKeys=a%20b`,
      service: 'vpc-lattice',
    });
    expect(response.headers['x-amzn-errortype']).toBe('ResourceNotFoundException');
  });
});

describe('a request that must be refused', () => {
  const codes = {
    missingToken: {
      lattice: [403, 'MissingAuthenticationTokenException'],
      sts: [403, 'MissingAuthenticationToken'],
      tagging: [400, 'MissingAuthenticationTokenException'],
    },
    incomplete: {
      lattice: [403, 'IncompleteSignatureException'],
      sts: [400, 'IncompleteSignature'],
      tagging: [400, 'IncompleteSignatureException'],
    },
    unknownKey: {
      lattice: [403, 'UnrecognizedClientException'],
      sts: [403, 'InvalidClientTokenId'],
      tagging: [400, 'UnrecognizedClientException'],
    },
    badSignature: {
      lattice: [403, 'InvalidSignatureException'],
      sts: [403, 'SignatureDoesNotMatch'],
      tagging: [400, 'InvalidSignatureException'],
    },
  } as const;
  const minuteMs = 60_000;

  const cases: readonly {
    readonly words: string;
    readonly code: keyof typeof codes;
    readonly send: (plain: PlainRequest) => Promise<PlainResponse>;
  }[] = [
    { words: 'is not signed', code: 'missingToken', send: (plain) => sendRaw(simulator.url, plain) },
    {
      words: 'has a Basic authorization',
      code: 'incomplete',
      send: (plain) => sendRaw(simulator.url, { ...plain, headers: { ...plain.headers, authorization: 'Basic eDp5' } }),
    },
    {
      words: 'is signed with an unknown key',
      code: 'unknownKey',
      send: (plain) => sendSigned(simulator.url, { ...keys, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }, plain),
    },
    {
      words: 'is signed with a wrong secret',
      code: 'badSignature',
      send: (plain) => sendSigned(simulator.url, { ...keys, secretAccessKey: 'wrong' }, plain),
    },
    {
      words: 'has a session token that belongs to no session',
      code: 'unknownKey',
      send: (plain) => sendSigned(simulator.url, { ...keys, sessionToken: 'token' }, plain),
    },
    {
      words: 'is signed six minutes ago',
      code: 'badSignature',
      send: (plain) => sendSigned(simulator.url, keys, { ...plain, signedAtMs: Date.now() - 6 * minuteMs }),
    },
    {
      words: 'is signed six minutes ahead',
      code: 'badSignature',
      send: (plain) => sendSigned(simulator.url, keys, { ...plain, signedAtMs: Date.now() + 6 * minuteMs }),
    },
    {
      words: 'is scoped to a region that is none',
      code: 'badSignature',
      send: (plain) => sendSigned(simulator.url, keys, { ...plain, region: 'mars' }),
    },
    {
      words: 'is scoped to another service',
      code: 'badSignature',
      send: (plain) => sendSigned(simulator.url, keys, { ...plain, service: 'ec2' }),
    },
    {
      words: 'is signed without its payload, as S3 alone allows',
      code: 'badSignature',
      send: (plain) => {
        const headers = { ...plain.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
        return sendSigned(simulator.url, keys, { ...plain, headers, payloadHash: 'UNSIGNED-PAYLOAD' });
      },
    },
    {
      words: 'is signed in chunks, as S3 alone allows',
      code: 'badSignature',
      send: (plain) => {
        const payloadHash = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
        return sendSigned(simulator.url, keys, {
          ...plain,
          headers: { ...plain.headers, 'x-amz-content-sha256': payloadHash },
          payloadHash,
        });
      },
    },
    {
      words: 'has a changed body',
      code: 'badSignature',
      send: (plain) =>
        sendRaw(simulator.url, {
          ...plain,
          headers: signedHeaders(host, keys, plain),
          body: `${plain.body ?? ''}${plain.service === 'sts' ? '&x=1' : ' '}`,
        }),
    },
    {
      words: 'has a changed signed header',
      code: 'badSignature',
      send: (plain) => sendRaw(simulator.url, { ...plain, headers: { ...signedHeaders(host, keys, plain), host: `${host}0` } }),
    },
    {
      words: 'has a changed signature',
      code: 'badSignature',
      send: (plain) => {
        const headers = signedHeaders(host, keys, plain);
        return sendRaw(simulator.url, {
          ...plain,
          headers: { ...headers, authorization: `${headers['authorization']?.slice(0, -4)}0000` },
        });
      },
    },
  ];

  it.each(cases.flatMap((one) => protocols.map((protocol) => ({ ...one, protocol }))))(
    'because it $words, over $protocol',
    async ({ protocol, code, send }) => {
      const response = await send(requests[protocol]);
      expect([response.status, codeOf(protocol, response)]).toEqual(codes[code][protocol]);
      expect(response.headers['x-amzn-requestid']).toBeDefined();
    },
  );

  it.each([
    { words: 'another query', change: (path: string) => path.replace('=5', '=6') },
    { words: 'another path', change: (path: string) => path.replace('targetgroups', 'services') },
  ])('because it was signed for $words', async ({ change }) => {
    const headers = signedHeaders(host, keys, requests.lattice);
    const response = await sendRaw(simulator.url, { method: 'GET', path: change(requests.lattice.path), headers });
    expect(codeOf('lattice', response)).toBe('InvalidSignatureException');
  });
});

describe('a session', () => {
  async function session(seconds = 900): Promise<Keys> {
    const body = `Action=AssumeRole&Version=2011-06-15&RoleArn=${encodeURIComponent(simulator.roleArn(account))}&RoleSessionName=hand&ExternalId=sandbox&DurationSeconds=${seconds}`;
    const response = await sendSigned(simulator.url, keys, { ...requests.sts, body });
    const { AccessKeyId, SecretAccessKey, SessionToken } = Object(xmlTree(response.body)).AssumeRoleResponse.AssumeRoleResult.Credentials;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  it('is taken in the header and in a presigned query', async () => {
    const temporary = await session();
    expect((await sendSigned(simulator.url, temporary, requests.lattice)).status).toBe(200);
    const path = presignedPath(host, temporary, { service: 'sts', query: 'Action=GetCallerIdentity&Version=2011-06-15' });
    const response = await sendRaw(simulator.url, { method: 'GET', path });
    expect([response.status, response.body.includes('assumed-role/lattice-hub/hand')]).toEqual([200, true]);
  });

  it.each([
    { words: 'its token', without: { sessionToken: undefined } },
    { words: 'its own token', without: { sessionToken: 'other' } },
  ])('is refused without $words', async ({ without }) => {
    const { sessionToken: _, ...temporary } = await session();
    const given = without.sessionToken === undefined ? temporary : { ...temporary, sessionToken: without.sessionToken };
    const response = await sendSigned(simulator.url, given, requests.lattice);
    expect([response.status, codeOf('lattice', response)]).toEqual([403, 'UnrecognizedClientException']);
  });

  it.each([
    ['lattice', 403, 'ExpiredTokenException'],
    ['sts', 403, 'ExpiredToken'],
    ['tagging', 400, 'ExpiredTokenException'],
  ] as const)('that is over is told so over %s', async (protocol, status, code) => {
    const temporary = await session(900);
    simulator.clock.advance(899_000);
    expect((await sendSigned(simulator.url, temporary, requests[protocol])).status).toBe(200);
    simulator.clock.advance(2_000);
    const response = await sendSigned(simulator.url, temporary, requests[protocol]);
    expect([response.status, codeOf(protocol, response)]).toEqual([status, code]);
  });
});

describe('a presigned GetCallerIdentity', () => {
  const identity = { service: 'sts', query: 'Action=GetCallerIdentity&Version=2011-06-15', headers: { 'x-k8s-aws-id': 'blue' } };

  it('proves a cluster token and answers JSON to who asks for it', async () => {
    const path = presignedPath(host, keys, identity);
    const headers = { 'x-k8s-aws-id': 'blue', accept: 'application/json' };
    const response = await sendRaw(simulator.url, { method: 'GET', path, headers });
    expect(JSON.parse(response.body)).toMatchObject({
      GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: account, Arn: `arn:aws:iam::${account}:user/sandbox` } },
    });
  });

  it.each([
    { words: 'for another cluster', afterMs: 0, headers: { 'x-k8s-aws-id': 'red' }, status: 403 },
    { words: 'without the header', afterMs: 0, headers: {}, status: 403 },
    { words: 'fourteen minutes later', afterMs: 14 * 60_000, headers: { 'x-k8s-aws-id': 'blue' }, status: 200 },
    { words: 'sixteen minutes later', afterMs: 16 * 60_000, headers: { 'x-k8s-aws-id': 'blue' }, status: 403 },
  ])('is answered with $status $words', async ({ afterMs, headers, status }) => {
    const path = presignedPath(host, keys, { ...identity, signedAtMs: Date.now() - afterMs });
    const response = await sendRaw(simulator.url, { method: 'GET', path, headers });
    expect(response.status).toBe(status);
  });
});

describe('the clock of the server', () => {
  it('may be off: dates are compared with it, and its Date header says so', async () => {
    simulator.settings.clockSkewMs = 600_000;
    try {
      const response = await sendSigned(simulator.url, keys, requests.lattice);
      expect(codeOf('lattice', response)).toBe('InvalidSignatureException');
      expect(Date.parse(String(response.headers['date'])) - Date.now()).toBeGreaterThan(590_000);
      expect((await sendSigned(simulator.url, keys, { ...requests.lattice, signedAtMs: Date.now() + 600_000 })).status).toBe(200);
    } finally {
      simulator.settings.clockSkewMs = 0;
    }
  });

  it('of resources may be moved without spoiling signatures', async () => {
    simulator.clock.advance(86_400_000);
    expect((await sendSigned(simulator.url, keys, requests.lattice)).status).toBe(200);
  });
});
