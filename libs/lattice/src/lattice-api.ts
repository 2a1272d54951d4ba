import { GetResourcesCommand, type GetResourcesCommandOutput } from '@aws-sdk/client-resource-groups-tagging-api';
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  GetTargetGroupCommand,
  ListTagsForResourceCommand,
  ListTargetGroupsCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  TagResourceCommand,
  UpdateTargetGroupCommand,
  type GetTargetGroupCommandOutput,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  type TargetFailure,
  type TargetGroupConfig,
  type TargetGroupSummary,
  type VPCLatticeClientResolvedConfig,
} from '@aws-sdk/client-vpc-lattice';
import type { Command } from '@smithy/types';
import type { HealthCheck, ObservedTarget, Target, TargetGroupShape, TargetGroupSpec, TargetGroupStatus } from '@hub/model';
import type { AccountSession } from './account-sessions.js';
import { sendGuarded, type CallGuard } from './guarded-call.js';
import { fromHealthCheckConfig, toHealthCheckConfig, toHealthCheckUpdate } from './health-check-config.js';
import { LatticeError } from './lattice-error.js';

/** A target group as a listing tells it: no version of the protocol, no health check, no tags, no targets. */
export interface TargetGroupListing {
  readonly arn: string;
  readonly name: string;
  readonly status: TargetGroupStatus;
  readonly port: number;
  readonly protocol: TargetGroupShape['protocol'];
  readonly ipFamily: TargetGroupShape['ipFamily'];
  readonly vpcId: string;
  readonly serviceArns: readonly string[];
  readonly lastUpdatedAtMs: number;
}

/** A target group as it is read by itself. */
export interface TargetGroupReading {
  readonly arn: string;
  readonly name: string;
  readonly status: TargetGroupStatus;
  readonly shape: TargetGroupShape;
  readonly healthCheck: HealthCheck;
  readonly serviceArns: readonly string[];
  readonly lastUpdatedAtMs: number | undefined;
  readonly failure: string | undefined;
}

/** What became of targets that were to be registered or deregistered. */
export interface TargetsOutcome {
  readonly done: readonly Target[];
  readonly refused: readonly { readonly target: Target; readonly code: string; readonly message: string }[];
}

/** AWS's verbs for target groups, one call each, with one account's session. All of them throw {@link LatticeError}. */
export class LatticeApi {
  constructor(
    private readonly session: AccountSession,
    private readonly guard: CallGuard,
  ) {}

  /** Every target group of type IP of the account and region. */
  async listTargetGroups(signal: AbortSignal): Promise<readonly TargetGroupListing[]> {
    const groups: TargetGroupListing[] = [];
    let nextToken: string | undefined;
    do {
      const command = new ListTargetGroupsCommand({ maxResults: 100, ...(nextToken !== undefined && { nextToken }) });
      const page = await this.call(command, signal);
      for (const item of page.items ?? []) if (item.type === 'IP') groups.push(listingOf(item));
      nextToken = page.nextToken || undefined;
    } while (nextToken !== undefined);
    return groups;
  }

  /** The tags of every target group of the account and region that has some, by ARN. They lag behind what was written. */
  async getTargetGroupTags(signal: AbortSignal): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    const tags = new Map<string, Readonly<Record<string, string>>>();
    let token: string | undefined;
    do {
      const command = new GetResourcesCommand({
        ResourceTypeFilters: ['vpc-lattice:targetgroup'],
        ResourcesPerPage: 100,
        ...(token !== undefined && { PaginationToken: token }),
      });
      const page = await this.callTagging(command, signal);
      for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? []) {
        if (ResourceARN) tags.set(ResourceARN, Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])));
      }
      token = page.PaginationToken || undefined;
    } while (token !== undefined);
    return tags;
  }

  async getTargetGroup(arn: string, signal: AbortSignal): Promise<TargetGroupReading> {
    const command = new GetTargetGroupCommand({ targetGroupIdentifier: arn });
    return readingOf(await this.call(command, signal));
  }

  async listTargets(arn: string, signal: AbortSignal): Promise<readonly ObservedTarget[]> {
    const targets: ObservedTarget[] = [];
    let nextToken: string | undefined;
    do {
      const command = new ListTargetsCommand({
        targetGroupIdentifier: arn,
        maxResults: 100,
        ...(nextToken !== undefined && { nextToken }),
      });
      const page = await this.call(command, signal);
      for (const { id, port, status } of page.items ?? []) {
        if (id !== undefined && port !== undefined) targets.push({ ip: id, port, status: status ?? 'UNUSED' });
      }
      nextToken = page.nextToken || undefined;
    } while (nextToken !== undefined);
    return targets;
  }

  async listTags(arn: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { tags } = await this.call(new ListTagsForResourceCommand({ resourceArn: arn }), signal);
    return tags ?? {};
  }

  /** The client token is the SDK's, the same for all attempts of this call. */
  async createTargetGroup(
    spec: TargetGroupSpec,
    signal: AbortSignal,
  ): Promise<Pick<TargetGroupReading, 'arn' | 'name' | 'status' | 'healthCheck'>> {
    const command = new CreateTargetGroupCommand({
      name: spec.name,
      type: 'IP',
      config: {
        port: spec.port,
        protocol: spec.protocol,
        ...(spec.protocolVersion !== undefined && { protocolVersion: spec.protocolVersion }),
        ipAddressType: spec.ipFamily,
        vpcIdentifier: spec.vpcId,
        healthCheck: toHealthCheckConfig(spec.healthCheck),
      },
      tags: { ...spec.tags },
    });
    const made = await this.call(command, signal);
    if (!made.arn) throw new LatticeError('unavailable', 'CreateTargetGroup named no ARN');
    return {
      arn: made.arn,
      name: made.name ?? spec.name,
      status: made.status ?? 'CREATE_IN_PROGRESS',
      healthCheck: fromHealthCheckConfig(made.config?.healthCheck),
    };
  }

  /** Sets the whole health check. Gives it as AWS has it now. */
  async updateHealthCheck(arn: string, healthCheck: HealthCheck, signal: AbortSignal): Promise<HealthCheck> {
    const command = new UpdateTargetGroupCommand({ targetGroupIdentifier: arn, healthCheck: toHealthCheckUpdate(healthCheck) });
    const updated = await this.call(command, signal);
    return fromHealthCheckConfig(updated.config?.healthCheck);
  }

  /** @returns the status, usually DELETE_IN_PROGRESS */
  async deleteTargetGroup(arn: string, signal: AbortSignal): Promise<TargetGroupStatus> {
    const command = new DeleteTargetGroupCommand({ targetGroupIdentifier: arn });
    const gone = await this.call(command, signal);
    return gone.status ?? 'DELETE_IN_PROGRESS';
  }

  /** At most 100 targets a call. */
  async registerTargets(arn: string, targets: readonly Target[], signal: AbortSignal): Promise<TargetsOutcome> {
    const command = new RegisterTargetsCommand({ targetGroupIdentifier: arn, targets: targets.map(({ ip, port }) => ({ id: ip, port })) });
    const { unsuccessful } = await this.call(command, signal);
    return outcomeOf(targets, unsuccessful);
  }

  /** At most 100 targets a call. */
  async deregisterTargets(arn: string, targets: readonly Target[], signal: AbortSignal): Promise<TargetsOutcome> {
    const command = new DeregisterTargetsCommand({
      targetGroupIdentifier: arn,
      targets: targets.map(({ ip, port }) => ({ id: ip, port })),
    });
    const { unsuccessful } = await this.call(command, signal);
    return outcomeOf(targets, unsuccessful);
  }

  async tagResource(arn: string, tags: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    await this.call(new TagResourceCommand({ resourceArn: arn, tags: { ...tags } }), signal);
  }

  private call<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<ServiceInputTypes, I, ServiceOutputTypes, O, VPCLatticeClientResolvedConfig>,
    signal: AbortSignal,
  ): Promise<O> {
    return sendGuarded<I, O>(this.session, 'lattice', command, this.guard, signal, (options) =>
      this.session.lattice.send(command, options),
    );
  }

  private callTagging(command: GetResourcesCommand, signal: AbortSignal): Promise<GetResourcesCommandOutput> {
    return sendGuarded(this.session, 'tagging', command, this.guard, signal, (options) => this.session.tagging.send(command, options));
  }
}

function outcomeOf(asked: readonly Target[], unsuccessful: readonly TargetFailure[] | undefined): TargetsOutcome {
  const refused = (unsuccessful ?? []).map(({ id, port, failureCode, failureMessage }) => ({
    target: { ip: id ?? '', port: port ?? 0 },
    code: failureCode ?? 'Unknown',
    message: failureMessage ?? 'no reason given',
  }));
  return { done: asked.filter((t) => !refused.some((r) => r.target.ip === t.ip && r.target.port === t.port)), refused };
}

function listingOf(item: TargetGroupSummary): TargetGroupListing {
  return {
    arn: item.arn ?? '',
    name: item.name ?? '',
    status: item.status ?? 'ACTIVE',
    port: item.port ?? 0,
    protocol: item.protocol ?? 'HTTP',
    ipFamily: item.ipAddressType === 'IPV6' ? 'IPV6' : 'IPV4',
    vpcId: item.vpcIdentifier ?? '',
    serviceArns: item.serviceArns ?? [],
    lastUpdatedAtMs: item.lastUpdatedAt?.getTime() ?? 0,
  };
}

function readingOf(output: GetTargetGroupCommandOutput): TargetGroupReading {
  const { failureCode, failureMessage } = output;
  return {
    arn: output.arn ?? '',
    name: output.name ?? '',
    status: output.status ?? 'ACTIVE',
    shape: shapeOf(output.config),
    healthCheck: fromHealthCheckConfig(output.config?.healthCheck),
    serviceArns: output.serviceArns ?? [],
    lastUpdatedAtMs: output.lastUpdatedAt?.getTime(),
    failure: failureCode || failureMessage ? [failureCode, failureMessage].filter(Boolean).join(': ') : undefined,
  };
}

function shapeOf(config: TargetGroupConfig | undefined): TargetGroupShape {
  const protocolVersion = config?.protocolVersion;
  return {
    port: config?.port ?? 0,
    protocol: config?.protocol ?? 'HTTP',
    ...(protocolVersion !== undefined && { protocolVersion }),
    ipFamily: config?.ipAddressType === 'IPV6' ? 'IPV6' : 'IPV4',
    vpcId: config?.vpcIdentifier ?? '',
  };
}
