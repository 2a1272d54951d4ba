import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  GetResourcesCommand,
  GetTagKeysCommand,
  GetTagValuesCommand,
  TagResourcesCommand,
  UntagResourcesCommand,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  BatchUpdateRuleCommand,
  CreateListenerCommand,
  CreateRuleCommand,
  CreateServiceCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteRuleCommand,
  DeleteServiceCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  GetListenerCommand,
  GetRuleCommand,
  GetServiceCommand,
  GetTargetGroupCommand,
  ListListenersCommand,
  ListRulesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTargetGroupsCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateListenerCommand,
  UpdateRuleCommand,
  UpdateServiceCommand,
  UpdateTargetGroupCommand,
} from '@aws-sdk/client-vpc-lattice';
import { AwsSimulator } from '@hub/aws-simulator';
import type { FaultEffect } from '@hub/aws-simulator';
import type { ServiceModel } from '../../libs/aws-simulator/src/models/service-model.js';
import { stsModel } from '../../libs/aws-simulator/src/models/sts.generated.js';
import { taggingModel } from '../../libs/aws-simulator/src/models/tagging.generated.js';
import { vpcLatticeModel } from '../../libs/aws-simulator/src/models/vpc-lattice.generated.js';
import { RecordingClients } from './recording-clients.js';
import { givenMembers, membersOf, shapeProblems } from './shape-problems.js';
import { xmlTree } from './xml-tree.js';

const vpcIdentifier = 'vpc-0123456789abcdef0';
const account = '111111111111';

let simulator: AwsSimulator;
let clients: RecordingClients;
const answeredOperations = new Set<string>();
const seenMembers = new Set<string>();

beforeAll(async () => {
  simulator = await AwsSimulator.start({ createDelayMs: 0, deleteDelayMs: 0, drainMs: 0, quotas: { listenersPerService: 1 } });
  clients = new RecordingClients(simulator.url, simulator.credentials(account));
});

afterAll(async () => {
  clients.destroy();
  await simulator.stop();
});

/** Waits for an answer, and says what the official model finds wrong with it: nothing, where it is as it should be. */
async function answered<T>(model: ServiceModel, name: string, call: Promise<T>): Promise<T> {
  const output = await call;
  const operation = model.operations[name];
  const { status, headers, body } = clients.last;
  answeredOperations.add(`${model.signingName}:${name}`);
  expect({ name, status, problems: outputProblems(model, name, status, body) }).toEqual({ name, status: operation?.status, problems: [] });
  expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  expect(Date.parse(headers['date'] ?? '')).not.toBeNaN();
  return output;
}

const askLattice = <T>(name: string, call: Promise<T>) => answered(vpcLatticeModel, name, call);
const askSts = <T>(name: string, call: Promise<T>) => answered(stsModel, name, call);
const askTagging = <T>(name: string, call: Promise<T>) => answered(taggingModel, name, call);

function outputProblems(model: ServiceModel, name: string, status: number, body: string): readonly string[] {
  if (status === 204) return body === '' ? [] : ['a body after 204'];
  const result = model === stsModel ? stsResult(name, body) : (JSON.parse(body) as unknown);
  const shape = model.operations[name]?.output ?? '';
  for (const member of givenMembers(model, shape, result)) seenMembers.add(`${model.signingName}:${member}`);
  return shapeProblems(model, shape, result);
}

/** The result in an STS document; its one number is a text on the wire. */
function stsResult(name: string, body: string): unknown {
  const tree = Object(xmlTree(body))[`${name}Response`];
  expect(tree.ResponseMetadata.RequestId).toBe(clients.last.headers['x-amzn-requestid']);
  const result = tree[`${name}Result`];
  return result.PackedPolicySize === undefined ? result : { ...result, PackedPolicySize: Number(result.PackedPolicySize) };
}

describe('every answer has the shape of the official model', () => {
  it('for target groups, targets and their tags', async () => {
    const { lattice } = clients;
    const ask = askLattice;
    const healthCheck = { enabled: true, protocol: 'HTTP', path: '/ready', port: 8080, matcher: { httpCode: '200-299' } } as const;
    const config = { port: 80, protocol: 'HTTP', vpcIdentifier, healthCheck } as const;
    const create = new CreateTargetGroupCommand({ name: 'contract', type: 'IP', config, tags: { a: 'b' } });
    const { arn: targetGroupIdentifier = '', id } = await ask('CreateTargetGroup', lattice.send(create));
    const group = await ask('GetTargetGroup', lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: id })));
    expect(group.config).toMatchObject(config);
    await ask('UpdateTargetGroup', lattice.send(new UpdateTargetGroupCommand({ targetGroupIdentifier, healthCheck: { path: '/' } })));
    await ask('ListTargetGroups', lattice.send(new ListTargetGroupsCommand({ maxResults: 1, vpcIdentifier, targetGroupType: 'IP' })));
    const targets = [{ id: '10.0.0.1' }, { id: '8.8.8.8', port: 1 }];
    const registered = await ask('RegisterTargets', lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets })));
    expect([registered.successful?.length, registered.unsuccessful?.length]).toEqual([1, 1]);
    const listed = await ask('ListTargets', lattice.send(new ListTargetsCommand({ targetGroupIdentifier, targets, maxResults: 5 })));
    expect(listed.items).toEqual([{ id: '10.0.0.1', port: 80, status: 'UNUSED', reasonCode: 'TargetGroupNotInUse' }]);
    await ask('DeregisterTargets', lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier, targets })));
    const resourceArn = targetGroupIdentifier;
    await ask('TagResource', lattice.send(new TagResourceCommand({ resourceArn, tags: { 'c/d': 'é f', e: '' } })));
    await ask('UntagResource', lattice.send(new UntagResourceCommand({ resourceArn, tagKeys: ['c/d', 'a b'] })));
    const { tags } = await ask('ListTagsForResource', lattice.send(new ListTagsForResourceCommand({ resourceArn })));
    expect(tags).toEqual({ a: 'b', e: '' });
    await ask('DeleteTargetGroup', lattice.send(new DeleteTargetGroupCommand({ targetGroupIdentifier })));
  });

  it('for groups of the other types', async () => {
    const { lattice } = clients;
    const configs = [
      { name: 'function', type: 'LAMBDA', config: { lambdaEventStructureVersion: 'V2' } },
      { name: 'balancer', type: 'ALB', config: { port: 80, protocol: 'HTTP', vpcIdentifier } },
      { name: 'instance', type: 'INSTANCE', config: { port: 80, protocol: 'HTTPS', protocolVersion: 'HTTP2', vpcIdentifier } },
      { name: 'tcp', type: 'IP', config: { port: 5432, protocol: 'TCP', ipAddressType: 'IPV6', vpcIdentifier } },
      { name: 'grpc', type: 'IP', config: { port: 50_051, protocol: 'HTTP', protocolVersion: 'GRPC', vpcIdentifier } },
    ] as const;
    for (const input of configs) {
      const { id } = await answered(vpcLatticeModel, 'CreateTargetGroup', lattice.send(new CreateTargetGroupCommand(input)));
      const get = new GetTargetGroupCommand({ targetGroupIdentifier: id });
      const { config } = await answered(vpcLatticeModel, 'GetTargetGroup', lattice.send(get));
      expect(config).toMatchObject(input.config);
    }
    await answered(vpcLatticeModel, 'ListTargetGroups', lattice.send(new ListTargetGroupsCommand({})));
  });

  it('for services, listeners and rules', async () => {
    const { lattice } = clients;
    const ask = askLattice;
    const notFound = { fixedResponse: { statusCode: 404 } };
    const group = await lattice.send(
      new CreateTargetGroupCommand({ name: 'used', type: 'IP', config: { port: 80, protocol: 'HTTP', vpcIdentifier } }),
    );
    const forward = { forward: { targetGroups: [{ targetGroupIdentifier: group.arn }] } };
    const create = new CreateServiceCommand({ name: 'contract', customDomainName: 'contract.example.com', tags: { a: 'b' } });
    const { id: serviceIdentifier = '' } = await ask('CreateService', lattice.send(create));
    await ask('GetService', lattice.send(new GetServiceCommand({ serviceIdentifier })));
    await ask('UpdateService', lattice.send(new UpdateServiceCommand({ serviceIdentifier, authType: 'AWS_IAM', idleTimeoutSeconds: 120 })));
    await ask('ListServices', lattice.send(new ListServicesCommand({})));
    const listen = new CreateListenerCommand({ serviceIdentifier, name: 'http', protocol: 'HTTP', defaultAction: forward });
    const { id: listenerIdentifier = '' } = await ask('CreateListener', lattice.send(listen));
    const place = { serviceIdentifier, listenerIdentifier };
    await ask('GetListener', lattice.send(new GetListenerCommand(place)));
    await ask('UpdateListener', lattice.send(new UpdateListenerCommand({ ...place, defaultAction: notFound })));
    await ask('ListListeners', lattice.send(new ListListenersCommand(place)));
    const headerMatches = [{ name: 'x-a', match: { contains: 'b' }, caseSensitive: true }];
    const match = { httpMatch: { method: 'GET', pathMatch: { match: { prefix: '/a' }, caseSensitive: true }, headerMatches } };
    const rule = new CreateRuleCommand({ ...place, name: 'first', priority: 10, match, action: forward });
    const { id: ruleIdentifier = '' } = await ask('CreateRule', lattice.send(rule));
    const found = await ask('GetRule', lattice.send(new GetRuleCommand({ ...place, ruleIdentifier })));
    expect(found).toMatchObject({ match, priority: 10, isDefault: false });
    await ask('UpdateRule', lattice.send(new UpdateRuleCommand({ ...place, ruleIdentifier, priority: 20 })));
    await ask('ListRules', lattice.send(new ListRulesCommand(place)));
    const rules = [{ ruleIdentifier, priority: 30 }];
    await ask('BatchUpdateRule', lattice.send(new BatchUpdateRuleCommand({ ...place, rules })));
    const used = await lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: group.id }));
    expect(used.serviceArns).toHaveLength(1);
    await ask('DeleteRule', lattice.send(new DeleteRuleCommand({ ...place, ruleIdentifier })));
    await ask('DeleteListener', lattice.send(new DeleteListenerCommand(place)));
    await ask('DeleteService', lattice.send(new DeleteServiceCommand({ serviceIdentifier })));
    const freed = await lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: group.id }));
    expect(freed.serviceArns).toEqual([]);
  });

  it('for STS', async () => {
    const { sts } = clients;
    const ask = askSts;
    const { Account: caller } = await ask('GetCallerIdentity', sts.send(new GetCallerIdentityCommand({})));
    expect(caller).toBe(account);
    const assume = new AssumeRoleCommand({
      RoleArn: simulator.roleArn('222222222222'),
      RoleSessionName: 'contract',
      ExternalId: simulator.externalId,
      DurationSeconds: 900,
      Tags: [{ Key: 'team', Value: 'red_team' }],
      TransitiveTagKeys: ['team'],
      SourceIdentity: 'someone',
    });
    const assumed = await ask('AssumeRole', sts.send(assume));
    expect(assumed).toMatchObject({
      AssumedRoleUser: { Arn: 'arn:aws:sts::222222222222:assumed-role/lattice-hub/contract' },
      SourceIdentity: 'someone',
    });
    simulator.putRole(account, 'pod', { webIdentityIssuer: 'https://oidc.example/?a=<b>&c' });
    const identity = {
      token: 'header.payload.signature',
      issuer: 'https://oidc.example/?a=<b>&c',
      subject: 'system:serviceaccount:a:b',
      audience: 'sts.amazonaws.com',
    };
    simulator.registerWebIdentity({ ...identity, expiresAtMs: Date.now() + 60_000 });
    const policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
    const web = { RoleArn: simulator.roleArn(account, 'pod'), RoleSessionName: 'pod', WebIdentityToken: identity.token, Policy: policy };
    const pod = await ask('AssumeRoleWithWebIdentity', sts.send(new AssumeRoleWithWebIdentityCommand(web)));
    expect(pod).toMatchObject({ SubjectFromWebIdentityToken: identity.subject, Provider: identity.issuer });
  });

  it('for the Resource Groups Tagging API', async () => {
    const { tagging, lattice } = clients;
    const ask = askTagging;
    const { arn = '' } = await lattice.send(new CreateTargetGroupCommand({ name: 'tagged', type: 'LAMBDA', tags: { color: 'red' } }));
    const filters = { TagFilters: [{ Key: 'color', Values: ['red'] }], ResourceTypeFilters: ['vpc-lattice:targetgroup'] };
    const found = await ask('GetResources', tagging.send(new GetResourcesCommand({ ...filters, IncludeComplianceDetails: true })));
    expect(found.ResourceTagMappingList?.map((mapping) => mapping.ResourceARN)).toEqual([arn]);
    await ask(
      'TagResources',
      tagging.send(new TagResourcesCommand({ ResourceARNList: [arn, 'arn:aws:s3:::bucket'], Tags: { size: 'small' } })),
    );
    await ask('GetTagKeys', tagging.send(new GetTagKeysCommand({})));
    await ask('GetTagValues', tagging.send(new GetTagValuesCommand({ Key: 'size' })));
    await ask('UntagResources', tagging.send(new UntagResourcesCommand({ ResourceARNList: [arn], TagKeys: ['color', 'size'] })));
    const { ResourceTagMappingList: emptied } = await ask(
      'GetResources',
      tagging.send(new GetResourcesCommand({ ResourceARNList: [arn] })),
    );
    expect(emptied).toEqual([{ ResourceARN: arn, Tags: [] }]);
  });

  it('for what has failed', async () => {
    const { lattice } = clients;
    simulator.faults.inject({ effect: { kind: 'createFailed' }, times: 2 });
    const { id } = await askLattice(
      'CreateTargetGroup',
      lattice.send(new CreateTargetGroupCommand({ name: 'group-that-failed', type: 'LAMBDA' })),
    );
    const { id: serviceIdentifier } = await askLattice(
      'CreateService',
      lattice.send(new CreateServiceCommand({ name: 'service-that-failed' })),
    );
    simulator.faults.clear();
    const group = await askLattice('GetTargetGroup', lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: id })));
    const service = await askLattice('GetService', lattice.send(new GetServiceCommand({ serviceIdentifier })));
    expect([group, service]).toMatchObject([{ status: 'CREATE_FAILED' }, { status: 'CREATE_FAILED' }]);
  });

  it('for pages with more behind them, for certificates, for every kind of match and for rules that can not be changed', async () => {
    const { lattice } = clients;
    const ask = askLattice;
    const notFound = { fixedResponse: { statusCode: 404 } };
    const certificateArn = 'arn:aws:acm:us-west-2:111111111111:certificate/00000000-0000-0000-0000-000000000000';
    const secure = { customDomainName: 'secure.example.com', certificateArn };
    const { id: serviceIdentifier = '' } = await ask(
      'CreateService',
      lattice.send(new CreateServiceCommand({ name: 'secure', ...secure })),
    );
    await ask('GetService', lattice.send(new GetServiceCommand({ serviceIdentifier })));
    await ask('UpdateService', lattice.send(new UpdateServiceCommand({ serviceIdentifier, certificateArn })));
    simulator.settings.quotas.listenersPerService = 2;
    const listen = (name: string, protocol: 'HTTP' | 'HTTPS') =>
      lattice.send(new CreateListenerCommand({ serviceIdentifier, name, protocol, defaultAction: notFound }));
    const { id: listenerIdentifier = '' } = await ask('CreateListener', listen('http', 'HTTP'));
    await listen('https', 'HTTPS');
    simulator.settings.quotas.listenersPerService = 1;
    const place = { serviceIdentifier, listenerIdentifier };
    const headerMatches = [
      { name: 'x-a', match: { exact: 'b' } },
      { name: 'x-b', match: { prefix: 'c' } },
    ];
    const match = { httpMatch: { pathMatch: { match: { exact: '/a' } }, headerMatches } };
    await ask('CreateRule', lattice.send(new CreateRuleCommand({ ...place, name: 'exact', priority: 1, match, action: notFound })));
    const { items: rules = [] } = await lattice.send(new ListRulesCommand(place));
    const ruleIdentifier = rules.find((rule) => rule.isDefault)?.id;
    const batch = new BatchUpdateRuleCommand({ ...place, rules: [{ ruleIdentifier, priority: 2 }] });
    expect((await ask('BatchUpdateRule', lattice.send(batch))).unsuccessful).toHaveLength(1);
    const group = new CreateTargetGroupCommand({ name: 'two', type: 'IP', config: { port: 80, protocol: 'HTTP', vpcIdentifier } });
    const { id: targetGroupIdentifier } = await lattice.send(group);
    await lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets: [{ id: '10.0.0.1' }, { id: '10.0.0.2' }] }));
    const one = { maxResults: 1 };
    const pages = [
      await ask('ListServices', lattice.send(new ListServicesCommand(one))),
      await ask('ListListeners', lattice.send(new ListListenersCommand({ serviceIdentifier, ...one }))),
      await ask('ListRules', lattice.send(new ListRulesCommand({ ...place, ...one }))),
      await ask('ListTargetGroups', lattice.send(new ListTargetGroupsCommand(one))),
      await ask('ListTargets', lattice.send(new ListTargetsCommand({ targetGroupIdentifier, ...one }))),
    ];
    expect(pages.map((page) => page.nextToken)).toEqual(pages.map(() => expect.any(String)));
  });

  it('and no operation that is served was left out', () => {
    const served = [vpcLatticeModel, stsModel, taggingModel].flatMap((model) =>
      Object.keys(model.operations).map((name) => `${model.signingName}:${name}`),
    );
    expect([...answeredOperations].toSorted()).toEqual(served.toSorted());
  });

  it('and no member of an answer was missing everywhere', () => {
    const possible = [vpcLatticeModel, stsModel, taggingModel].flatMap((model) =>
      Object.values(model.operations)
        .flatMap(({ output }) => [...membersOf(model, output ?? '')])
        .map((member) => `${model.signingName}:${member}`),
    );
    const missing = [...new Set(possible)].filter((member) => !seenMembers.has(member));
    // It would be a claim of the token, and the tokens that can be registered have none.
    expect(missing).toEqual(['sts:AssumeRoleWithWebIdentityResponse.SourceIdentity']);
  });
});

const onceAtGet = { operations: ['GetTargetGroup'], times: 1 };

interface LatticeErrorCase {
  readonly code: string;
  readonly status: number;
  readonly effect?: FaultEffect;
  readonly retryAfter?: string;
  /** What makes the error where no fault does. */
  readonly call?: () => Promise<unknown>;
}

describe('every error of VPC Lattice has the shape of the official model', () => {
  const missing = 'tg-00000000000000000';
  const cases: readonly LatticeErrorCase[] = [
    { code: 'ValidationException', status: 400, call: () => clients.lattice.send(new CreateTargetGroupCommand({ name: 'x', type: 'IP' })) },
    {
      code: 'ResourceNotFoundException',
      status: 404,
      call: () => clients.lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: missing })),
    },
    { code: 'AccessDeniedException', status: 403, effect: { kind: 'accessDenied' } },
    { code: 'ThrottlingException', status: 429, effect: { kind: 'throttle', retryAfterSeconds: 7 }, retryAfter: '7' },
    { code: 'InternalServerException', status: 500, effect: { kind: 'internalError', retryAfterSeconds: 9 }, retryAfter: '9' },
    {
      code: 'ConflictException',
      status: 409,
      call: async () => {
        await clients.lattice.send(new CreateTargetGroupCommand({ name: 'twice', type: 'LAMBDA' }));
        await clients.lattice.send(new CreateTargetGroupCommand({ name: 'twice', type: 'LAMBDA' }));
      },
    },
    {
      code: 'ServiceQuotaExceededException',
      status: 402,
      call: async () => {
        const { id: serviceIdentifier } = await clients.lattice.send(new CreateServiceCommand({ name: 'quota' }));
        const defaultAction = { fixedResponse: { statusCode: 404 } };
        await clients.lattice.send(new CreateListenerCommand({ serviceIdentifier, name: 'http', protocol: 'HTTP', defaultAction }));
        await clients.lattice.send(new CreateListenerCommand({ serviceIdentifier, name: 'https', protocol: 'HTTPS', defaultAction }));
      },
    },
  ];

  it.each(cases)('$code', async ({ code, status, call, effect, retryAfter }) => {
    if (effect) simulator.faults.inject({ ...onceAtGet, effect });
    const made = call ?? (() => clients.lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: missing })));
    await expect(made()).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: status } });
    const { headers, body } = clients.last;
    expect(headers['x-amzn-errortype']).toBe(code);
    expect(shapeProblems(vpcLatticeModel, code, JSON.parse(body))).toEqual([]);
    expect(headers['retry-after']).toBe(retryAfter);
  });
});

describe('an error of the Resource Groups Tagging API', () => {
  it.each([
    { code: 'InvalidParameterException', status: 400, input: { ResourcesPerPage: 0 } },
    { code: 'ThrottledException', status: 400, effect: { kind: 'throttle' } },
    { code: 'InternalServiceException', status: 500, effect: { kind: 'internalError' } },
  ] as const)('$code has the shape of the official model', async ({ code, status, ...cause }) => {
    if ('effect' in cause) simulator.faults.inject({ effect: cause.effect, operations: ['GetResources'], times: 1 });
    const input = 'input' in cause ? cause.input : {};
    await expect(clients.tagging.send(new GetResourcesCommand(input))).rejects.toMatchObject({
      name: code,
      $metadata: { httpStatusCode: status },
    });
    const { __type: type, ...body } = JSON.parse(clients.last.body);
    expect(type).toBe(code);
    expect(shapeProblems(taggingModel, code, body)).toEqual([]);
  });
});

describe('an error of STS', () => {
  it.each([
    { code: 'AccessDenied', status: 403, input: { ExternalId: 'wrong' } },
    { code: 'ValidationError', status: 400, input: { RoleSessionName: 'a b' } },
    { code: 'MalformedPolicyDocument', status: 400, input: { Policy: '{' } },
    { code: 'Throttling', status: 400, effect: { kind: 'throttle' } },
    { code: 'InternalFailure', status: 500, effect: { kind: 'internalError' } },
  ] as const)('$code is the XML of the Query protocol', async ({ code, status, ...cause }) => {
    if ('effect' in cause) simulator.faults.inject({ effect: cause.effect, operations: ['AssumeRole'], times: 1 });
    const input = 'input' in cause ? cause.input : {};
    const assume = new AssumeRoleCommand({
      RoleArn: simulator.roleArn(account),
      RoleSessionName: 'hub',
      ExternalId: simulator.externalId,
      ...input,
    });
    await expect(clients.sts.send(assume)).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
    const requestId = clients.last.headers['x-amzn-requestid'];
    expect(xmlTree(clients.last.body)).toMatchObject({
      ErrorResponse: {
        Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: expect.any(String) },
        RequestId: requestId,
      },
    });
  });
});
