import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeSimulator, type ObjectRef, type SimulatorState } from '@hub/kube-simulator';
import { manifestsOf, memberDefinitions, type Manifest } from './manifests.js';
import { TcpRelay } from './tcp-relay.js';

const rbac = manifestsOf(readFileSync(join(import.meta.dirname, '../../../deploy/rbac/member.yaml'), 'utf8'));

export const serviceAccount = {
  name: 'system:serviceaccount:lattice-hub:lattice-hub',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:lattice-hub'],
};

/** The namespaces that the exports of a member are in. */
export const namespaces = ['default', 'team'] as const;

/** A member cluster behind a relay. The cluster can be another one from one moment to the next; the way to it stays the same. */
export class ChaosMember {
  private constructor(
    readonly name: string,
    readonly accountId: string,
    readonly vpcId: string,
    readonly relay: TcpRelay,
    private current: KubeSimulator,
    private readonly token: string,
  ) {}

  static async start(number: number, accountId: string): Promise<ChaosMember> {
    const name = `member-${number}`;
    const cluster = await newCluster(name);
    const relay = await TcpRelay.start(cluster.port);
    const token = cluster.issueToken(serviceAccount);
    return new ChaosMember(name, accountId, `vpc-${String(number).padStart(8, '0')}`, relay, cluster, token);
  }

  /** The role of this member alone: what is known by its account is not told apart from its neighbours there. */
  get role(): string {
    return `lattice-hub-${this.name}`;
  }

  get cluster(): KubeSimulator {
    return this.current;
  }

  /** What the hub is given to reach it, by way of the relay. */
  get kubeconfig(): string {
    return this.current.kubeconfig({ token: this.token }).replace(`:${this.current.port}`, `:${this.relay.port}`);
  }

  apply(object: Manifest): void {
    this.current.objects.apply(object, { force: true });
  }

  /** Deletes an object, where it is there. */
  delete(ref: ObjectRef): void {
    if (this.current.objects.find(ref)) this.current.objects.delete(ref);
  }

  /** Another cluster answers in its place, with nothing in it. */
  async recreate(): Promise<void> {
    const old = this.current;
    const cluster = await newCluster(this.name);
    cluster.registerToken(this.token, serviceAccount);
    this.current = cluster;
    this.relay.leadTo(cluster.port);
    await old.stop();
  }

  /** Goes back to a backup, as the API server is restarted. */
  restore(backup: SimulatorState): void {
    this.current.restore(backup);
    this.current.cutConnections();
  }

  async stop(): Promise<void> {
    await this.relay.stop();
    await this.current.stop();
  }
}

async function newCluster(name: string): Promise<KubeSimulator> {
  const cluster = await KubeSimulator.start({ name });
  await cluster.installDefinitions(memberDefinitions());
  for (const object of rbac) cluster.objects.apply(object);
  for (const namespace of namespaces) cluster.objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return cluster;
}
