import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  CreateServiceCommand,
  CreateTargetGroupCommand,
  GetTargetGroupCommand,
  ListTargetGroupsCommand,
  ListTargetsCommand,
  paginateListTargetGroups,
} from '@aws-sdk/client-vpc-lattice';
import { AwsError, AwsSimulator, hubRoleName } from '@hub/aws-simulator';
import { RecordingClients } from './recording-clients.js';
import { sendRaw } from './signed-request.js';
import { until } from '../fixtures/until.js';

const [first, second] = ['111111111111', '222222222222'] as const;
const region = 'us-west-2';
const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;

let simulator: AwsSimulator;
const opened: RecordingClients[] = [];

beforeEach(async () => {
  simulator = await AwsSimulator.start();
});

afterEach(async () => {
  for (const clients of opened.splice(0)) clients.destroy();
  await simulator.stop();
});

function clientsOf(account: string, options = {}): RecordingClients {
  const clients = new RecordingClients(simulator.url, simulator.credentials(account), options);
  opened.push(clients);
  return clients;
}

/** Clients with a session of a role, assumed by the user of the first account. */
async function assumed(account: string, role = hubRoleName): Promise<RecordingClients> {
  const assume = new AssumeRoleCommand({
    RoleArn: simulator.roleArn(account, role),
    RoleSessionName: 'hub',
    ExternalId: simulator.externalId,
  });
  const { Credentials: credentials } = await clientsOf(first).sts.send(assume);
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = credentials ?? {};
  const clients = new RecordingClients(simulator.url, { accessKeyId, secretAccessKey, sessionToken }, { maxAttempts: 2 });
  opened.push(clients);
  return clients;
}

describe('accounts and regions', () => {
  it('are apart: a role leads into its own account, a region has its own groups', async () => {
    const hub = await assumed(second);
    expect(await hub.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: second,
      Arn: `arn:aws:sts::${second}:assumed-role/lattice-hub/hub`,
    });
    const { arn } = await hub.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    expect(arn).toContain(`:${second}:targetgroup/`);
    const lists = await Promise.all([
      hub.lattice.send(new ListTargetGroupsCommand({})),
      clientsOf(first).lattice.send(new ListTargetGroupsCommand({})),
      clientsOf(second, { region: 'eu-west-1' }).lattice.send(new ListTargetGroupsCommand({})),
    ]);
    expect(lists.map((list) => list.items?.length)).toEqual([1, 0, 0]);
    await expect(clientsOf(first).lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: arn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('can be added while it runs', async () => {
    expect(() => simulator.credentials('333333333333')).toThrow('there is no account 333333333333');
    simulator.addAccount('333333333333');
    expect(simulator.accounts).toEqual([first, second, '333333333333']);
    expect((await (await assumed('333333333333')).lattice.send(new ListTargetGroupsCommand({}))).items).toEqual([]);
  });
});

describe('roles', () => {
  it('may do what a hub needs, and nothing else', async () => {
    const hub = await assumed(second);
    await expect(hub.lattice.send(new CreateServiceCommand({ name: 'service' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `User: arn:aws:sts::${second}:assumed-role/lattice-hub/hub is not authorized to perform: vpc-lattice:CreateService`,
      ),
    });
    expect((await hub.tagging.send(new GetResourcesCommand({}))).ResourceTagMappingList).toEqual([]);
  });

  it('may do from now on what they are allowed, in sessions that exist too', async () => {
    const hub = await assumed(second);
    const list = () => hub.lattice.send(new ListTargetGroupsCommand({}));
    simulator.allowActions(second, hubRoleName, ['vpc-lattice:Get*']);
    await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    simulator.allowActions(second, hubRoleName, null);
    await expect(list()).resolves.toMatchObject({ items: [] });
  });

  it('that are revoked can not be assumed, and deny their sessions where that is asked', async () => {
    const hub = await assumed(second);
    const list = () => hub.lattice.send(new ListTargetGroupsCommand({}));
    simulator.revokeRole(second);
    await expect(assumed(second)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(list()).resolves.toMatchObject({ items: [] });
    simulator.revokeRole(second, hubRoleName, { denySessions: true });
    await expect(list()).rejects.toMatchObject({ message: expect.stringContaining('with an explicit deny in an identity-based policy') });
    simulator.restoreRole(second);
    await expect(list()).resolves.toMatchObject({ items: [] });
  });

  it('can be chained by a role that may, for an hour at most', async () => {
    simulator.putRole(first, 'hub-pod', { allowedActions: ['sts:AssumeRole'] });
    const pod = await assumed(first, 'hub-pod');
    const assume = (seconds: number) =>
      pod.sts.send(
        new AssumeRoleCommand({
          RoleArn: simulator.roleArn(second),
          RoleSessionName: 'chained',
          ExternalId: 'sandbox',
          DurationSeconds: seconds,
        }),
      );
    await expect(assume(3_600)).resolves.toMatchObject({ AssumedRoleUser: { Arn: expect.stringContaining('lattice-hub/chained') } });
    await expect(assume(3_601)).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringContaining('role chaining') });
  });

  it('lose their sessions when those are expired', async () => {
    const hub = await assumed(second);
    simulator.expireSessions();
    await expect(hub.lattice.send(new ListTargetGroupsCommand({}))).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await expect((await assumed(second)).lattice.send(new ListTargetGroupsCommand({}))).resolves.toMatchObject({ items: [] });
  });
});

describe('somebody else', () => {
  it('changes a group past signatures, faults and the log', async () => {
    const { lattice } = clientsOf(first);
    const writer = simulator.foreignWriter(first, region);
    simulator.faults.inject({ effect: { kind: 'unavailable' }, operations: ['CreateTargetGroup', 'TagResource', 'UpdateTargetGroup'] });
    const { id: targetGroupIdentifier = '', arn: resourceArn = '' } = writer.call('CreateTargetGroup', {
      name: 'group',
      type: 'IP',
      config,
    });
    simulator.clock.advance(300);
    writer.call('UpdateTargetGroup', { targetGroupIdentifier, healthCheck: { path: '/theirs' } });
    writer.call('TagResource', { resourceArn, tags: { owner: 'somebody' } });
    expect(simulator.calls.count()).toBe(0);
    const group = await lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier }));
    expect(group.config?.healthCheck?.path).toBe('/theirs');
    expect(simulator.state(first, region).targetGroups).toMatchObject([
      { id: targetGroupIdentifier, status: 'ACTIVE', tags: { owner: 'somebody' } },
    ]);
  });

  it('is refused what AWS refuses, and what breaks the model', () => {
    const writer = simulator.foreignWriter(first, region);
    expect(() => writer.call('CreateTargetGroup', { name: 'group', type: 'ALB', config: { ...config, healthCheck: {} } })).toThrow(
      AwsError,
    );
    expect(() => writer.call('CreateTargetGroup', { name: 'tg-', type: 'IP' })).toThrow(TypeError);
    expect(() => writer.setTargetCondition('tg-00000000000000000', { id: '10.0.0.1' }, 'failing')).toThrow('not found');
  });

  it('takes a group into use and lets it go', async () => {
    const { lattice } = clientsOf(first);
    const { arn = '' } = await lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    simulator.clock.advance(300);
    simulator.foreignWriter(first, region).call('RegisterTargets', { targetGroupIdentifier: arn, targets: [{ id: '10.0.0.1' }] });
    const status = async () => (await lattice.send(new ListTargetsCommand({ targetGroupIdentifier: arn }))).items?.[0]?.status;
    const serviceArn = simulator.attachService(arn);
    expect(simulator.state(first, region).targetGroups[0]?.serviceArns).toEqual([serviceArn]);
    expect(await status()).toBe('INITIAL');
    simulator.clock.advance(1_000);
    expect(await status()).toBe('HEALTHY');
    simulator.detachService(arn);
    expect(await status()).toBe('UNUSED');
  });
});

describe('a page of a list', () => {
  it('follows another in the paginator of an SDK', async () => {
    const writer = simulator.foreignWriter(first, region);
    for (let index = 0; index < 205; index += 1) writer.call('CreateTargetGroup', { name: `group-${index}`, type: 'LAMBDA' });
    const names = new Set<string | undefined>();
    for await (const page of paginateListTargetGroups({ client: clientsOf(first).lattice }, {}))
      page.items?.forEach((item) => names.add(item.name));
    expect([names.size, simulator.calls.count({ operation: 'ListTargetGroups' })]).toEqual([205, 3]);
  });
});

describe('the state', () => {
  it('can be saved, and another simulator goes on from it with the same keys, sessions and groups', async () => {
    const hub = await assumed(second);
    await hub.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config, tags: { a: 'b' } }));
    simulator.settings.drainMs = 5;
    const saved: unknown = JSON.parse(JSON.stringify(simulator.save()));
    const { port } = simulator;
    await simulator.stop();
    simulator = await AwsSimulator.start({ port });
    simulator.load(saved);
    expect(simulator.state(second, region).targetGroups).toMatchObject([{ name: 'group', tags: { a: 'b' } }]);
    expect((await hub.lattice.send(new ListTargetGroupsCommand({}))).items).toHaveLength(1);
    expect((await hub.tagging.send(new GetResourcesCommand({}))).ResourceTagMappingList).toHaveLength(1);
    expect(simulator.settings.drainMs).toBe(5);
  });
});

describe('a start', () => {
  it.each([
    { options: { createDelayMs: -1 }, message: 'the setting "createDelayMs" must be a number, not negative' },
    { options: { accounts: ['12'] }, message: 'an account id has twelve digits, not "12"' },
  ])('is refused: $message', async ({ options, message }) => {
    await expect(AwsSimulator.start(options)).rejects.toThrow(message);
  });

  it('is refused on a port that is taken', async () => {
    await expect(AwsSimulator.start({ port: simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(AwsSimulator.start({ controlPort: simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('takes a clock of its own', async () => {
    let nowMs = 1_600_000_000_000;
    const other = await AwsSimulator.start({ nowMs: () => nowMs, createDelayMs: 10 });
    const clients = new RecordingClients(other.url, other.credentials(first));
    try {
      const { id: targetGroupIdentifier } = await clients.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'LAMBDA' }));
      nowMs += 10;
      const group = await clients.lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier }));
      expect([group.status, group.createdAt?.getTime()]).toEqual(['ACTIVE', 1_600_000_000_000]);
    } finally {
      clients.destroy();
      await other.stop();
    }
  });
});

describe('a stop', () => {
  it('cuts what hangs, serves no more, and does nothing the second time', async () => {
    const { url } = simulator;
    simulator.faults.inject({ effect: { kind: 'hang' } });
    const hanging = clientsOf(first).lattice.send(new ListTargetGroupsCommand({}));
    const settled = Promise.allSettled([hanging]);
    await until('the call hangs', () => (simulator.faults.list()[0]?.hits() === 1 ? undefined : 'not yet'));
    await simulator.stop();
    const [outcome] = await settled;
    expect(String(Object(outcome).reason)).toMatch(/ECONNRESET|socket hang up/);
    await simulator.stop();
    await expect(sendRaw(url, { method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(() => simulator.port).toThrow('the simulator is stopped');
  });
});
