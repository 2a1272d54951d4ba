import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { CreateTargetGroupCommand, ListTargetGroupsCommand } from '@aws-sdk/client-vpc-lattice';
import { AwsSimulator } from '@hub/aws-simulator';
import { RecordingClients } from './recording-clients.js';
import { sendRaw } from './signed-request.js';

const account = '111111111111';
const region = 'us-west-2';

let simulator: AwsSimulator;
let clients: RecordingClients;

beforeAll(async () => {
  simulator = await AwsSimulator.start({ controlPort: 0, createDelayMs: 0 });
  clients = new RecordingClients(simulator.url, simulator.credentials(account));
});

afterAll(async () => {
  clients.destroy();
  await simulator.stop();
});

/** Asks the control endpoint. Gives the status and the JSON that came back. */
async function control(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly value: Record<string, unknown> }> {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await sendRaw(simulator.controlUrl ?? '', { method, path, ...text });
  return { status: response.status, value: JSON.parse(response.body) };
}

describe('the control endpoint', () => {
  it('is not there unless it is asked for', async () => {
    const other = await AwsSimulator.start();
    expect(other.controlUrl).toBeUndefined();
    await other.stop();
  });

  it('turns settings', async () => {
    const { value } = await control('PATCH', '/settings', { drainMs: 7, unverified: { deleteWithTargets: 'allow' } });
    expect(value).toMatchObject({ drainMs: 7, unverified: { deleteWithTargets: 'allow', deregisterUnknown: 'unsuccessful' } });
    expect((await control('GET', '/settings')).value).toEqual(value);
    expect(simulator.settings.drainMs).toBe(7);
  });

  it('injects faults, tells their hits, and removes them', async () => {
    const { value } = await control('POST', '/faults', { effect: { kind: 'unavailable' }, operations: ['ListTargetGroups'] });
    await expect(clients.lattice.send(new ListTargetGroupsCommand({}))).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect((await control('GET', '/faults')).value).toMatchObject([
      { id: value['id'], hits: 1, rule: { effect: { kind: 'unavailable' } } },
    ]);
    expect((await control('DELETE', `/faults/${String(value['id'])}`)).value).toEqual({ done: true });
    await expect(clients.lattice.send(new ListTargetGroupsCommand({}))).resolves.toMatchObject({ items: [] });
    await control('POST', '/faults', { effect: { kind: 'hang' } });
    await control('DELETE', '/faults');
    expect((await control('GET', '/faults')).value).toEqual([]);
  });

  it('counts calls and shows the last of them', async () => {
    await control('DELETE', '/calls');
    await clients.lattice.send(new ListTargetGroupsCommand({}));
    expect((await control('GET', `/calls/count?operation=ListTargetGroups&account=${account}&isError=false`)).value).toEqual({ count: 1 });
    expect((await control('GET', '/calls/count?status=500')).value).toEqual({ count: 0 });
    expect((await control('GET', '/calls/by-operation')).value).toEqual({ ListTargetGroups: 1 });
    expect((await control('GET', '/calls/log?last=1')).value).toMatchObject([
      { operation: 'ListTargetGroups', account, region, status: 200 },
    ]);
  });

  it('shows state, writes as somebody else, and takes groups in and out of use', async () => {
    const input = { name: 'foreign', type: 'IP', config: { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } };
    const { value: group } = await control('POST', '/foreign', { account, region, operation: 'CreateTargetGroup', input });
    const targetGroupArn = group['arn'];
    const targets = [{ id: '10.0.0.1' }];
    await control('POST', '/foreign', {
      account,
      region,
      operation: 'RegisterTargets',
      input: { targetGroupIdentifier: targetGroupArn, targets },
    });
    const { value: attached } = await control('POST', '/services/attach', { targetGroupArn });
    await control('POST', '/targets/condition', { targetGroupArn, id: '10.0.0.1', condition: 'failing' });
    await control('POST', '/clock', { advanceMs: 5_000 });
    const { value: state } = await control('GET', `/state?account=${account}&region=${region}`);
    expect(state['targetGroups']).toMatchObject([
      { name: 'foreign', serviceArns: [attached['serviceArn']], targets: [{ status: 'UNHEALTHY' }] },
    ]);
    await control('POST', '/services/detach', { targetGroupArn });
    expect(simulator.state(account, region).targetGroups[0]?.serviceArns).toEqual([]);
    expect((await control('GET', '/regions')).value).toContainEqual({ account, region });
  });

  it('moves the clock', async () => {
    const before = (await control('GET', '/clock')).value;
    const after = (await control('POST', '/clock', { advanceMs: 1_000_000 })).value;
    expect(Number(after['nowMs']) - Number(before['nowMs'])).toBeGreaterThanOrEqual(1_000_000);
  });

  it('changes accounts, roles and sessions', async () => {
    expect((await control('POST', '/accounts', { account: '333333333333' })).value).toEqual(simulator.credentials('333333333333'));
    const role = { account, role: 'lattice-hub' };
    const changes = [
      ['/roles/allow', { ...role, actions: ['tag:*'] }],
      ['/roles/revoke', { ...role, denySessions: true }],
      ['/roles/restore', role],
      ['/sessions/expire', undefined],
    ] as const;
    const answers = await Promise.all(changes.map(([path, body]) => control('POST', path, body)));
    expect(answers.map((answer) => answer.value)).toEqual(changes.map(() => ({ done: true })));
    expect((await control('GET', '/accounts')).value).toContainEqual({ account, ...simulator.credentials(account) });
  });

  it('makes a role that a web identity may assume, and the identity', async () => {
    const issuer = 'https://oidc.example';
    const { value: made } = await control('POST', '/roles', { account, role: 'pod', webIdentityIssuer: issuer, allowedActions: ['tag:*'] });
    const identity = { token: 'a.b.c.d', issuer, subject: 'system:serviceaccount:a:b', audience: 'sts', expiresAtMs: 9_000_000_000_000 };
    expect((await control('POST', '/web-identities', identity)).value).toEqual({ done: true });
    const assume = { RoleArn: String(made['roleArn']), RoleSessionName: 'pod', WebIdentityToken: 'a.b.c.d' };
    const { AssumedRoleUser: assumed } = await clients.sts.send(new AssumeRoleWithWebIdentityCommand(assume));
    expect(assumed?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/pod/pod`);
  });

  it('saves and loads', async () => {
    await clients.lattice.send(new CreateTargetGroupCommand({ name: 'kept', type: 'LAMBDA' }));
    const { value: saved } = await control('GET', '/saved');
    simulator.foreignWriter(account, region).call('CreateTargetGroup', { name: 'lost', type: 'LAMBDA' });
    expect((await control('PUT', '/saved', saved)).value).toEqual({ done: true });
    expect(simulator.state(account, region).targetGroups.map((group) => group.name)).toEqual(['foreign', 'kept']);
  });

  it.each([
    { method: 'GET', path: '/nowhere', body: undefined, status: 404, error: 'there is no GET /nowhere; GET / lists what there is' },
    { method: 'PATCH', path: '/settings', body: undefined, status: 400, error: 'settings must be an object' },
    { method: 'PATCH', path: '/settings', body: 'abc', status: 400, error: 'settings must be an object' },
    { method: 'GET', path: '/calls/log?last=abc', body: undefined, status: 400, error: '"last" of the query must be a whole number' },
    { method: 'GET', path: '/calls/log?fromMs=-1', body: undefined, status: 400, error: '"fromMs" of the query must be a whole number' },
    {
      method: 'GET',
      path: '/calls/count?op=x',
      body: undefined,
      status: 400,
      error: 'the query has no "op" here; it takes service, operation',
    },
    { method: 'GET', path: '/calls/count?status=abc', body: undefined, status: 400, error: '"status" of the query must be a whole number' },
    {
      method: 'GET',
      path: '/calls/count?isError=yes',
      body: undefined,
      status: 400,
      error: '"isError" of the query must be true or false',
    },
    { method: 'GET', path: '/faults?x=1', body: undefined, status: 400, error: 'the query has no "x" here; it takes none' },
    { method: 'DELETE', path: '/calls/first', body: undefined, status: 404, error: 'there is no DELETE /calls/first' },
    { method: 'DELETE', path: '/faults/', body: undefined, status: 404, error: 'there is no DELETE /faults/' },
    {
      method: 'POST',
      path: '/clock',
      body: { advanceMs: 1, foo: 2 },
      status: 400,
      error: 'the body has no "foo" here; it takes advanceMs',
    },
    { method: 'POST', path: '/clock', body: [1], status: 400, error: 'the body must be an object' },
    { method: 'POST', path: '/clock', body: { advanceMs: 1e300 }, status: 400, error: 'the clock goes to the end of the year 9999' },
    {
      method: 'POST',
      path: '/roles/revoke',
      body: { account, role: 'lattice-hub', denySessions: 'yes' },
      status: 400,
      error: '"denySessions" must be true or false',
    },
    {
      method: 'POST',
      path: '/roles',
      body: { account: '444444444444', role: 'x' },
      status: 400,
      error: 'there is no account 444444444444',
    },
    { method: 'POST', path: '/roles', body: { account, role: 'x', trustedAccounts: 'y' }, status: 400, error: '"trustedAccounts" must be' },
    { method: 'POST', path: '/web-identities', body: { token: 'x' }, status: 400, error: '"issuer" must be a text' },
    { method: 'PATCH', path: '/settings', body: { speed: 1 }, status: 400, error: 'there is no setting "speed"' },
    { method: 'POST', path: '/faults', body: { effect: { kind: 'explode' } }, status: 400, error: 'there is no fault effect "explode"' },
    { method: 'DELETE', path: '/faults/99', body: undefined, status: 400, error: 'there is no fault 99' },
    { method: 'GET', path: '/state?account=111111111111', body: undefined, status: 400, error: 'the query needs "region"' },
    { method: 'POST', path: '/clock', body: { advanceMs: 'x' }, status: 400, error: '"advanceMs" must be a number' },
    { method: 'POST', path: '/roles/allow', body: { account, role: 'nobody', actions: null }, status: 400, error: 'there is no role' },
    {
      method: 'POST',
      path: '/foreign',
      body: { account, region, operation: 'Fly', input: {} },
      status: 400,
      error: 'there is no Lattice operation "Fly"',
    },
    {
      method: 'POST',
      path: '/foreign',
      body: { account, region, operation: 'GetService', input: {} },
      status: 400,
      error: '1 validation error detected',
    },
    { method: 'GET', path: '/state?account=111111111111&region=mars', body: undefined, status: 400, error: 'there is no region "mars"' },
    {
      method: 'POST',
      path: '/foreign',
      body: { account, region: 'mars', operation: 'ListTargetGroups', input: {} },
      status: 400,
      error: 'there is no region "mars"',
    },
    {
      method: 'POST',
      path: '/services/attach',
      body: { targetGroupArn: 'arn:aws:vpc-lattice:us-west-2:999999999999:targetgroup/tg-0' },
      status: 400,
      error: 'there is no account 999999999999',
    },
    { method: 'PUT', path: '/saved', body: {}, status: 400, error: 'this is not a saved state' },
    {
      method: 'POST',
      path: '/services/attach',
      body: { targetGroupArn: 'x' },
      status: 400,
      error: 'x is not the ARN of a Lattice resource',
    },
  ])('refuses $method $path with $status and says why', async ({ method, path, body, status, error }) => {
    const answer = await control(method, path, body);
    expect([answer.status, answer.value['error']]).toEqual([status, expect.stringContaining(error)]);
  });

  it('tells the code of a refusal of AWS', async () => {
    const input = { name: 'kept', type: 'LAMBDA' };
    const { value } = await control('POST', '/foreign', { account, region, operation: 'CreateTargetGroup', input });
    expect(value).toMatchObject({ code: 'ConflictException' });
  });

  it('refuses web pages, and bodies that are no JSON', async () => {
    const url = simulator.controlUrl ?? '';
    expect((await sendRaw(url, { method: 'GET', path: '/', headers: { origin: 'http://evil.example' } })).status).toBe(403);
    const broken = await sendRaw(url, { method: 'POST', path: '/clock', body: '{' });
    expect([broken.status, JSON.parse(broken.body)]).toEqual([400, { error: expect.stringContaining('the body is not JSON: ') }]);
  });

  it('lists what there is', async () => {
    const { value } = await control('GET', '/');
    expect(value['routes']).toContain('PATCH /settings');
    expect(value['usage']).toEqual(expect.arrayContaining(['POST /clock {advanceMs}', 'DELETE /faults[/id]', 'GET /state?account&region']));
  });
});
