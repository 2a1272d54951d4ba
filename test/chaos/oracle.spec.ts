import { describe, expect, it } from '@jest/globals';
import { expectedGroups, filledHealthCheck, type OracleCluster, type OraclePolicy, type OracleWorld } from './oracle.js';

const meta = (name: string, more: object = {}) => ({ name, namespace: 'default', uid: `uid-${name}`, generation: 1, ...more });

const service = {
  metadata: meta('shop'),
  spec: {
    ipFamilies: ['IPv4'],
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
};
const slice = {
  metadata: meta('shop-1', { labels: { 'kubernetes.io/service-name': 'shop' } }),
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080 }],
  endpoints: [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'], conditions: { terminating: true } }],
};

function cluster(name: string, more: Partial<OracleCluster> = {}): OracleCluster {
  const place = { accountId: '111111111111', region: 'us-west-2', vpcId: 'vpc-00000001', policyScope: 'Fleet' as const };
  const exported = { metadata: meta('shop'), spec: { exportedPorts: [{ port: 80, routeType: 'HTTP' as const }] } };
  return { name, ...place, exports: [exported], services: [service], slices: [slice], policies: [], ...more };
}

function policy(name: string, createdAt: string, more: Partial<OraclePolicy['spec']> = {}, generation = 1): OraclePolicy {
  return {
    metadata: meta(name, { creationTimestamp: createdAt, generation }),
    spec: { targetRef: { kind: 'ServiceExport', name: 'shop' }, ...more },
  };
}

const world = (clusters: readonly OracleCluster[], hubPolicies: readonly OraclePolicy[] = []): OracleWorld => ({
  hubId: 'hub',
  hubPolicies,
  clusters,
});
const only = (w: OracleWorld) => [...expectedGroups(w).values()][0];

describe('the oracle', () => {
  it('takes the pods that do not terminate, at the port of the slice', () => {
    expect(only(world([cluster('a')]))).toMatchObject({
      id: 'a default/shop/80',
      certainty: 'exact',
      targets: ['10.0.0.1 8080'],
      port: 80,
    });
  });

  it('keeps what is there where the Service or its port is gone', () => {
    expect(only(world([cluster('a', { services: [] })]))?.certainty).toBe('kept');
    const ghost = { metadata: meta('shop'), spec: { exportedPorts: [{ port: 81, routeType: 'HTTP' as const }] } };
    expect(only(world([cluster('a', { exports: [ghost] })]))?.certainty).toBe('kept');
  });

  it('asks for nothing for another federation', () => {
    const other = { metadata: meta('shop', { annotations: { 'application-networking.k8s.aws/federation': 'other' } }) };
    expect(expectedGroups(world([cluster('a', { exports: [other] })])).size).toBe(0);
  });

  it.each<[string, OracleWorld, string]>([
    [
      'the hub before a member',
      world([cluster('a', { policies: [policy('old', '2020-01-01T00:00:00Z')] })], [policy('new', '2021-01-01T00:00:00Z')]),
      '.hub/uid-new',
    ],
    [
      'the oldest',
      world([cluster('a', { policies: [policy('b', '2021-01-01T00:00:00Z'), policy('c', '2020-01-01T00:00:00Z')] })]),
      'a/uid-c',
    ],
    ['by name', world([cluster('a', { policies: [policy('c', '2020-01-01T00:00:00Z'), policy('b', '2020-01-01T00:00:00Z')] })]), 'a/uid-b'],
    [
      'export before Service',
      world([
        cluster('a', {
          policies: [
            policy('s', '2019-01-01T00:00:00Z', { targetRef: { kind: 'Service', name: 'shop' } }),
            policy('e', '2020-01-01T00:00:00Z'),
          ],
        }),
      ]),
      'a/uid-e',
    ],
    [
      'none of a member that keeps its own',
      world([cluster('a'), cluster('b', { policyScope: 'Own', policies: [policy('p', '2020-01-01T00:00:00Z')] })]),
      '',
    ],
  ])('takes the policy in force: %s', (_, w, trace) => {
    expect(only(w)?.settings?.policy).toBe(trace);
  });

  it('knows no place of a policy that was never valid, and keeps that of one that was', () => {
    const broken = { protocol: 'SCTP' };
    expect(only(world([cluster('a', { policies: [policy('p', '2020-01-01T00:00:00Z', broken, 1)] })]))?.settings?.policy).toBe('');
    expect(only(world([cluster('a', { policies: [policy('p', '2020-01-01T00:00:00Z', broken, 2)] })]))?.settings).toBeUndefined();
  });

  it('fills a health check, and nothing of a TCP group', () => {
    expect(filledHealthCheck({ path: '/x' }, 'HTTP', 'GRPC')).toMatchObject({
      enabled: false,
      protocolVersion: 'HTTP1',
      path: '/x',
      intervalSeconds: 30,
    });
    expect(filledHealthCheck({}, 'TCP', undefined)).toEqual({ enabled: false });
  });
});
