import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@hub/kube';
import { HubCluster, type StoredMember } from './hub-cluster.js';
import type { SessionOptions } from './cluster-session.js';

const options: SessionOptions = {
  connection: { connectTimeoutMs: 1, pingIntervalMs: 1, pingTimeoutMs: 1, userAgent: 'test' },
  calls: { callMs: 1, listMs: 1 },
  reflector: {
    pageSize: 1,
    silenceMs: 1,
    limits: { objects: 1000, againAfterMs: 1, eventsPerSecond: 1000, eventBurst: 1000 },
    backoff: { firstMs: 1, mostMs: 1, resetAfterMs: 1 },
    random: () => 0,
    nowMs: () => 0,
  },
  unreachableAfterMs: 1,
  reconnect: { firstMs: 1, mostMs: 1 },
  settle: { quietMs: 1, emptiedMs: 1 },
  confirmationMs: 60_000,
};

/** A hub cluster to which nothing is connected: its stores are fed by hand. */
function aHubCluster(): HubCluster {
  const host = {
    endpoint: () => Promise.reject(new Error('nobody connects')),
    expectedUid: () => undefined,
    changed: () => undefined,
    relisted: () => undefined,
  };
  const listener = {
    memberChanged: () => undefined,
    snapshotChanged: () => undefined,
    policiesChanged: () => undefined,
    secretChanged: () => undefined,
    leasesChanged: () => undefined,
  };
  return new HubCluster('hub', host, options, listener);
}

const aws = {
  accountId: '111111111111',
  region: 'us-west-2',
  vpcId: 'vpc-0123456789abcdef0',
  roleArn: 'arn:aws:iam::111111111111:role/hub',
};
const identity = { uid: 'cluster-uid', accountId: aws.accountId, region: aws.region, vpcId: aws.vpcId, clusterName: 'prod' };

function member(spec: object, status: unknown = { identity }, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'lattice-hub.io/v1alpha1',
    kind: 'MemberCluster',
    metadata: { name: 'prod', uid: 'uid', resourceVersion: '1', generation: 2, creationTimestamp: '2026-08-01T10:00:00Z', ...metadata },
    spec: { kubeconfigSecretRef: { name: 'prod' }, aws, ...spec },
    status,
  };
}

function stored(object: KubeObject): StoredMember {
  const hub = aHubCluster();
  hub.members.replaced([object], '1', 0);
  const found = hub.members.get('prod');
  if (!found) throw new Error('it was not read');
  return found;
}

describe('a MemberCluster that is read', () => {
  it('has its defaults filled in', () => {
    expect(stored(member({}))).toMatchObject({
      invalid: undefined,
      record: {
        spec: { mode: 'Hub', policyScope: 'Fleet', paused: false, onDetach: 'Keep', kubeconfigSecretRef: { key: 'kubeconfig' } },
        joinedAs: identity,
      },
    });
  });

  it.each<{ spec: object; field: string }>([
    { spec: { mode: 'Other' }, field: 'spec.mode' },
    { spec: { aws: { ...aws, accountId: '1' } }, field: 'spec.aws.accountId' },
    { spec: { aws: undefined }, field: 'spec.aws' },
    { spec: { paused: 'yes' }, field: 'spec.paused' },
  ])('and makes no sense is refused by $field, and nothing of it is used', ({ spec, field }) => {
    const read = stored(member(spec));
    expect(read.invalid).toContain(field);
    expect(read.record.spec).toMatchObject({ paused: true, aws: { roleArn: '' } });
  });

  it.each([
    { policyScope: undefined, reaches: 'Fleet' },
    { policyScope: 'Fleet', reaches: 'Fleet' },
    { policyScope: 'Own', reaches: 'Own' },
    { policyScope: 'Ignore', reaches: 'Ignore' },
    { policyScope: 'Galaxy', reaches: 'Ignore' },
  ])('and makes no sense has joined all the same, and its policies reach as far as before: $policyScope', ({ policyScope, reaches }) => {
    const { record } = stored(member({ mode: 'Other', ...(policyScope !== undefined && { policyScope }) }));
    expect(record.spec.policyScope).toBe(reaches);
    expect(record.joinedAs).toEqual(identity);
  });

  it('with a status of a newer hub has joined all the same', () => {
    const { record, invalid } = stored(member({}, { identity, state: 'Hibernating' }));
    expect(record.joinedAs).toEqual(identity);
    expect(invalid).toContain('status.state');
  });

  it.each<[unknown]>([[{}], [null], ['text'], [{ identity: null }], [{ identity: { uid: 7 } }]])(
    'with the status %j has not joined',
    (status) => {
      expect(stored(member({}, status)).record.joinedAs).toBeUndefined();
    },
  );

  it('tells of its detach, its finalizer and the word of a person', () => {
    const metadata = {
      deletionTimestamp: '2026-08-02T10:00:00Z',
      finalizers: ['lattice-hub.io/detach'],
      annotations: { 'lattice-hub.io/acknowledge': 'abc' },
    };
    expect(stored(member({}, { identity }, metadata)).record).toMatchObject({
      isDetaching: true,
      hasFinalizer: true,
      acknowledgement: 'abc',
    });
    expect(stored(member({}))).toMatchObject({ record: { isDetaching: false, hasFinalizer: false, acknowledgement: undefined } });
  });
});
