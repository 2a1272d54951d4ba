import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsSimulator } from '@hub/aws-simulator';
import { until } from '../../fixtures/until.js';
import type { WriteAttempt, WriteOperation } from '../fleet/aws-gate.js';
import type { OracleCluster, OraclePolicy, OracleWorld } from '../oracle.js';
import { Ledger } from './ledger.js';
import { judgeAttempt } from './taking-log.js';

const account = '111111111111';
const region = 'us-west-2';
const vpcId = 'vpc-00000001';
const upstream = 'application-networking.k8s.aws';
const elsewhere = { [`${upstream}/federation`]: 'another-federation' };

const meta = (name: string, more: object = {}) => ({ name, namespace: 'default', uid: `uid-${name}`, generation: 1, ...more });
const exported = { metadata: meta('shop'), spec: { exportedPorts: [{ port: 80, routeType: 'HTTP' as const }] } };
const over = { metadata: meta('shop', { annotations: elsewhere }) };

const slice = (ip: string) => ({
  metadata: meta('shop-1', { labels: { 'kubernetes.io/service-name': 'shop' } }),
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080 }],
  endpoints: [{ addresses: [ip] }],
});

function policy(name: string, year: number, path: string): OraclePolicy {
  const metadata = meta(name, { uid: `uid-${name}-${path}`, creationTimestamp: `${year}-01-01T00:00:00Z` });
  return { metadata, spec: { targetRef: { kind: 'ServiceExport', name: 'shop' }, healthCheck: { path } } };
}

function member(name: string, more: Partial<OracleCluster> = {}): OracleCluster {
  const service = { metadata: meta('shop'), spec: { ipFamilies: ['IPv4'], ports: [{ name: 'http', port: 80 }] } };
  const place = { accountId: account, region, vpcId: name === 'member-1' ? vpcId : 'vpc-00000002', policyScope: 'Fleet' as const };
  return { name, ...place, exports: [exported], services: [service], slices: [slice('10.0.0.1')], policies: [], ...more };
}

const world = (...clusters: readonly OracleCluster[]): OracleWorld => ({ hubId: 'hub', hubPolicies: [], clusters });

describe('what an attempt takes away', () => {
  let aws: AwsSimulator;
  let arn: string;
  let ledger: Ledger;

  beforeAll(async () => {
    aws = await AwsSimulator.start({ accounts: [account, '222222222222'], createDelayMs: 0 });
    const writer = aws.foreignWriter(account, region);
    const group = writer.call('CreateTargetGroup', {
      name: 'shop',
      type: 'IP',
      config: { protocol: 'HTTP', protocolVersion: 'HTTP1', port: 80, vpcIdentifier: vpcId, ipAddressType: 'IPV4' },
      tags: {
        'lattice-hub.io/hub': 'hub',
        'lattice-hub.io/slot': '80',
        'lattice-hub.io/service': 'shop',
        [`${upstream}/ClusterName`]: 'member-1',
        [`${upstream}/ServiceNamespace`]: 'default',
        [`${upstream}/ServiceName`]: 'shop',
      },
    });
    arn = group.arn ?? '';
    await until('it is active', () => {
      const status = aws.state(account, region).targetGroups[0]?.status;
      return status === 'ACTIVE' ? undefined : `${status}`;
    });
    aws.attachService(arn);
  });

  beforeEach(() => {
    ledger = new Ledger();
  });

  afterAll(async () => {
    await aws.stop();
  });

  function judged(operation: WriteOperation, body: unknown, readAtMs?: number): string | undefined {
    const now = Date.now();
    const from = { signedAtMs: now, arrivedAtMs: now, replica: 'replica-1', cluster: 'member-1', fence: 1, readAtMs };
    const attempt: WriteAttempt = { ...from, operation, resource: arn, body };
    return judgeAttempt(attempt, ledger, aws, 'hub');
  }
  const deregisters = (ip: string) => judged('DeregisterTargets', { targets: [{ id: ip, port: 8080 }] });
  const times = { healthyThresholdCount: 5, unhealthyThresholdCount: 2, healthCheckTimeoutSeconds: 5, healthCheckIntervalSeconds: 30 };
  const checks = (path: string) =>
    judged('UpdateTargetGroup', {
      healthCheck: { enabled: true, protocol: 'HTTP', protocolVersion: 'HTTP1', path, matcher: { httpCode: '200' }, ...times },
    });

  it('may not be a pod that is there, behind a Service whose export is over and whose group is in use', () => {
    ledger.note(world(member('member-1', { exports: [over] })));
    expect(deregisters('10.0.0.1')).toContain('10.0.0.1 8080 must be there');
  });

  it('may be a pod that is there no more, though nobody exports it', () => {
    ledger.note(world(member('member-1', { exports: [over] })));
    ledger.note(world(member('member-1', { exports: [over], slices: [slice('10.0.0.2')] })));
    expect(deregisters('10.0.0.1')).toBeUndefined();
  });

  it.each([
    { when: 'was in use ever since', begins: 'never', wrong: 'a service uses it' },
    { when: 'came into use before it was read', begins: 'before', wrong: 'a service uses it' },
    { when: 'came into use after it was read', begins: 'after', wrong: 'nothing' },
  ])('is a group that $when: what is wrong with that is $wrong', ({ begins, wrong }) => {
    ledger.note(world(member('member-1', { exports: [], services: [], slices: [] })));
    const readAtMs = performance.now();
    if (begins !== 'never') ledger.noteUse(arn);
    const found = judged('DeleteTargetGroup', undefined, begins === 'before' ? performance.now() : readAtMs);
    expect(found ?? 'nothing').toContain(wrong);
  });

  describe('of a health check', () => {
    const [first, second, third] = [policy('first', 2020, '/first'), policy('second', 2021, '/second'), policy('third', 2022, '/third')];
    const says = (own: readonly OraclePolicy[], others: readonly OraclePolicy[], isTroubled: boolean) =>
      ledger.note(world(member('member-1', { policies: own }), member('member-2', { policies: others })), isTroubled);

    it('may be what nobody has spoken of, while a cluster is heard late: the others are known as they are by now', () => {
      says([first], [second, third], false);
      says([first], [third], true);
      says([], [third], true);
      // Of the first it is known that it is gone, of the second it is not.
      expect(checks('/second')).toBeUndefined();
    });

    it('may not be so where everybody hears everybody', () => {
      says([first], [second, third], false);
      says([first], [third], false);
      says([], [third], false);
      expect(checks('/second')).toContain('path');
    });

    it('may not be that of a policy that was behind one all the time', () => {
      says([first], [second, third], false);
      says([first], [third], true);
      says([first], [third], false);
      expect(checks('/second')).toContain('path');
    });

    it('may not be none where there was one all the time', () => {
      says([first], [third], false);
      says([], [third], true);
      expect(checks('/')).toContain('path');
    });

    it('may be none where each was missing at some time', () => {
      says([first], [], true);
      says([], [second], true);
      says([first], [second], true);
      expect(checks('/')).toBeUndefined();
    });
  });
});
