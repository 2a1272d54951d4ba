import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  GetTargetGroupCommand,
  ListTargetGroupsCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-vpc-lattice';
import { AwsSimulator } from '@hub/aws-simulator';
import type { FaultEffect } from '@hub/aws-simulator';
import { RecordingClients } from './recording-clients.js';
import { until } from '../fixtures/until.js';

const account = '111111111111';
const region = 'us-west-2';
/** How the SDK words a connection that was cut, whatever the moment. */
const cutConnection = /ECONNRESET|socket hang up/;
const create = new CreateTargetGroupCommand({ name: 'group', type: 'LAMBDA' });

let simulator: AwsSimulator;
let once: RecordingClients;
let retrying: RecordingClients;

beforeEach(async () => {
  simulator = await AwsSimulator.start({ createDelayMs: 0, deleteDelayMs: 0 });
  once = new RecordingClients(simulator.url, simulator.credentials(account));
  retrying = new RecordingClients(simulator.url, simulator.credentials(account), { maxAttempts: 3, retryMode: 'standard' });
});

afterEach(async () => {
  once.destroy();
  retrying.destroy();
  await simulator.stop();
});

const groups = () => simulator.state(account, region).targetGroups.map((group) => group.name);

describe('a call that is not answered as it should be', () => {
  it.each([
    { effect: { kind: 'reset' }, made: [], error: 'cut', status: 0 },
    { effect: { kind: 'reset', moment: 'after' }, made: ['group'], error: 'cut', status: 0 },
    { effect: { kind: 'internalError' }, made: [], error: 'InternalServerException', status: 500 },
    { effect: { kind: 'internalError', moment: 'after' }, made: ['group'], error: 'InternalServerException', status: 500 },
    { effect: { kind: 'unavailable' }, made: [], error: 'ServiceUnavailable', status: 503 },
    { effect: { kind: 'throttle' }, made: [], error: 'ThrottlingException', status: 429 },
    { effect: { kind: 'accessDenied' }, made: [], error: 'AccessDeniedException', status: 403 },
    { effect: { kind: 'expiredToken' }, made: [], error: 'ExpiredTokenException', status: 403 },
    { effect: { kind: 'error', code: 'Teapot', status: 418, message: 'short and stout' }, made: [], error: 'Teapot', status: 418 },
  ] as const satisfies readonly {
    readonly effect: FaultEffect;
    readonly made: readonly string[];
    readonly error: string;
    readonly status: number;
  }[])('because of $effect has made $made and ends in $error', async ({ effect, made, error, status }) => {
    simulator.faults.inject({ effect, operations: ['CreateTargetGroup'], times: 1 });
    const failure: unknown = await once.lattice.send(create).catch((reason: unknown) => reason);
    const { name, message } = Object(failure);
    expect(cutConnection.test(message) ? 'cut' : name).toBe(error);
    expect(groups()).toEqual(made);
    expect(simulator.calls.log.at(-1)?.status).toBe(status);
  });

  it.each(['before', 'after'] as const)('because of a hang %s it is done, waits until the client gives up', async (moment) => {
    simulator.faults.inject({ effect: { kind: 'hang', moment }, operations: ['CreateTargetGroup'] });
    await expect(once.lattice.send(create, { abortSignal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: 'AbortError' });
    expect(groups()).toEqual(moment === 'after' ? ['group'] : []);
  });

  it('goes on hanging no longer than its fault', async () => {
    const fault = simulator.faults.inject({ effect: { kind: 'hang' } });
    const call = once.lattice.send(create);
    const settled = Promise.allSettled([call]);
    await until('the call hangs', () => (fault.hits() === 1 ? undefined : 'not yet'));
    fault.remove();
    const [outcome] = await settled;
    expect(String(Object(outcome).reason)).toMatch(cutConnection);
    expect(groups()).toEqual([]);
  });

  it('is answered late by a latency, and by the settings for all', async () => {
    simulator.faults.inject({ effect: { kind: 'latency', latencyMs: 60 }, times: 1 });
    simulator.settings.latencyMs = 40;
    const startMs = performance.now();
    await once.lattice.send(create);
    expect(performance.now() - startMs).toBeGreaterThan(95);
    expect(groups()).toEqual(['group']);
  });
});

describe('an SDK that retries', () => {
  it.each([
    { kind: 'reset' },
    { kind: 'reset', moment: 'after' },
    { kind: 'internalError', moment: 'after' },
    { kind: 'unavailable' },
  ] as const)('makes one group through %j, because its client token stays the same', async (effect) => {
    simulator.faults.inject({ effect, operations: ['CreateTargetGroup'], times: 2 });
    const { $metadata: metadata } = await retrying.lattice.send(create);
    expect(metadata.attempts).toBe(3);
    expect(groups()).toEqual(['group']);
    const attempts = simulator.calls.log.map((call) => call.attempt);
    const invocations = new Set(simulator.calls.log.map((call) => call.invocationId));
    expect([attempts, invocations.size]).toEqual([[1, 2, 3], 1]);
  });

  it('does not retry what AWS says no to', async () => {
    simulator.faults.inject({ effect: { kind: 'accessDenied' } });
    await expect(retrying.lattice.send(create)).rejects.toMatchObject({ name: 'AccessDeniedException', $metadata: { attempts: 1 } });
  });

  it('corrects its clock by the Date header of the refusal', async () => {
    simulator.settings.clockSkewMs = 3_600_000;
    const { $metadata: metadata } = await retrying.lattice.send(new ListTargetGroupsCommand({}));
    expect(metadata.attempts).toBe(2);
  });
});

describe('a fault of the operation itself', () => {
  it('ends a creation in CREATE_FAILED, and a deletion in DELETE_FAILED', async () => {
    simulator.faults.inject({ effect: { kind: 'createFailed', failureCode: 'NoRoom', failureMessage: 'Full.' }, times: 1 });
    const { id: targetGroupIdentifier } = await once.lattice.send(create);
    const get = new GetTargetGroupCommand({ targetGroupIdentifier });
    expect(await once.lattice.send(get)).toMatchObject({ status: 'CREATE_FAILED', failureCode: 'NoRoom', failureMessage: 'Full.' });
    simulator.faults.inject({ effect: { kind: 'deleteFailed' }, operations: ['DeleteTargetGroup'], times: 1 });
    await once.lattice.send(new DeleteTargetGroupCommand({ targetGroupIdentifier }));
    expect(await once.lattice.send(get)).toMatchObject({ status: 'DELETE_FAILED', failureCode: 'InternalFailure' });
    await once.lattice.send(new DeleteTargetGroupCommand({ targetGroupIdentifier }));
    await expect(once.lattice.send(get)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('answers 200 with targets that did not register', async () => {
    const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;
    const { id: targetGroupIdentifier } = await once.lattice.send(new CreateTargetGroupCommand({ name: 'group', type: 'IP', config }));
    simulator.faults.inject({
      effect: { kind: 'partialFailure', targetIds: ['10.0.0.2'], failureCode: 'Busy' },
      resource: targetGroupIdentifier ?? '',
    });
    const targets = [{ id: '10.0.0.1' }, { id: '10.0.0.2' }];
    const answer = await once.lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets }));
    expect(answer).toMatchObject({ successful: [{ id: '10.0.0.1' }], unsuccessful: [{ id: '10.0.0.2', failureCode: 'Busy' }] });
  });
});

describe('throttling', () => {
  it('is told in the way of each protocol, with the seconds to wait where Lattice does it', async () => {
    simulator.settings.throttles = [{ ratePerSecond: 0.25, burst: 1 }];
    const calls = [
      () => once.lattice.send(new ListTargetGroupsCommand({})),
      () => once.tagging.send(new GetResourcesCommand({})),
      () => once.sts.send(new GetCallerIdentityCommand({})),
    ];
    for (const call of calls) await call();
    const refusals = await Promise.allSettled(calls.map((call) => call()));
    expect(
      refusals.map((refusal) => Object(refusal).reason).map(({ name, $metadata: metadata }) => [name, metadata.httpStatusCode]),
    ).toEqual([
      ['ThrottlingException', 429],
      ['ThrottledException', 400],
      ['Throttling', 400],
    ]);
    expect(once.answers.find((answer) => answer.status === 429)?.headers['retry-after']).toBe('4');
    expect(simulator.calls.count({ isError: true })).toBe(3);
  });

  it('ends as the clock of the simulator goes on', async () => {
    simulator.settings.throttles = [{ families: ['lattice-read'], ratePerSecond: 0.001, burst: 1 }];
    const list = () => once.lattice.send(new ListTargetGroupsCommand({}));
    await list();
    await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException', retryAfterSeconds: 1_000 });
    simulator.clock.advance(1_000_000);
    await expect(list()).resolves.toMatchObject({ items: [] });
  });
});
