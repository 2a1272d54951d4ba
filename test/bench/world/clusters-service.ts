import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crdYaml } from '@hub/api';
import { KubeSimulator, type FaultHandle, type SimulatorState } from '@hub/kube-simulator';
import { monotonicMs } from '../measure/clock.js';
import type { AwsAccess } from './aws-service.js';
import { accountOf, region, serviceName, vpcOf, type FleetShape } from './fleet-shape.js';
import { addressesOf, endpointSlice, manifestsOf, memberObjects, namespace, policy, sliceName, type Manifest } from './manifests.js';
import { serve } from './serve.js';

/** A change that was made in a member. */
export interface MadeChange {
  readonly member: number;
  readonly service: string;
  readonly atMs: number;
}

/** What was asked of the simulated clusters since the count began. */
export interface ClusterTraffic {
  /** LISTs and watches of members. */
  readonly memberReads: number;
  readonly memberWrites: number;
  /** Writes in the hub cluster, renewals of Leases aside. */
  readonly hubWrites: number;
  readonly connections: number;
}

const root = join(import.meta.dirname, '../../..');
const hubUser = {
  name: 'system:serviceaccount:lattice-hub:lattice-hub',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:lattice-hub'],
};
const memberFiles = /^(serviceexports|serviceimports|targetgrouppolicies)/;
const writing = ['create', 'update', 'patch', 'delete'];

/** The simulated clusters of a fleet, the hub's own among them, in a process of their own. */
export class ClustersService {
  private hub: KubeSimulator | undefined;
  private aws: AwsAccess | undefined;
  private readonly members: KubeSimulator[] = [];
  private readonly faults = new Map<number, FaultHandle>();
  private shape: FleetShape = { clusters: 0, exports: 0, ports: 0, slices: 0, endpointsPerSlice: 0 };
  private nowMs: () => number = Date.now;
  private nextAddress = 0;

  /** Starts every cluster. @returns the kubeconfig that the hub runs with */
  async start(shape: FleetShape, epochMs: number): Promise<string> {
    this.nowMs = monotonicMs(epochMs);
    this.shape = shape;
    const hub = await KubeSimulator.start({ name: 'hub', requestLogSize: 100 });
    await hub.installDefinitions(Object.values(crdYaml).flatMap(manifestsOf));
    applyAll(hub, rbac('hub.yaml'));
    this.hub = hub;
    const backup = await backupOfMember(shape);
    for (let member = 1; member <= shape.clusters; member++) this.members.push(await copyOf(backup, `member-${member}`));
    return hub.kubeconfig({ token: hub.issueToken(hubUser) });
  }

  /** Applies the policy that all members are under, and notes how members reach AWS. */
  prepare(aws: AwsAccess, path: string): void {
    this.aws = aws;
    this.hubCluster.objects.apply(policy(path));
  }

  /** Registers the members from one number to another, as a person would. */
  register(from: number, to: number): void {
    const { aws, hubCluster } = this;
    if (!aws) throw new Error('it is not known how members reach AWS');
    for (let number = from; number <= to; number++) {
      const name = `member-${number}`;
      const member = this.member(number);
      hubCluster.objects.create(secret(name, member.kubeconfig({ token: member.issueToken(hubUser) })));
      hubCluster.objects.create(memberCluster(name, number, aws));
    }
  }

  /** A token of somebody who may read everything through the hub. */
  readerToken(): string {
    if (!this.hub) throw new Error('the clusters were not started');
    return this.hub.issueToken({ name: 'reader', groups: ['system:masters'] });
  }

  /** The kubeconfigs of the members, for another client than the hub. */
  kubeconfigs(): readonly string[] {
    return this.members.map((member) => member.kubeconfig({ token: member.issueToken(hubUser) }));
  }

  /** Edits the policy. @returns when */
  editPolicy(path: string): number {
    const atMs = this.nowMs();
    this.hubCluster.objects.apply(policy(path));
    return atMs;
  }

  /** Replaces one endpoint after the other, in one member after the other, so many a second whatever becomes of them. */
  async replaceEndpoints(count: number, perSecond: number, members: readonly number[]): Promise<readonly MadeChange[]> {
    return this.paced(count, perSecond, members, (member, service) => {
      this.nextAddress++;
      const fresh = `10.${128 + (this.nextAddress >> 16)}.${(this.nextAddress >> 8) & 255}.${this.nextAddress & 255}`;
      const others = addressesOf(service, 0, this.shape.endpointsPerSlice).slice(1);
      this.member(member).objects.update(endpointSlice(service, 0, [fresh, ...others], this.shape));
    });
  }

  /** Changes EndpointSlices in what no target group shows, so many a second: the name of a pod. */
  async touchSlices(count: number, perSecond: number, members: readonly number[]): Promise<readonly MadeChange[]> {
    return this.paced(count, perSecond, members, (member, service) => {
      this.nextAddress++;
      const ref = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace, name: sliceName(service, this.shape.slices - 1) };
      this.member(member).objects.patch(ref, { merge: { metadata: { annotations: { touched: `${this.nowMs()}` } } } });
    });
  }

  /** Cuts the connections of some members, and answers none that follow: nothing refuses, and nothing comes. */
  blackHole(members: readonly number[]): void {
    for (const number of members) {
      const member = this.member(number);
      this.faults.set(number, member.faults.inject({ verb: 'connect', effect: { kind: 'hang' } }));
      member.cutConnections();
    }
  }

  /** Ends every black hole. */
  heal(): void {
    for (const [number, fault] of this.faults) {
      fault.remove();
      this.member(number).cutConnections();
    }
    this.faults.clear();
  }

  /** How many members are in which state, as their MemberClusters say. */
  states(): Readonly<Record<string, number>> {
    const states: Record<string, number> = {};
    for (const object of this.hubCluster.objects.list({ apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster' })) {
      const state = (object['status'] as { readonly state?: string } | undefined)?.state ?? 'none';
      states[state] = (states[state] ?? 0) + 1;
    }
    return states;
  }

  /** How many members are watched, each in all four kinds. */
  watched(): number {
    return this.members.filter((member) => member.watchCount >= 4).length;
  }

  resetTraffic(): void {
    for (const cluster of [this.hubCluster, ...this.members]) cluster.requests.reset();
  }

  traffic(): ClusterTraffic {
    const counts = this.members.flatMap((member) => member.requests.counters());
    const sum = (of: readonly { readonly verb: string; readonly count: number }[], verbs: readonly string[]) =>
      of.reduce((total, { verb, count }) => total + (verbs.includes(verb) ? count : 0), 0);
    const ofHub = this.hubCluster.requests.counters().filter(({ resource }) => resource !== 'leases');
    return {
      // A watch ends in its time and is asked for anew: among thousands, that is always under way.
      memberReads: sum(counts, ['list', 'get']),
      memberWrites: sum(counts, writing),
      hubWrites: sum(ofHub, writing),
      connections: this.members.reduce((total, member) => total + member.requests.connectionCount, 0),
    };
  }

  private async paced(
    count: number,
    perSecond: number,
    members: readonly number[],
    act: (member: number, service: number) => void,
  ): Promise<readonly MadeChange[]> {
    const beganMs = this.nowMs();
    const made: MadeChange[] = [];
    for (let i = 0; i < count; i++) {
      const dueMs = beganMs + (i * 1000) / perSecond;
      const aheadMs = dueMs - this.nowMs();
      if (aheadMs > 0) await sleep(aheadMs);
      else if (i % 16 === 0) await sleep(0);
      const member = members[i % members.length] ?? 1;
      const service = Math.floor(i / members.length) % this.shape.exports;
      made.push({ member, service: serviceName(service), atMs: this.nowMs() });
      act(member, service);
    }
    return made;
  }

  private get hubCluster(): KubeSimulator {
    if (!this.hub) throw new Error('the clusters were not started');
    return this.hub;
  }

  private member(number: number): KubeSimulator {
    const member = this.members[number - 1];
    if (!member) throw new Error(`there is no member ${number}`);
    return member;
  }
}

/** A member is made once, and the others from its backup. */
async function backupOfMember(shape: FleetShape): Promise<SimulatorState> {
  const first = await KubeSimulator.start({ name: 'first' });
  await first.installDefinitions(
    Object.entries(crdYaml)
      .filter(([file]) => memberFiles.test(file))
      .flatMap(([, text]) => manifestsOf(text)),
  );
  applyAll(first, rbac('member.yaml'));
  for (const object of memberObjects(shape)) first.objects.create(object);
  const backup = first.checkpoint();
  await first.stop();
  return backup;
}

async function copyOf(backup: SimulatorState, name: string): Promise<KubeSimulator> {
  const member = await KubeSimulator.start({ name, requestLogSize: 10 });
  const clusterUid = randomUUID();
  const namespaces = backup.store.tables['namespaces']?.map((text) => text.replaceAll(backup.clusterUid, clusterUid)) ?? [];
  member.restore({ ...backup, clusterUid, store: { ...backup.store, tables: { ...backup.store.tables, namespaces } } });
  return member;
}

function rbac(file: string): readonly Manifest[] {
  return manifestsOf(readFileSync(join(root, 'deploy/rbac', file), 'utf8'));
}

function applyAll(cluster: KubeSimulator, objects: readonly Manifest[]): void {
  for (const object of objects) cluster.objects.apply(object);
}

function secret(name: string, kubeconfig: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'lattice-hub', name: `${name}-kubeconfig`, labels: { 'lattice-hub.io/kubeconfig': 'true' } },
    type: 'Opaque',
    data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') },
  };
}

function memberCluster(name: string, member: number, { roleArns, externalId }: AwsAccess): Manifest {
  const accountId = accountOf(member);
  return {
    apiVersion: 'lattice-hub.io/v1alpha1',
    kind: 'MemberCluster',
    metadata: { name },
    spec: {
      kubeconfigSecretRef: { name: `${name}-kubeconfig`, key: 'kubeconfig' },
      aws: { accountId, region, vpcId: vpcOf(member), roleArn: roleArns[accountId], externalId },
    },
  };
}

if (process.send) serve(new ClustersService());
