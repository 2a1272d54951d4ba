import { writeFileSync } from 'node:fs';
import { runCli } from './cli-process.js';
import { HubClient, until, type TargetGroupRow } from './hub-client.js';
import { inventoryPolicy, memberStory, type ExpectedGroup } from './manifests.js';
import type { Progress } from './progress.js';
import { placeOf, type MemberPlace, type Sandbox } from './sandbox.js';
import type { SandboxFolder } from './sandbox-folder.js';

/** A target group that must be there now, and where. */
export interface Expectation extends ExpectedGroup {
  readonly place: MemberPlace;
  /** The name of the policy that must hold. */
  readonly policy: string | null;
  readonly healthCheck: Readonly<Record<string, unknown>>;
}

/** The health check of a policy-less HTTP1 group, and what other versions have instead (AWS Gateway API Controller's defaults). */
const defaultCheck = (protocolVersion: string) => ({
  enabled: protocolVersion === 'HTTP1',
  protocol: 'HTTP',
  protocolVersion: protocolVersion === 'HTTP2' ? 'HTTP2' : 'HTTP1',
  path: '/',
  statusMatch: '200',
  healthyThresholdCount: 5,
  unhealthyThresholdCount: 2,
  timeoutSeconds: 5,
  intervalSeconds: 30,
});

const policyCheck = {
  enabled: true,
  protocol: 'HTTP',
  protocolVersion: 'HTTP1',
  port: 8080,
  path: '/health',
  statusMatch: '200-299',
  healthyThresholdCount: 2,
  unhealthyThresholdCount: 3,
  timeoutSeconds: 5,
  intervalSeconds: 10,
};

const settleMs = 60_000;

/** What the sandbox plays when it starts: members join, export, and one policy reaches all of them. */
export class Story {
  readonly client: HubClient;
  private readonly environment: Readonly<Record<string, string>>;

  constructor(
    private readonly root: string,
    private readonly folder: SandboxFolder,
    private readonly sandbox: Sandbox,
    private readonly progress: Progress,
    private readonly size: { readonly clusters: number; readonly exports: number },
    hubUrl: string,
  ) {
    this.client = new HubClient(hubUrl, sandbox.token);
    this.environment = { LATTICE_HUB_URL: hubUrl, LATTICE_HUB_TOKEN: sandbox.token };
  }

  async play(): Promise<void> {
    const { clusters } = this.size;
    await this.progress.stage('register', `${clusters} clusters registered through lattice-hub cluster add`, () => this.register());
    await this.progress.stage(
      'export',
      'Services, EndpointSlices and ServiceExports applied to the members, target groups made',
      async () => {
        this.export();
        await this.settled(this.expectations(false));
      },
    );
    await this.progress.stage(
      'policy',
      'inventory-health-policy applied once, in the hub cluster, and followed in every cluster',
      async () => {
        writeFileSync(this.folder.file('policy.yaml'), inventoryPolicy, { mode: 0o600 });
        await this.cli(['apply', '-f', this.folder.file('policy.yaml')]);
        await this.settled(this.expectations(true));
      },
    );
  }

  /** The target groups that there must be, computed here and not asked of the hub. */
  expectations(withPolicy: boolean): readonly Expectation[] {
    return Array.from({ length: this.size.clusters }, (_, i) => i + 1).flatMap((member) =>
      memberStory(member, this.size.exports).expected.map((group) => {
        const place = placeOf(member);
        const isGoverned = withPolicy && group.export === 'inventory-service';
        if (!isGoverned) return { ...group, place, policy: null, healthCheck: defaultCheck(group.protocolVersion) };
        return { ...group, protocolVersion: 'HTTP2', place, policy: 'inventory-health-policy', healthCheck: policyCheck };
      }),
    );
  }

  /** Edits the policy as a person would, and waits until AWS has it in every group. @returns how long that took from the command on, in ms */
  async editPolicy(path: string): Promise<number> {
    writeFileSync(this.folder.file('policy.yaml'), inventoryPolicy.replace('"/health"', `"${path}"`), { mode: 0o600 });
    const began = performance.now();
    await this.cli(['apply', '-f', this.folder.file('policy.yaml')]);
    await until('the edited policy', settleMs, async () => {
      const governed = (await this.client.targetGroups()).filter((row) => row.policy);
      const behind = governed.filter((row) => this.pathInAws(row) !== path);
      return behind.length === 0 ? undefined : `${behind.length} target groups do not follow`;
    });
    return performance.now() - began;
  }

  private pathInAws(row: TargetGroupRow): string | undefined {
    const { targetGroups } = this.sandbox.aws.state(row.account, row.region);
    return targetGroups.find((group) => group.arn === row.arn)?.healthCheck?.path;
  }

  async cli(args: readonly string[]): Promise<string> {
    return runCli(this.root, args, this.environment);
  }

  private async register(): Promise<void> {
    for (let member = 1; member <= this.size.clusters; member++) {
      const { name, account, region, vpc } = placeOf(member);
      const aws = [
        '--aws-account',
        account,
        '--region',
        region,
        '--vpc',
        vpc,
        '--role-arn',
        this.sandbox.aws.roleArn(account),
        '--external-id',
        this.sandbox.aws.externalId,
      ];
      await this.cli(['cluster', 'add', name, '--kubeconfig', this.folder.file(`${name}.registration.kubeconfig`), ...aws, '--no-wait']);
    }
    await until('the registration', settleMs, async () => {
      const items = await this.client.list<{ name: string; status: { state?: string } }>('/api/v1/clusters');
      const behind = items.filter((cluster) => cluster.status.state !== 'Synced');
      if (items.length < this.size.clusters) return `${items.length} of ${this.size.clusters} clusters are there`;
      return behind.length === 0 ? undefined : `${behind.map((cluster) => cluster.name).join(', ')} not Synced`;
    });
  }

  private export(): void {
    for (const [index, member] of this.sandbox.members.entries()) {
      for (const manifest of memberStory(index + 1, this.size.exports).manifests) member.objects.apply(manifest);
    }
  }

  private async settled(expected: readonly Expectation[]): Promise<void> {
    await until('the target groups', settleMs, async () => {
      const rows = await this.client.targetGroups();
      const ready = rows.filter((row) => row.state === 'Ready');
      const missing = expected.find((expectation) => !ready.some((row) => matches(row, expectation)));
      if (missing)
        return `missing: ${missing.place.name} ${missing.namespace}/${missing.export} port ${missing.exportPort ?? 'legacy'} ${missing.protocolVersion}`;
      return rows.length === expected.length ? undefined : `${rows.length} groups where ${expected.length} must be`;
    });
  }
}

/** Whether a row is what is expected, health check and targets included. */
export function matches(row: TargetGroupRow, expected: Expectation): boolean {
  const { place } = expected;
  const isPlace = row.cluster === place.name && row.account === place.account && row.region === place.region && row.vpc === place.vpc;
  const isExport = row.namespace === expected.namespace && row.export === expected.export && row.exportPort === expected.exportPort;
  const isShape = row.protocol === expected.protocol && row.protocolVersion === expected.protocolVersion && row.port === expected.port;
  const targets = (of: readonly { readonly ip: string; readonly port: number }[]) =>
    of
      .map((t) => `${t.ip}:${t.port}`)
      .toSorted()
      .join();
  const isCheck = Object.entries(expected.healthCheck).every(([field, value]) => row.healthCheck?.[field] === value);
  return (
    isPlace &&
    isExport &&
    isShape &&
    isCheck &&
    targets(row.targets) === targets(expected.targets) &&
    (row.policy?.name ?? null) === expected.policy
  );
}
