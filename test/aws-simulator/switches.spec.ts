import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { CreateTargetGroupCommand, DeregisterTargetsCommand, RegisterTargetsCommand } from '@aws-sdk/client-vpc-lattice';
import { AwsSimulator, hubRoleName } from '@hub/aws-simulator';
import { RecordingClients } from './recording-clients.js';

const account = '111111111111';
const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;

let simulator: AwsSimulator;
let clients: RecordingClients;

beforeEach(async () => {
  simulator = await AwsSimulator.start({ createDelayMs: 0 });
  clients = new RecordingClients(simulator.url, simulator.credentials(account));
});

afterEach(async () => {
  clients.destroy();
  await simulator.stop();
});

describe('what no public source settles is a switch with a default', () => {
  it.each([
    ['the text of a name that is taken', 'duplicateNameMessage', 'Resource with name {name} already exists'],
    ['a client token with other parameters', 'clientTokenMismatch', 'ConflictException'],
    ['the name of a group in CREATE_FAILED', 'nameOfFailedGroup', 'taken'],
    ['the reason of INITIAL', 'reasonCodeInitial', 'InitialHealthChecking'],
    ['the reason of DRAINING', 'reasonCodeDraining', 'DeregistrationInProgress'],
    ['the reason of checks that are off', 'reasonCodeDisabled', 'HealthCheckDisabled'],
    ['the failure code of an address', 'failureCodeAddress', 'UnsupportedTarget'],
    ['the failure code of a family', 'failureCodeFamily', 'UnsupportedTarget'],
    ['the failure code of an unknown target', 'failureCodeUnknownTarget', 'TargetNotFound'],
    ['the deregistration of an unknown target', 'deregisterUnknown', 'unsuccessful'],
    ['the deletion of a group with targets', 'deleteWithTargets', 'conflict'],
    ['health check fields that are left out', 'omittedHealthCheckFields', 'keep'],
    ['the health check protocol of an HTTPS group', 'healthCheckProtocol', 'group'],
    ['an ARN of another account', 'crossAccountIdentifier', 'AccessDeniedException'],
    ['what moves lastUpdatedAt', 'lastUpdatedAtMovesOn', []],
    ['a body that can not be read', 'cannotParse', 'ValidationException'],
    ['input that breaks the model of the tagging API', 'taggingValidation', 'ValidationException'],
    ['draining targets under the quota', 'drainingTargetsCount', false],
    ['tags on a create', 'tagOnCreateNeedsTagResource', true],
  ] as const)('%s: %s', (_words, name, standard) => {
    expect(simulator.settings.unverified[name]).toEqual(standard);
  });

  it('and there is no switch that is not in this list', () => {
    expect(Object.keys(simulator.settings.unverified)).toHaveLength(19);
  });

  it('and request rates are off', () => {
    expect(simulator.settings.throttles).toEqual([]);
  });
});

describe('a switch that is turned while the simulator runs', () => {
  it('changes the text for a name that is taken', async () => {
    simulator.settings.unverified.duplicateNameMessage = 'Name {name}: taken';
    const create = new CreateTargetGroupCommand({ name: 'group', type: 'LAMBDA', clientToken: 'first' });
    await clients.lattice.send(create);
    const again = new CreateTargetGroupCommand({ name: 'group', type: 'LAMBDA', clientToken: 'second' });
    await expect(clients.lattice.send(again)).rejects.toMatchObject({ name: 'ConflictException', message: 'Name group: taken' });
  });

  it('changes the failure codes of targets', async () => {
    const codes = { failureCodeAddress: 'BadAddress', failureCodeFamily: 'BadFamily', failureCodeUnknownTarget: 'WhoIsThat' };
    simulator.configure({ unverified: codes });
    const { id: targetGroupIdentifier } = await clients.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    const targets = [{ id: '8.8.8.8' }, { id: 'fd00::1' }];
    const registered = await clients.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets }));
    expect(registered.unsuccessful?.map(({ failureCode }) => failureCode)).toEqual(['BadAddress', 'BadFamily']);
    const released = await clients.lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier, targets: [{ id: '10.0.0.1' }] }));
    expect(released.unsuccessful?.map(({ failureCode }) => failureCode)).toEqual(['WhoIsThat']);
  });

  it.each(['ValidationException', 'InvalidParameterException'] as const)(
    'changes the code of the tagging API to %s',
    async (taggingValidation) => {
      simulator.settings.unverified.taggingValidation = taggingValidation;
      const TagFilters = [{ Key: 'a', Values: Array.from({ length: 21 }, (_, index) => String(index)) }];
      await expect(clients.tagging.send(new GetResourcesCommand({ TagFilters }))).rejects.toMatchObject({
        name: taggingValidation,
        message: expect.stringContaining("at 'tagFilters.1.member.values' failed to satisfy constraint"),
      });
    },
  );

  it.each([
    { tagOnCreateNeedsTagResource: true, outcome: 'rejected' },
    { tagOnCreateNeedsTagResource: false, outcome: 'fulfilled' },
  ])(
    'decides whether tags on a create need a permission of their own: $tagOnCreateNeedsTagResource',
    async ({ tagOnCreateNeedsTagResource, outcome }) => {
      simulator.settings.unverified.tagOnCreateNeedsTagResource = tagOnCreateNeedsTagResource;
      simulator.allowActions(account, hubRoleName, ['vpc-lattice:CreateTargetGroup']);
      const assume = new AssumeRoleCommand({
        RoleArn: simulator.roleArn(account),
        RoleSessionName: 'hub',
        ExternalId: simulator.externalId,
      });
      const { Credentials: credentials } = await clients.sts.send(assume);
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = credentials ?? {};
      const hub = new RecordingClients(simulator.url, { accessKeyId, secretAccessKey, sessionToken });
      const [untagged, tagged] = await Promise.allSettled([
        hub.lattice.send(new CreateTargetGroupCommand({ name: 'plain', type: 'LAMBDA' })),
        hub.lattice.send(new CreateTargetGroupCommand({ name: 'tagged', type: 'LAMBDA', tags: { a: 'b' } })),
      ]);
      hub.destroy();
      expect([untagged.status, tagged.status]).toEqual(['fulfilled', outcome]);
    },
  );
});
