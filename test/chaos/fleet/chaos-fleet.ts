import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsSimulator } from '@hub/aws-simulator';
import { KubeSimulator } from '@hub/kube-simulator';
import { AwsGate, type WriteListener } from './aws-gate.js';
import { freePort } from '../../fixtures/free-port.js';
import { HubProcess } from './hub-process.js';
import { hubDefinitions, manifestsOf } from './manifests.js';
import { ChaosMember, serviceAccount } from './member.js';
import { impatience } from '../../fixtures/impatience.js';
import { RedisProcess } from '../../fixtures/redis-process.js';
import { TcpRelay } from './tcp-relay.js';
import { until } from '../../fixtures/until.js';

export const accounts = ['111111111111', '222222222222'] as const;
export const region = 'us-west-2';

const hubRbac = join(import.meta.dirname, '../../../deploy/rbac/hub.yaml');

/** Times in which a run of chaos gets through everything, repairs included. */
const hurried = {
  ...impatience,
  INVENTORY_SECONDS: '2',
  RESYNC_SECONDS: '10',
  AUDIT_SECONDS: '20',
  LEASE_SECONDS: '3',
  AWS_ATTEMPT_TIMEOUT_SECONDS: '1',
};

/** No resync and no audit while a test runs: what is to be done has to be found because it has changed or was lost, and not in passing. */
export const neverInPassing = { RESYNC_SECONDS: '3600', AUDIT_SECONDS: '3600' } as const;

export interface ChaosFleetOptions {
  readonly members: number;
  readonly replicas: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of a Redis of its own. */
  readonly redisUrl?: string;
  readonly onWrite?: WriteListener;
  /** How far the wall clock of each replica stands ahead. */
  readonly clockSkewsMs?: readonly number[];
  /** Whether the replicas can tell what they have; see {@link HubProcess.census}. */
  readonly isCounted?: boolean;
}

/** An answer of the REST API, or any other JSON. Whoever reads a field that is not there fails by itself. */
// oxlint-disable-next-line typescript/no-explicit-any -- it is any JSON
export type Json = any;

interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** Replicas of the hub in processes of their own over simulated clusters and AWS, and a Redis in a process of its own. */
export class ChaosFleet {
  readonly members: ChaosMember[] = [];
  readonly replicas: HubProcess[] = [];
  private readonly gates: AwsGate[] = [];
  private readonly hubRelays: TcpRelay[] = [];
  private readonly adminToken: string;
  readonly hubId = randomUUID();

  private constructor(
    readonly dir: string,
    readonly hubCluster: KubeSimulator,
    readonly aws: AwsSimulator,
    readonly redis: RedisProcess,
    private readonly options: ChaosFleetOptions,
  ) {
    this.adminToken = hubCluster.issueToken({ name: 'chaos-admin', groups: ['system:masters'] });
  }

  /** Starts everything, registers every member, and waits until the hub has read them all. */
  static async start(options: ChaosFleetOptions): Promise<ChaosFleet> {
    const dir = mkdtempSync(join(tmpdir(), 'lattice-hub-chaos-'));
    const aws = await AwsSimulator.start({
      accounts: [...accounts],
      createDelayMs: 30,
      deleteDelayMs: 30,
      drainMs: 300,
      latencyMs: 15,
      callLogSize: 500_000,
    });
    const hubCluster = await KubeSimulator.start({ name: 'hub' });
    await hubCluster.installDefinitions(hubDefinitions());
    for (const object of manifestsOf(readFileSync(hubRbac, 'utf8'))) hubCluster.objects.apply(object);
    for (const namespace of ['default', 'team'])
      hubCluster.objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const redis = await RedisProcess.start(join(dir, 'redis'), await freePort());
    const fleet = new ChaosFleet(dir, hubCluster, aws, redis, options);
    try {
      for (let number = 1; number <= options.members; number++) await fleet.addMember(number);
      for (let number = 1; number <= options.replicas; number++) await fleet.addReplica();
      for (const replica of fleet.replicas) replica.start();
      await fleet.ready();
      for (const member of fleet.members) await fleet.register(member);
      for (const { name } of fleet.members) await fleet.stateIs(name, 'Synced');
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  member(number: number): ChaosMember {
    const member = this.members[number - 1];
    if (!member) throw new Error(`there is no member ${number}`);
    return member;
  }

  replica(number: number): HubProcess {
    const replica = this.replicas[number - 1];
    if (!replica) throw new Error(`there is no replica ${number}`);
    return replica;
  }

  /** The way from a replica to AWS. */
  gate(number: number): AwsGate {
    const gate = this.gates[number - 1];
    if (!gate) throw new Error(`there is no replica ${number}`);
    return gate;
  }

  /** The way from a replica to the hub cluster. */
  hubRelay(number: number): TcpRelay {
    const relay = this.hubRelays[number - 1];
    if (!relay) throw new Error(`there is no replica ${number}`);
    return relay;
  }

  /** Takes the role of a member away, and what is allowed to sessions that were begun with it. */
  takeRole({ accountId, role }: ChaosMember): void {
    this.aws.revokeRole(accountId, role, { denySessions: true });
  }

  giveRoleBack({ accountId, role }: ChaosMember): void {
    this.aws.restoreRole(accountId, role);
  }

  /**
   * Waits until every replica that runs is ready. On a machine with too much to do a start takes half a minute, most of it until the program is
   * read, and its first Lease is written in time only by chance; what is bounded here is one that hangs.
   */
  async ready(): Promise<void> {
    for (const replica of this.replicas) await until(`${replica.name} is ready`, () => replica.unready(), 150_000);
  }

  /** Registers a member through the door, as a person does. */
  async register(member: ChaosMember, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { name, accountId, vpcId, kubeconfig, role } = member;
    const aws = { accountId, region, vpcId, roleArn: this.aws.roleArn(accountId, role), externalId: externalIdOf(member) };
    const { status, body } = await this.call('POST', '/api/v1/clusters', { name, kubeconfig, aws, ...more });
    if (status !== 202) throw new Error(`registration of ${name}: ${status} ${JSON.stringify(body)}`);
  }

  /** Calls the REST API of whichever replica is awake, as an administrator. */
  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const awake = this.replicas.find((replica) => replica.isAwake);
    return awake ? this.ask(awake, method, path, body) : { status: 0, body: 'no replica is awake' };
  }

  /** Calls the REST API of a replica, as an administrator. */
  async ask(replica: HubProcess, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${replica.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    try {
      return { status: answer.status, body: JSON.parse(text) };
    } catch {
      return { status: answer.status, body: text };
    }
  }

  /** The MemberCluster, as the hub cluster has it. */
  memberCluster(name: string): Json {
    return this.hubCluster.objects.find({ apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name });
  }

  /** The members that a replica holds, by their Leases. */
  heldBy(replica: string): readonly string[] {
    const leases = this.hubCluster.objects.list({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'lattice-hub' });
    return leases.flatMap(({ metadata, ...lease }) => {
      const member = /^lattice-hub-cluster-(.+)$/.exec(metadata.name ?? '')?.[1];
      return member !== undefined && (lease['spec'] as Json)?.holderIdentity === replica ? [member] : [];
    });
  }

  async stateIs(name: string, state: string, timeoutMs = 30_000): Promise<void> {
    await until(
      `${name} is ${state}`,
      () => {
        const status = this.memberCluster(name)?.status;
        return status?.state === state ? undefined : `it is ${status?.state}: ${JSON.stringify(status?.conditions)}`;
      },
      timeoutMs,
    );
  }

  /** What is asked of AWS, by all replicas. */
  traffic(): { readonly calls: number; readonly writes: number; readonly inFlight: number } {
    const sum = { calls: 0, writes: 0, inFlight: 0 };
    for (const { traffic } of this.gates) {
      sum.calls += traffic.calls;
      sum.writes += traffic.writes;
      sum.inFlight += traffic.inFlight;
    }
    return sum;
  }

  async stop(): Promise<void> {
    for (const replica of this.replicas) replica.resume();
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    await Promise.all(this.gates.map((gate) => gate.stop()));
    await Promise.all(this.hubRelays.map((relay) => relay.stop()));
    await Promise.all([...this.members.map((member) => member.stop()), this.hubCluster.stop(), this.aws.stop(), this.redis.stop()]);
    if (process.env['CHAOS_KEEP'] === undefined) rmSync(this.dir, { recursive: true, force: true });
  }

  /** Where the replicas write what they log. */
  logFile(number: number): string {
    return join(this.dir, `replica-${number}.log`);
  }

  private async addMember(number: number): Promise<void> {
    const member = await ChaosMember.start(number, accounts[(number - 1) % 2] ?? accounts[0]);
    this.aws.putRole(member.accountId, member.role, { externalId: externalIdOf(member) });
    this.members.push(member);
  }

  private async addReplica(): Promise<void> {
    const number = this.replicas.length + 1;
    const name = `replica-${number}`;
    const skewMs = this.options.clockSkewsMs?.[number - 1] ?? 0;
    const gate = await AwsGate.start(name, this.aws.port, (attempt) => this.options.onWrite?.(attempt), skewMs);
    const relay = await TcpRelay.start(this.hubCluster.port);
    this.gates.push(gate);
    this.hubRelays.push(relay);
    const kubeconfig = join(this.dir, `${name}.kubeconfig`);
    const token = this.hubCluster.issueToken(serviceAccount);
    writeFileSync(kubeconfig, this.hubCluster.kubeconfig({ token }).replace(`:${this.hubCluster.port}`, `:${relay.port}`), { mode: 0o600 });
    const { accessKeyId, secretAccessKey } = this.aws.credentials(accounts[0]);
    const environment = {
      ...hurried,
      KUBECONFIG: kubeconfig,
      HUB_NAMESPACE: 'lattice-hub',
      HUB_ID: this.hubId,
      REDIS_URL: this.options.redisUrl ?? this.redis.url,
      LOG_LEVEL: process.env['CHAOS_LOG_LEVEL'] ?? 'info',
      MEMBER_ADDRESSES_ALLOWED: '127.0.0.0/8',
      AWS_ENDPOINT_URL: gate.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...this.options.env,
    };
    this.replicas.push(new HubProcess(name, await freePort(), this.logFile(number), environment, skewMs, this.options.isCounted));
  }
}

/** Each role asks for an external id of its own. */
function externalIdOf({ name }: ChaosMember): string {
  return `external-id-of-${name}`;
}
