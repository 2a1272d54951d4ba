import { ListTargetGroupsCommand } from '@aws-sdk/client-vpc-lattice';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpRequest } from '@smithy/types';
import { AccountSessions, type AccountAccess } from './account-sessions.js';

const own = '111111111111';
const account = '222222222222';
const access: AccountAccess = {
  accountId: account,
  region: 'us-west-2',
  roleArn: `arn:aws:iam::${account}:role/lattice-hub`,
  externalId: 'fleet',
};

/** An AWS that takes a role, says whose the credentials are, and has no target groups. What it is asked is noted. */
class Aws {
  readonly asked: { readonly operation: string; readonly key: string; readonly body: string }[] = [];
  /** The account that the credentials of a role are of. */
  leadsTo = account;
  /** The role can't be assumed. */
  refuses = false;
  private keys = 0;

  async answer(request: HttpRequest & { readonly body?: unknown }): Promise<{ response: object }> {
    const body = typeof request.body === 'string' ? request.body : '';
    const operation = new URLSearchParams(body).get('Action') ?? `${request.method} ${request.path}`;
    const key = /Credential=([^/]+)\//.exec(request.headers['authorization'] ?? '')?.[1] ?? 'none';
    this.asked.push({ operation, key, body });
    if (operation === 'AssumeRole' && this.refuses) {
      return respond(403, '<ErrorResponse><Error><Code>AccessDenied</Code><Message>you may not</Message></Error></ErrorResponse>');
    }
    if (operation === 'AssumeRole') {
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      const credentials = `<AccessKeyId>ROLE${++this.keys}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`;
      return respond(
        200,
        `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}<Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
    }
    if (operation === 'GetCallerIdentity') {
      const whose = key === 'OWN' ? own : this.leadsTo;
      return respond(
        200,
        `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${whose}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
    }
    return respond(200, '{"items":[]}');
  }

  operations(): readonly string[] {
    return this.asked.map(({ operation, key }) => `${operation} by ${key}`);
  }
}

function respond(statusCode: number, body: string): { response: object } {
  const text = new TextEncoder().encode(body);
  const headers = { 'content-type': body.startsWith('{') ? 'application/json' : 'text/xml' };
  return { response: { statusCode, headers, body: new Blob([text]).stream() } };
}

describe("a session with a member's account", () => {
  let aws: Aws;
  let sessions: AccountSessions;
  let nowMs: number;
  const list = (session = sessions.session(access)) => session.lattice.send(new ListTargetGroupsCommand({}));

  beforeEach(() => {
    aws = new Aws();
    nowMs = 0;
    jest.spyOn(NodeHttpHandler.prototype, 'handle').mockImplementation((request) => aws.answer(request) as never);
    jest.replaceProperty(process, 'env', {
      AWS_ACCESS_KEY_ID: 'OWN',
      AWS_SECRET_ACCESS_KEY: 'own',
      AWS_ENDPOINT_URL: 'http://aws.test',
    });
    sessions = new AccountSessions({
      hubId: 'hub/1',
      attemptTimeoutMs: 1000,
      connectTimeoutMs: 1000,
      maxAttempts: 1,
      nowMs: () => nowMs,
    });
  });
  afterEach(() => {
    sessions.close();
    jest.restoreAllMocks();
  });

  it('makes no call before it is used', () => {
    sessions.session(access);
    expect(aws.asked).toEqual([]);
  });

  it('assumes the role, makes sure where it leads, and only then calls with it', async () => {
    await list();
    expect(aws.operations()).toEqual(['AssumeRole by OWN', 'GetCallerIdentity by ROLE1', 'GET /targetgroups by ROLE1']);
    const asked = new URLSearchParams(aws.asked[0]?.body);
    expect(Object.fromEntries(asked)).toMatchObject({ RoleArn: access.roleArn, ExternalId: 'fleet', RoleSessionName: 'lattice-hub-hub-1' });
  });

  it('names no external id where there is none', async () => {
    await list(sessions.session({ ...access, externalId: undefined }));
    expect(new URLSearchParams(aws.asked[0]?.body).has('ExternalId')).toBe(false);
  });

  it.each<{ because: string; roleArn: string }>([
    { because: 'it is in another account', roleArn: `arn:aws:iam::${own}:role/lattice-hub` },
    { because: 'it is no ARN', roleArn: 'lattice-hub' },
    { because: 'it is nothing', roleArn: '' },
  ])('is refused before any call for a role when $because', ({ roleArn }) => {
    expect(() => sessions.session({ ...access, roleArn })).toThrow(expect.objectContaining({ kind: 'wrongAccount' }));
    expect(aws.asked).toEqual([]);
  });

  it("whose credentials are another account's makes no call with them, nor with the hub's own", async () => {
    aws.leadsTo = own;
    await expect(list()).rejects.toMatchObject({ kind: 'wrongAccount' });
    await expect(sessions.session(access).authorize()).rejects.toMatchObject({ kind: 'wrongAccount' });
    expect(aws.operations().filter((operation) => operation.startsWith('GET '))).toEqual([]);
  });

  it("whose role can't be assumed makes no call, and none with the hub's own credentials", async () => {
    aws.refuses = true;
    await expect(list()).rejects.toMatchObject({ kind: 'notAssumed' });
    expect(aws.operations()).toEqual(['AssumeRole by OWN']);
    aws.refuses = false;
    await list();
    expect(aws.operations().at(-1)).toBe('GET /targetgroups by ROLE1');
  });

  it('gets credentials once, however many calls wait for them', async () => {
    await Promise.all([list(), list(), sessions.session(access).authorize()]);
    await list();
    expect(aws.operations().filter((operation) => operation.startsWith('AssumeRole'))).toHaveLength(1);
  });

  it('gets new ones when those that it has end soon', async () => {
    await list();
    const laterMs = Date.now() + 56 * 60_000;
    jest.spyOn(Date, 'now').mockImplementation(() => laterMs);
    await list();
    await list();
    expect(aws.operations().filter((operation) => operation.startsWith('GET '))).toEqual([
      'GET /targetgroups by ROLE1',
      'GET /targetgroups by ROLE2',
      'GET /targetgroups by ROLE2',
    ]);
  });

  it('gets new ones for the next call when they were thrown away, however long they would have been valid', async () => {
    await list();
    sessions.session(access).renew();
    await list();
    expect(aws.operations().at(-1)).toBe('GET /targetgroups by ROLE2');
  });

  it('has a new client, with the credentials that it has, once its calls were not refused any more for ten seconds', async () => {
    const session = sessions.session(access);
    await list(session);
    const { lattice, tagging } = session;
    for (const afterMs of [0, 9999]) {
      nowMs += afterMs;
      expect(session.lattice).toBe(lattice);
      session.noteThrottled('lattice');
    }
    nowMs += 9999;
    expect(session.lattice).toBe(lattice);
    nowMs += 1;
    const next = session.lattice;
    expect(next).not.toBe(lattice);
    await list(session);
    expect(aws.operations().at(-1)).toBe('GET /targetgroups by ROLE1');
    nowMs += 60_000;
    expect(session.lattice).toBe(next);
    expect(session.tagging).toBe(tagging);
  });

  it('is shared by role, external id and region together, and by nothing less', () => {
    const session = sessions.session(access);
    expect(sessions.session({ ...access })).toBe(session);
    const others = [
      { ...access, roleArn: `arn:aws:iam::${account}:role/other` },
      { ...access, externalId: undefined },
      { ...access, externalId: '' },
      { ...access, region: 'eu-central-1' },
    ].map((other) => sessions.session(other));
    expect(new Set([session, ...others]).size).toBe(5);
  });

  it("asks for the hub's own account once, and again where that failed", async () => {
    const handle = jest.spyOn(NodeHttpHandler.prototype, 'handle').mockImplementationOnce(() => Promise.reject(new Error('no network')));
    await expect(sessions.hubAccountId('us-west-2')).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(sessions.hubAccountId('us-west-2')).resolves.toBe(own);
    await expect(sessions.hubAccountId('us-west-2')).resolves.toBe(own);
    expect(handle).toHaveBeenCalledTimes(2);
  });
});
