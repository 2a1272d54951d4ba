import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AccountSessions, LatticeApi, type CallGuard } from '@hub/lattice';

const account = '222222222222';
const arn = `arn:aws:vpc-lattice:us-west-2:${account}:targetgroup/tg-0123456789abcdef0`;
const json = { 'content-type': 'application/json' };
const whole = '{"items":[],"successful":[],"unsuccessful":[]}';

/** What an AWS says of a target group, and how it breaks off. */
const brokenOff: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'before the first byte': (response) => {
    response.writeHead(200, { ...json, 'content-length': 1000 }).flushHeaders();
    response.destroy();
  },
  'where it would be whole by itself, though it is said to be longer': (response) => {
    response.writeHead(200, { ...json, 'content-length': 1000 }).write(whole, () => response.destroy());
  },
  'where it would be whole by itself, without the last chunk': (response) => {
    response.writeHead(200, json).write(whole, () => response.destroy());
  },
  'in the midst, with the length that it is said to have': (response) => {
    response.writeHead(200, json).end(whole.slice(0, 10));
  },
  'without an end': (response) => {
    response.writeHead(200, json).write(whole);
  },
};

describe('an answer of AWS that breaks off is no answer', () => {
  let server: Server;
  let sessions: AccountSessions;
  let breakOff: (response: ServerResponse) => void;

  const api = () => {
    const access = { accountId: account, region: 'us-west-2', roleArn: `arn:aws:iam::${account}:role/hub`, externalId: 'fleet' };
    const guard: CallGuard = {
      budget: async () => undefined,
      mayWrite: () => true,
      userAgent: 'test',
      callTimeoutMs: 300,
      report: () => undefined,
      nowMs: () => performance.now(),
    };
    return new LatticeApi(sessions.session(access), guard);
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const action = new URLSearchParams(Buffer.concat(parts).toString()).get('Action');
        if (action === null) breakOff(response);
        else response.writeHead(200, { 'content-type': 'text/xml' }).end(ofSts(action));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    jest.replaceProperty(process, 'env', {
      AWS_ACCESS_KEY_ID: 'OWN',
      AWS_SECRET_ACCESS_KEY: 'own',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    });
    sessions = new AccountSessions({
      hubId: 'hub',
      attemptTimeoutMs: 1000,
      connectTimeoutMs: 1000,
      maxAttempts: 1,
      nowMs: () => performance.now(),
    });
  });

  afterAll(async () => {
    sessions.close();
    jest.restoreAllMocks();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(Object.keys(brokenOff))('%s: no list is empty, and nobody knows whether what was written was done', async (where) => {
    breakOff = brokenOff[where] ?? (() => undefined);
    const { signal } = new AbortController();
    await expect(api().listTargetGroups(signal)).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(api().listTargets(arn, signal)).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(api().getTargetGroupTags(signal)).rejects.toMatchObject({ kind: 'unavailable' });
    const targets = [{ ip: '10.0.0.1', port: 8080 }];
    await expect(api().registerTargets(arn, targets, signal)).rejects.toMatchObject({ isUnknownOutcome: true });
    await expect(api().deregisterTargets(arn, targets, signal)).rejects.toMatchObject({ isUnknownOutcome: true });
  });

  it('whole, it is one', async () => {
    breakOff = (response) => response.writeHead(200, json).end(whole);
    const { signal } = new AbortController();
    expect(await api().listTargetGroups(signal)).toEqual([]);
    expect(await api().listTargets(arn, signal)).toEqual([]);
  });
});

function ofSts(action: string): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const credentials = `<AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration>`;
  return action === 'AssumeRole'
    ? `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`
    : `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
}
