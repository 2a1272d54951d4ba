import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crdYaml } from '@hub/api';
import { AwsSimulator } from '@hub/aws-simulator';
import { KubeSimulator } from '@hub/kube-simulator';
import { freePort } from './free-port.js';
import { HubProcess } from './hub-process.js';
import { readManifests } from './manifests.js';
import { RedisServer } from './redis-server.js';
import type { SandboxFolder } from './sandbox-folder.js';

/** Where a member's target groups go. */
export interface MemberPlace {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly vpc: string;
}

export const accounts = ['111111111111', '222222222222'] as const;
const regions = ['us-west-2', 'eu-west-1'] as const;
const namespace = 'lattice-hub';
const hubServiceAccount = `system:serviceaccount:${namespace}:lattice-hub`;

/** The place of member number `member` (from 1): accounts and regions in turn. */
export function placeOf(member: number): MemberPlace {
  const account = accounts[(member - 1) % 2] ?? accounts[0];
  const region = regions[Math.floor((member - 1) / 2) % 2] ?? regions[0];
  return { name: `member-${member}`, account, region, vpc: `vpc-${String(member).padStart(17, '0')}` };
}

/** Everything that a newcomer lacks, on this machine: clusters, AWS, a Redis, and one hub that is as in production. */
export class Sandbox {
  readonly members: KubeSimulator[] = [];
  hub: HubProcess | undefined;

  private constructor(
    private readonly root: string,
    private readonly folder: SandboxFolder,
    readonly hubCluster: KubeSimulator,
    readonly aws: AwsSimulator,
    readonly redis: RedisServer,
    readonly token: string,
  ) {}

  /** Starts the clusters, AWS and Redis, and writes the files for clients. */
  static async start(
    root: string,
    folder: SandboxFolder,
    memberCount: number,
    hubPort: number,
    redisUrl: string | undefined,
  ): Promise<Sandbox> {
    const redis = await RedisServer.start(root, folder.file('redis'), await freePort(), redisUrl);
    const aws = await AwsSimulator.start({ accounts: [...accounts] });
    const hubCluster = await KubeSimulator.start({ name: 'hub' });
    const token = hubCluster.issueToken({ name: 'sandbox-operator', groups: ['system:masters'] });
    const sandbox = new Sandbox(root, folder, hubCluster, aws, redis, token);
    await sandbox.prepareHubCluster();
    for (let member = 1; member <= memberCount; member++) await sandbox.addMember(member);
    const { accessKeyId, secretAccessKey } = aws.credentials(accounts[0]);
    folder.writeEnvironment({
      hubUrl: `http://127.0.0.1:${hubPort}`,
      token,
      redisUrl: redis.url,
      awsUrl: aws.url,
      accessKeyId,
      secretAccessKey,
      awsRegion: regions[0],
    });
    return sandbox;
  }

  /** Starts the hub with what it gets in production: a kubeconfig, a Redis, the AWS SDK's own variables. */
  async startHub(port: number, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { accessKeyId, secretAccessKey } = this.aws.credentials(accounts[0]);
    this.hub = HubProcess.start(this.root, this.folder.file('hub.log'), port, {
      KUBECONFIG: this.folder.file('hub-process.kubeconfig'),
      REDIS_URL: this.redis.url,
      HUB_NAMESPACE: namespace,
      MEMBER_ADDRESSES_ALLOWED: '127.0.0.0/8',
      AWS_ENDPOINT_URL: this.aws.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: regions[0],
      AWS_EC2_METADATA_DISABLED: 'true',
      ...environment,
    });
    await this.hub.ready(30_000);
  }

  member(number: number): KubeSimulator {
    const member = this.members[number - 1];
    if (!member) throw new Error(`there is no member ${number}: there are ${this.members.length}`);
    return member;
  }

  /** Takes one endpoint of a Service away, as when its pod goes. @returns the address */
  deletePod(member: number, podNamespace: string, service: string): string {
    const { objects } = this.member(member);
    const slices = objects.list({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace: podNamespace,
      labelSelector: `kubernetes.io/service-name=${service}`,
    });
    for (const slice of slices) {
      const endpoints = Array.isArray(slice['endpoints']) ? (slice['endpoints'] as { addresses: string[] }[]) : [];
      const [gone, ...rest] = endpoints;
      if (!gone) continue;
      objects.patch(
        { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: podNamespace, name: slice.metadata.name ?? '' },
        { merge: { endpoints: rest } },
      );
      return gone.addresses[0] ?? '';
    }
    throw new Error(`Service ${podNamespace}/${service} of member ${member} has no pod`);
  }

  async stop(): Promise<void> {
    await this.hub?.stop();
    await Promise.all([this.hubCluster.stop(), ...this.members.map((member) => member.stop())]);
    await this.aws.stop();
    await this.redis.stop();
  }

  private async prepareHubCluster(): Promise<void> {
    await this.hubCluster.installDefinitions(Object.values(crdYaml).flatMap(readManifests));
    this.applyRbac(this.hubCluster, 'hub.yaml');
    this.folder.write('hub.kubeconfig', this.hubCluster.kubeconfig());
    const token = this.hubCluster.issueToken({
      name: hubServiceAccount,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    });
    this.folder.write('hub-process.kubeconfig', this.hubCluster.kubeconfig({ token }));
  }

  /** A member as its owner hands it over: our CRDs, a ServiceAccount that may read, and a kubeconfig for it. */
  private async addMember(number: number): Promise<void> {
    const member = await KubeSimulator.start({ name: `member-${number}` });
    this.members.push(member);
    const networking = Object.entries(crdYaml).filter(([file]) => /^(serviceexports|serviceimports|targetgrouppolicies)/.test(file));
    await member.installDefinitions(networking.flatMap(([, text]) => readManifests(text)));
    this.applyRbac(member, 'member.yaml');
    this.folder.write(`member-${number}.kubeconfig`, member.kubeconfig());
    const token = member.issueToken({ name: hubServiceAccount, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] });
    this.folder.write(`member-${number}.registration.kubeconfig`, member.kubeconfig({ token }));
  }

  private applyRbac(cluster: KubeSimulator, file: string): void {
    const text = readFileSync(join(this.root, 'deploy/rbac', file), 'utf8');
    for (const manifest of readManifests(text)) cluster.objects.apply(manifest);
  }
}
