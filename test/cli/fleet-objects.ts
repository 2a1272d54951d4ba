import type { HubStandIn } from './hub-stand-in.js';

type Cluster = HubStandIn['clusters'] extends Map<string, infer T> ? T : never;

const condition = (type: string, status: 'True' | 'False' | 'Unknown', reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-01-01T00:05:00Z',
});

/** The status of a cluster with which all is well. */
export const synced: Cluster['status'] = {
  observedGeneration: 1,
  state: 'Synced',
  kubernetesVersion: 'v1.35.0',
  lastSyncTime: '2026-01-01T00:09:00Z',
  identity: { uid: '3b1e', accountId: '111122223333', region: 'us-west-2', vpcId: 'vpc-0a1b2c3d4e5f60718', clusterName: 'west' },
  counts: { exports: 3, policies: 1, targetGroups: 4, withheld: 0 },
  conditions: [
    condition('Admitted', 'True', 'Admitted', 'the hub works with this cluster'),
    condition('Reachable', 'True', 'Connected', 'the API server answers'),
    condition('Synced', 'True', 'Synced', 'every watched kind was read whole and is followed'),
    condition('CredentialsValid', 'True', 'Accepted', 'the member accepts the kubeconfig'),
    condition('AwsAuthorized', 'True', 'Assumed', 'the role was assumed'),
    condition('Contested', 'False', 'Uncontested', 'nothing else writes to the target groups'),
  ],
};

/** A cluster of the fleet, with which all is well unless a status says otherwise. */
export function clusterNamed(name: string, spec: Partial<Cluster['spec']> = {}, status: Cluster['status'] = synced): Cluster {
  const aws = {
    accountId: '111122223333',
    region: 'us-west-2',
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    roleArn: 'arn:aws:iam::111122223333:role/lattice-hub',
    externalId: 'my-fleet',
  };
  const secret = { name: `${name}-kubeconfig`, key: 'kubeconfig' };
  const declared: Cluster['spec'] = {
    kubeconfigSecretRef: secret,
    aws,
    mode: 'Hub',
    policyScope: 'Fleet',
    paused: false,
    onDetach: 'Keep',
  };
  return { name, spec: { ...declared, ...spec }, status, heldBy: 'hub-0' };
}

export function exportOf(cluster: string, name: string): HubStandIn['exports'][number] {
  const conditions = [
    condition('Valid', 'True', 'Valid', 'every exported port is a port of the Service'),
    condition('Ready', 'True', 'Exported', 'the target group is as it must be'),
  ];
  return {
    cluster,
    namespace: 'shop',
    name,
    service: name,
    ports: ['8080'],
    policy: { cluster: 'hub', namespace: 'shop', name: 'inventory-health-policy' },
    ready: 1,
    total: 1,
    conditions,
  };
}

export function policyOf(cluster: string, name: string): HubStandIn['policies'][number] {
  const conditions = [condition('Accepted', 'False', 'Conflicted', 'targetRef has conflict, policy=shop/other in the hub cluster')];
  const target = { kind: 'ServiceExport', name: 'inventory' };
  return { cluster, namespace: 'shop', name, uid: '9f', target, conditions, ready: 2, total: 3 };
}

export function targetGroupOf(cluster: string, name: string): HubStandIn['targetGroups'][number] {
  return {
    arn: `arn:aws:vpc-lattice:us-west-2:111122223333:targetgroup/tg-${cluster}`,
    name: `k8s-shop-${name}-abcdefghij`,
    account: '111122223333',
    region: 'us-west-2',
    vpc: 'vpc-0a1b2c3d4e5f60718',
    cluster,
    namespace: 'shop',
    export: name,
    exportPort: 8080,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    port: 80,
    ipFamily: 'IPV4',
    healthCheck: {
      enabled: true,
      protocol: 'HTTP',
      protocolVersion: 'HTTP1',
      port: 8081,
      path: '/health',
      intervalSeconds: 10,
      statusMatch: '200-299',
    },
    targets: [],
    inUse: false,
    policy: null,
    state: 'Ready',
    reason: 'Programmed',
    message: 'the target group is as it must be',
    observedAt: '2026-01-01T00:09:00Z',
  };
}

export function eventOf(cluster: string, reason: string): HubStandIn['events'][number] {
  const note = 'every watched kind was read whole';
  return { time: '2026-01-01T00:00:30Z', type: 'Normal', reason, note, kind: 'MemberCluster', namespace: null, name: cluster, count: 1 };
}

export function withheldStep(cluster: string): HubStandIn['plan'][number] {
  return {
    cluster,
    namespace: 'shop',
    export: 'cart',
    step: 'delete',
    targetGroup: 'k8s-shop-cart-abcdefghij',
    detail: 'exportGone',
    reason: 'DeletionBudget',
    release: 'by the acknowledgement of a person',
    needsAcknowledgement: true,
  };
}

/** What another cluster loses with a cluster that leaves. */
export const detachedPolicy: HubStandIn['losesPolicy'][number] = {
  cluster: 'east',
  namespace: 'shop',
  export: 'inventory',
  policy: 'shop/inventory-health-policy',
};
