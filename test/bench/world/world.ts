import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../apps/sandbox/src/free-port.js';
import { RedisServer } from '../../../apps/sandbox/src/redis-server.js';
import { epochOfMonotonic } from '../measure/clock.js';
import type { BenchOptions } from '../options.js';
import type { AwsAccess, AwsService, CallLimit } from './aws-service.js';
import { ChildService } from './child-service.js';
import type { ClustersService } from './clusters-service.js';
import { accountsOf, groupsOf, membersOfAccount, region, type FleetShape } from './fleet-shape.js';
import { HubProcess } from './hub-process.js';

const root = join(import.meta.dirname, '../../..');

/** The entry of the hub, the flags for its Node and the variables that it is started with, as `npm run hub` has them. */
function production(): {
  readonly entry: string;
  readonly nodeFlags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
} {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { hub: string } };
  const form = /^((?:\w+=\S* )*)node ((?:-\S+ )*)(\S+)$/.exec(scripts.hub);
  if (!form) throw new Error(`package.json: scripts.hub is not "NAME=VALUE… node FLAGS FILE": ${scripts.hub}`);
  const [, variables = '', flags = '', entry = ''] = form;
  const wordsOf = (text: string) => text.split(' ').filter((word) => word !== '');
  const environment = Object.fromEntries(wordsOf(variables).map((word) => word.split('=') as [string, string]));
  return { entry: join(root, entry), nodeFlags: wordsOf(flags), environment };
}
const firstPath = '/first';

/** A fleet, an AWS, a Redis and a hub, each in a process of its own. */
export class World {
  private readonly dir = mkdtempSync(join(tmpdir(), 'lattice-hub-bench-'));
  hub: HubProcess | undefined;

  private constructor(
    readonly shape: FleetShape,
    readonly epochMs: number,
    private readonly options: BenchOptions,
    private readonly clustersProcess: ChildService<ClustersService>,
    private readonly awsProcess: ChildService<AwsService>,
    private readonly redis: RedisServer,
    private readonly redisDir: string,
    private readonly access: AwsAccess,
    kubeconfig: string,
  ) {
    writeFileSync(this.kubeconfig, kubeconfig, { mode: 0o600 });
  }

  /** Starts everything but the hub; no member is registered yet. */
  static async start(shape: FleetShape, options: BenchOptions): Promise<World> {
    const clusters = ChildService.start<ClustersService>(new URL('./clusters-service.ts', import.meta.url), 8192);
    const aws = ChildService.start<AwsService>(new URL('./aws-service.ts', import.meta.url), 4096);
    const epochMs = epochOfMonotonic();
    const groupsOfAccount = membersOfAccount * shape.exports * shape.ports;
    const [kubeconfig, access] = await Promise.all([
      clusters.remote.start(shape, epochMs),
      aws.remote.start({ epochMs, accounts: accountsOf(shape), groupsOfAccount }),
    ]);
    await clusters.remote.prepare(access, firstPath);
    const redisDir = mkdtempSync(join(tmpdir(), 'lattice-hub-bench-redis-'));
    const redis = await RedisServer.start(root, redisDir, await freePort(), undefined);
    return new World(shape, epochMs, options, clusters, aws, redis, redisDir, access, kubeconfig);
  }

  get clusters(): ChildService<ClustersService>['remote'] {
    return this.clustersProcess.remote;
  }

  get aws(): ChildService<AwsService>['remote'] {
    return this.awsProcess.remote;
  }

  /** How busy the simulators were, to tell whose limit a figure shows. */
  simulatorsCpuMs(): { readonly clusters: number; readonly aws: number } {
    return { clusters: this.clustersProcess.usage().cpuMs, aws: this.awsProcess.usage().cpuMs };
  }

  /** Starts the hub with production's defaults, its budgets off where AWS has no limit. */
  async startHub(limit?: CallLimit): Promise<HubProcess> {
    const budget = limit ? `${limit.perSecond}:${limit.burst}` : 'off';
    const { entry, nodeFlags, environment } = production();
    const command = {
      entry: this.options.hubEntry ?? entry,
      cores: this.options.hubCores,
      nodeFlags: [...nodeFlags, ...this.options.hubNodeFlags],
      logFile: join(this.options.logs ?? this.dir, `hub-${this.shape.clusters}x${this.shape.exports}x${this.shape.ports}.log`),
    };
    const { accessKeyId, secretAccessKey, url } = this.access;
    this.hub = HubProcess.start(command, await freePort(), {
      ...environment,
      KUBECONFIG: this.kubeconfig,
      REDIS_URL: this.redis.url,
      HUB_NAMESPACE: 'lattice-hub',
      MEMBER_ADDRESSES_ALLOWED: '127.0.0.0/8',
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_BUDGET_READ: budget,
      AWS_BUDGET_WRITE: budget,
      AWS_BUDGET_TAGGING: budget,
    });
    await this.hub.ready(120_000);
    return this.hub;
  }

  /** Every member's number. */
  get members(): readonly number[] {
    return Array.from({ length: this.shape.clusters }, (_, i) => i + 1);
  }

  async stopHub(): Promise<void> {
    await this.hub?.stop();
    this.hub = undefined;
  }

  /**
   * Waits until every group of so many members is there with its targets, and nothing moves any more.
   * @returns when the last thing moved, by performance.now()
   */
  async converged(clusters: number, timeoutMs: number): Promise<number> {
    const deadlineMs = performance.now() + timeoutMs;
    const wanted = groupsOf({ ...this.shape, clusters });
    const wantedTargets = wanted * this.shape.slices * this.shape.endpointsPerSlice;
    for (;;) {
      const lastMs = await this.quiet(1500, timeoutMs);
      const { active, targets } = await this.aws.groups();
      if (active === wanted && targets === wantedTargets) return lastMs;
      // Somebody waits before trying again.
      if (performance.now() > deadlineMs)
        throw new Error(`${active} of ${wanted} target groups are active, with ${targets} of ${wantedTargets} targets`);
    }
  }

  /**
   * Waits until nothing was asked of AWS (listings aside), of the members and of the hub cluster for so long.
   * @returns when the last thing was, by performance.now()
   */
  async quiet(quietMs: number, timeoutMs: number): Promise<number> {
    const deadlineMs = performance.now() + timeoutMs;
    let seen = '';
    let lastMs = performance.now();
    for (;;) {
      const [calls, traffic] = await Promise.all([this.aws.workCalls(), this.clusters.traffic()]);
      const now = JSON.stringify([calls, traffic]);
      if (now !== seen) lastMs = performance.now();
      seen = now;
      if (performance.now() - lastMs >= quietMs) return lastMs;
      if (performance.now() > deadlineMs) throw new Error(`no rest after ${timeoutMs / 1000} s: ${now}`);
      await sleep(200);
    }
  }

  async stop(): Promise<void> {
    await this.stopHub();
    await Promise.all([this.clustersProcess.stop(), this.awsProcess.stop(), this.redis.stop()]);
    for (const dir of [this.dir, this.redisDir]) rmSync(dir, { recursive: true, force: true });
  }

  private get kubeconfig(): string {
    return join(this.dir, 'hub.kubeconfig');
  }
}
