import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpRequest } from '@smithy/types';
import type { AccountSession } from './account-sessions.js';
import type { CallGuard } from './guarded-call.js';
import { LatticeApi } from './lattice-api.js';

const arn = 'arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/tg-0123456789abcdef0';
const target = { ip: '10.0.0.1', port: 8080 };
const never = new AbortController().signal;

/** An AWS that does what it is asked for; the first answers never arrive. */
class Aws extends NodeHttpHandler {
  readonly registered = new Set<string>();
  /** When the last attempt was signed, as its header says. */
  signedAt: string | undefined;
  attempts = 0;
  lostAnswers = 0;
  /** So many calls are refused first. */
  refusals = 0;

  override async handle(request: HttpRequest & { readonly body?: unknown }): ReturnType<NodeHttpHandler['handle']> {
    this.attempts++;
    this.signedAt = request.headers['x-amz-date'];
    if (this.attempts <= this.refusals) {
      const refusal = new Blob([new TextEncoder().encode('{"message":"too many"}')]).stream();
      const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ThrottlingException' };
      return { response: { statusCode: 429, headers, body: refusal } };
    }
    const { targets } = JSON.parse(new TextDecoder().decode(new Uint8Array(request.body as Uint8Array))) as { targets: { id: string }[] };
    for (const { id } of targets) this.registered.add(id);
    if (this.attempts <= this.lostAnswers) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const body = new Blob([new TextEncoder().encode('{"successful":[],"unsuccessful":[]}')]).stream();
    return { response: { statusCode: 200, headers: { 'content-type': 'application/json' }, body } };
  }
}

describe('a call that writes', () => {
  let aws: Aws;
  /** After so many attempts the Lease on the cluster is gone. */
  let leaseLasts: number;
  let budget: CallGuard['budget'];
  /** What the session was told of refusals. */
  let throttled: string[];

  const api = () => {
    const config = {
      region: 'us-west-2',
      credentials: { accessKeyId: 'ROLE', secretAccessKey: 's' },
      requestHandler: aws,
      maxAttempts: 3,
      endpoint: 'http://127.0.0.1:9',
    };
    const session: AccountSession = {
      access: { accountId: '111111111111', region: 'us-west-2', roleArn: 'arn:aws:iam::111111111111:role/hub', externalId: undefined },
      lattice: new VPCLatticeClient(config),
      tagging: new ResourceGroupsTaggingAPIClient(config),
      authorize: async () => undefined,
      renew: () => undefined,
      noteThrottled: (service) => void throttled.push(service),
    };
    const guard: CallGuard = {
      budget,
      mayWrite: () => aws.attempts < leaseLasts,
      userAgent: 'fence/member-1.7',
      callTimeoutMs: 10_000,
      report: () => undefined,
      nowMs: () => performance.now(),
    };
    return new LatticeApi(session, guard);
  };

  beforeEach(() => {
    aws = new Aws();
    leaseLasts = Infinity;
    throttled = [];
    budget = async () => undefined;
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is signed when its turn has come, however long it stood in line before', async () => {
    budget = async () => void jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2027, 0, 1, 12, 30));
    jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2027, 0, 1, 12, 0));
    await api().registerTargets(arn, [target], never);
    expect(aws.signedAt).toBe('20270101T123000Z');
  });

  it('is made again where the answer was lost', async () => {
    aws.lostAnswers = 1;
    await expect(api().registerTargets(arn, [target], never)).resolves.toMatchObject({ done: [target] });
    expect(aws.attempts).toBe(2);
  });

  it('is made again where there were too many, and the session hears of each that was refused', async () => {
    aws.refusals = 1;
    await expect(api().registerTargets(arn, [target], never)).resolves.toMatchObject({ done: [target] });
    expect([aws.attempts, throttled]).toEqual([2, ['lattice']]);
  });

  it('is not made at all without the Lease, and is known not to have been', async () => {
    leaseLasts = 0;
    await expect(api().registerTargets(arn, [target], never)).rejects.toMatchObject({ kind: 'fenced', isUnknownOutcome: false });
    expect(aws.attempts).toBe(0);
  });

  it('is not made again once the Lease is gone, and may have been carried out before that', async () => {
    aws.lostAnswers = 1;
    leaseLasts = 1;
    await expect(api().registerTargets(arn, [target], never)).rejects.toMatchObject({ kind: 'fenced', isUnknownOutcome: true });
    expect(aws.attempts).toBe(1);
    expect([...aws.registered]).toEqual([target.ip]);
  });
});
