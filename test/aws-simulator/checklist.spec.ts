import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  GetTargetGroupCommand,
  ListTargetGroupsCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  TagResourceCommand,
  UpdateTargetGroupCommand,
} from '@aws-sdk/client-vpc-lattice';
import { AwsSimulator } from '@hub/aws-simulator';
import type { SettingsPatch } from '@hub/aws-simulator';
import { RecordingClients } from './recording-clients.js';
import { presignedPath, sendRaw } from './signed-request.js';

const [first, second] = ['111111111111', '222222222222'] as const;
const region = 'us-west-2';
const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;
const target = { id: '10.0.0.1' };
const startMs = 1_700_000_000_000;

let simulator: AwsSimulator;
let clients: RecordingClients;
let nowMs: number;
const opened: RecordingClients[] = [];

beforeEach(async () => {
  nowMs = startMs;
  simulator = await AwsSimulator.start({ nowMs: () => nowMs, controlPort: 0 });
  clients = open(simulator.credentials(first));
});

afterEach(async () => {
  for (const one of opened.splice(0)) one.destroy();
  await simulator.stop();
});

function open(keys: ConstructorParameters<typeof RecordingClients>[1], options = {}): RecordingClients {
  const one = new RecordingClients(simulator.url, keys, options);
  opened.push(one);
  return one;
}

async function activeGroup(name = 'group'): Promise<string> {
  const { arn = '' } = await clients.lattice.send(new CreateTargetGroupCommand({ name, type: 'IP', config }));
  nowMs += simulator.settings.createDelayMs;
  return arn;
}

async function statusOf(targetGroupIdentifier: string): Promise<string | undefined> {
  return (await clients.lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier }))).status;
}

async function targetStatus(targetGroupIdentifier: string): Promise<string | undefined> {
  return (await clients.lattice.send(new ListTargetsCommand({ targetGroupIdentifier }))).items?.[0]?.status;
}

describe('1. one port, dispatch by form, region and account from the signature', () => {
  it('serves the three services on one port', async () => {
    const answers = await Promise.all([
      clients.lattice.send(new ListTargetGroupsCommand({})),
      clients.sts.send(new GetCallerIdentityCommand({})),
      clients.tagging.send(new GetResourcesCommand({})),
    ]);
    expect(answers.map((answer) => answer.$metadata.httpStatusCode)).toEqual([200, 200, 200]);
    expect(simulator.calls.byOperation()).toEqual({ ListTargetGroups: 1, GetCallerIdentity: 1, GetResources: 1 });
  });

  it('takes the region from the scope and the account from the keys', async () => {
    const there = open(simulator.credentials(second), { region: 'eu-west-1' });
    const { arn } = await there.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    expect(arn).toMatch(/^arn:aws:vpc-lattice:eu-west-1:222222222222:targetgroup\/tg-[0-9a-f]{17}$/);
  });

  it('mints sessions bound to the account of the role, and checks external id, duration and chaining', async () => {
    const assume = (input: object) =>
      clients.sts.send(
        new AssumeRoleCommand({ RoleArn: simulator.roleArn(second), RoleSessionName: 'hub', ExternalId: simulator.externalId, ...input }),
      );
    const { Credentials: credentials } = await assume({});
    expect(credentials?.AccessKeyId).toMatch(/^ASIA/);
    expect(credentials?.Expiration?.getTime()).toBe(startMs + 3_600_000);
    await expect(assume({ ExternalId: 'wrong' })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume({ DurationSeconds: 899 })).rejects.toMatchObject({ name: 'ValidationError' });
    simulator.allowActions(second, 'lattice-hub', ['sts:AssumeRole']);
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = credentials ?? {};
    const chained = open({ accessKeyId, secretAccessKey, sessionToken });
    const further = {
      RoleArn: simulator.roleArn(first),
      RoleSessionName: 'further',
      ExternalId: simulator.externalId,
      DurationSeconds: 7_200,
    };
    await expect(chained.sts.send(new AssumeRoleCommand(further))).rejects.toThrow(
      'exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  });

  it('answers 403 to an unknown key, to an expired session and to a wrong signature', async () => {
    const assume = new AssumeRoleCommand({
      RoleArn: simulator.roleArn(first),
      RoleSessionName: 'hub',
      ExternalId: 'sandbox',
      DurationSeconds: 900,
    });
    const { Credentials: credentials } = await clients.sts.send(assume);
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = credentials ?? {};
    nowMs += 900_000;
    const keys = [
      { ...simulator.credentials(first), accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' },
      { accessKeyId, secretAccessKey, sessionToken },
      { ...simulator.credentials(first), secretAccessKey: 'wrong' },
    ];
    const refusals = await Promise.allSettled(keys.map((one) => open(one).lattice.send(new ListTargetGroupsCommand({}))));
    expect(refusals.map((refusal) => Object(refusal).reason).map((reason) => [reason.name, reason.$metadata.httpStatusCode])).toEqual([
      ['UnrecognizedClientException', 403],
      ['ExpiredTokenException', 403],
      ['InvalidSignatureException', 403],
    ]);
  });
});

describe('2. state for each account and region, identifiers by id or ARN', () => {
  it('takes both', async () => {
    const arn = await activeGroup();
    expect(await statusOf(arn)).toBe('ACTIVE');
    expect(await statusOf(arn.split('/')[1] ?? '')).toBe('ACTIVE');
  });

  it.each(['AccessDeniedException', 'ResourceNotFoundException'] as const)(
    'answers %s to an ARN of another account, as set',
    async (crossAccountIdentifier) => {
      simulator.settings.unverified.crossAccountIdentifier = crossAccountIdentifier;
      const arn = (await activeGroup()).replace(first, second);
      await expect(statusOf(arn)).rejects.toMatchObject({ name: crossAccountIdentifier });
    },
  );
});

describe('3. validation by the model and by the rules of the user guide', () => {
  it.each([
    { words: 'the model', input: { name: 'tg-a', type: 'IP', config }, field: 'name' },
    { words: 'the user guide', input: { name: 'abc', type: 'LAMBDA', config: { port: 80 } }, field: 'config.port' },
  ] as const)('names the field that breaks $words', async ({ input, field }) => {
    await expect(clients.lattice.send(new CreateTargetGroupCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      reason: 'fieldValidationFailed',
      fieldList: [{ name: field, message: expect.any(String) }],
    });
  });
});

describe('4. defaults, client tokens, names, quotas, tags', () => {
  it('echoes every default', async () => {
    const { config: echoed } = await clients.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    expect(echoed).toMatchObject({
      protocolVersion: 'HTTP1',
      ipAddressType: 'IPV4',
      healthCheck: { enabled: true, path: '/', matcher: { httpCode: '200' } },
    });
  });

  it('remembers client tokens and names', async () => {
    const create = { name: 'group', type: 'IP', config, clientToken: 'token' } as const;
    const { id } = await clients.lattice.send(new CreateTargetGroupCommand(create));
    await expect(clients.lattice.send(new CreateTargetGroupCommand(create))).resolves.toMatchObject({ id });
    await expect(clients.lattice.send(new CreateTargetGroupCommand({ ...create, clientToken: 'other' }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
    await expect(clients.lattice.send(new CreateTargetGroupCommand({ ...create, name: 'other' }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it('answers 402 with the code of the quota', async () => {
    simulator.settings.quotas.targetsPerTargetGroup = 1;
    const targetGroupIdentifier = await activeGroup();
    const register = new RegisterTargetsCommand({ targetGroupIdentifier, targets: [target, { id: '10.0.0.2' }] });
    await expect(clients.lattice.send(register)).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      quotaCode: 'L-D71303F3',
      $metadata: { httpStatusCode: 402 },
    });
  });

  it('takes fifty tags and not one more', async () => {
    const resourceArn = await activeGroup();
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, 'x']));
    await clients.lattice.send(new TagResourceCommand({ resourceArn, tags }));
    await expect(clients.lattice.send(new TagResourceCommand({ resourceArn, tags: { more: 'x' } }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('5. everything that takes time goes by the clock', () => {
  it('creates, deletes, checks health and drains', async () => {
    const { arn = '' } = await clients.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    const seen = [await statusOf(arn)];
    nowMs += 300;
    seen.push(await statusOf(arn));
    await clients.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier: arn, targets: [target] }));
    seen.push(await targetStatus(arn));
    simulator.attachService(arn);
    seen.push(await targetStatus(arn));
    nowMs += 1_000;
    seen.push(await targetStatus(arn));
    await clients.lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier: arn, targets: [target] }));
    simulator.detachService(arn);
    nowMs += 59_999;
    seen.push(await targetStatus(arn));
    nowMs += 1;
    seen.push(await targetStatus(arn));
    await clients.lattice.send(new DeleteTargetGroupCommand({ targetGroupIdentifier: arn }));
    seen.push(await statusOf(arn));
    nowMs += 300;
    await expect(statusOf(arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(seen).toEqual(['CREATE_IN_PROGRESS', 'ACTIVE', 'UNUSED', 'INITIAL', 'HEALTHY', 'DRAINING', undefined, 'DELETE_IN_PROGRESS']);
  });
});

describe('6. conflicts and partial failures', () => {
  it('refuses what comes too early with the text of AWS', async () => {
    const { id: targetGroupIdentifier } = await clients.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    const early = [
      () => clients.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets: [target] })),
      () => clients.lattice.send(new UpdateTargetGroupCommand({ targetGroupIdentifier, healthCheck: { path: '/' } })),
      () => clients.lattice.send(new DeleteTargetGroupCommand({ targetGroupIdentifier })),
    ];
    for (const call of early) {
      await expect(call()).rejects.toThrow(
        `Invalid resource status for this operation, resource id ${targetGroupIdentifier}, status: CREATE_IN_PROGRESS`,
      );
    }
  });

  it('refuses to delete what is in use, drains or holds targets', async () => {
    const targetGroupIdentifier = await activeGroup();
    const remove = () => clients.lattice.send(new DeleteTargetGroupCommand({ targetGroupIdentifier }));
    await clients.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets: [target] }));
    await expect(remove()).rejects.toMatchObject({ name: 'ConflictException', resourceType: 'TARGET_GROUP' });
    simulator.attachService(targetGroupIdentifier);
    await expect(remove()).rejects.toMatchObject({ name: 'ConflictException' });
    await clients.lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier, targets: [target] }));
    simulator.detachService(targetGroupIdentifier);
    await expect(remove()).rejects.toMatchObject({ name: 'ConflictException' });
    nowMs += 60_000;
    await expect(remove()).resolves.toMatchObject({ status: 'DELETE_IN_PROGRESS' });
  });

  it('answers 200 with the targets that failed', async () => {
    const targetGroupIdentifier = await activeGroup();
    const targets = [target, { id: '8.8.8.8' }, { id: 'fd00::1' }];
    const answer = await clients.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets }));
    expect([answer.successful?.map(({ id }) => id), answer.unsuccessful?.map(({ id }) => id)]).toEqual([
      ['10.0.0.1'],
      ['8.8.8.8', 'fd00::1'],
    ]);
  });
});

describe('7. throttles, faults, lag', () => {
  it('throttles with Retry-After', async () => {
    simulator.settings.throttles = [{ ratePerSecond: 0.5, burst: 1 }];
    await clients.lattice.send(new ListTargetGroupsCommand({}));
    await expect(clients.lattice.send(new ListTargetGroupsCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException',
      retryAfterSeconds: 2,
    });
  });

  it('denies access where a fault says so for an account', async () => {
    simulator.faults.inject({ effect: { kind: 'accessDenied' }, account: second });
    await expect(open(simulator.credentials(second)).lattice.send(new ListTargetGroupsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(clients.lattice.send(new ListTargetGroupsCommand({}))).resolves.toMatchObject({ items: [] });
  });

  it.each([
    {
      setting: { taggingLagMs: 500 },
      words: 'GetResources',
      read: async () => (await clients.tagging.send(new GetResourcesCommand({}))).ResourceTagMappingList,
    },
    {
      setting: { listTargetsLagMs: 500 },
      words: 'ListTargets',
      read: async (arn: string) => (await clients.lattice.send(new ListTargetsCommand({ targetGroupIdentifier: arn }))).items,
    },
  ] satisfies readonly {
    readonly setting: SettingsPatch;
    readonly words: string;
    readonly read: (arn: string) => Promise<readonly object[] | undefined>;
  }[])('lets $words lag behind', async ({ setting, read }) => {
    simulator.configure(setting);
    const arn = await activeGroup();
    await clients.lattice.send(new TagResourceCommand({ resourceArn: arn, tags: { a: 'b' } }));
    await clients.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier: arn, targets: [target] }));
    expect(await read(arn)).toHaveLength(0);
    nowMs += 500;
    expect(await read(arn)).toHaveLength(1);
  });
});

describe('8. request ids, JSON identities, a control endpoint', () => {
  it('gives every answer an id of its own', async () => {
    await clients.lattice.send(new ListTargetGroupsCommand({}));
    await expect(clients.sts.send(new AssumeRoleCommand({ RoleArn: 'x', RoleSessionName: 'y' }))).rejects.toMatchObject({
      $metadata: { requestId: expect.any(String) },
    });
    const ids = clients.answers.map((answer) => answer.headers['x-amzn-requestid']);
    expect(new Set(ids).size).toBe(2);
    expect(simulator.calls.log.map((call) => call.requestId)).toEqual(ids);
  });

  it('answers a presigned GetCallerIdentity in JSON', async () => {
    const { host } = new URL(simulator.url);
    const path = presignedPath(host, simulator.credentials(first), {
      service: 'sts',
      query: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    const response = await sendRaw(simulator.url, { method: 'GET', path, headers: { accept: 'application/json' } });
    expect(JSON.parse(response.body)).toMatchObject({ GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: first } } });
  });

  it('attaches a service and reads counters from outside', async () => {
    const arn = await activeGroup();
    const url = simulator.controlUrl ?? '';
    await sendRaw(url, { method: 'POST', path: '/services/attach', body: JSON.stringify({ targetGroupArn: arn }) });
    expect(simulator.state(first, region).targetGroups[0]?.serviceArns).toHaveLength(1);
    const counted = await sendRaw(url, { method: 'GET', path: `/calls/count?operation=CreateTargetGroup&account=${first}` });
    expect(JSON.parse(counted.body)).toEqual({ count: 1 });
  });
});
