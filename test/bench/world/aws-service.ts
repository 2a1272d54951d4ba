import { AwsSimulator, type CallRecord } from '@hub/aws-simulator';
import { monotonicMs } from '../measure/clock.js';
import { memberOfVpc, region } from './fleet-shape.js';
import { serve } from './serve.js';

/** What the simulated AWS of a figure is like. */
export interface AwsOptions {
  readonly epochMs: number;
  readonly accounts: readonly string[];
  readonly groupsOfAccount: number;
}

/** Calls a second, and at once. */
export interface CallLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a client of the simulated AWS needs. */
export interface AwsAccess {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly externalId: string;
  readonly roleArns: Readonly<Record<string, string>>;
}

/** A call that was received, and for which Service of which member. */
export interface Arrival {
  readonly member: number;
  readonly service: string;
  readonly atMs: number;
}

/** The target groups there are, counted. */
export interface GroupCounts {
  readonly active: number;
  readonly targets: number;
  readonly byPath: Readonly<Record<string, number>>;
}

const inventory = new Set(['ListTargetGroups', 'GetResources', 'AssumeRole', 'GetCallerIdentity']);

/** The simulated AWS, in a process of its own. */
export class AwsService {
  private simulator: AwsSimulator | undefined;
  private accounts: readonly string[] = [];

  async start(options: AwsOptions): Promise<AwsAccess> {
    const { accounts, epochMs, groupsOfAccount } = options;
    const simulator = await AwsSimulator.start({
      accounts,
      nowMs: monotonicMs(epochMs),
      callLogSize: 200_000,
      quotas: { targetGroupsPerRegion: Math.max(500, groupsOfAccount) },
    });
    this.simulator = simulator;
    this.accounts = accounts;
    const [first = ''] = accounts;
    const { accessKeyId, secretAccessKey } = simulator.credentials(first);
    const roleArns = Object.fromEntries(accounts.map((account) => [account, simulator.roleArn(account)]));
    return { url: simulator.url, accessKeyId, secretAccessKey, externalId: simulator.externalId, roleArns };
  }

  setLatency(latencyMs: number): void {
    this.aws.settings.latencyMs = latencyMs;
  }

  /** From now on an account takes so many calls a second, for each family of calls. */
  setLimit(limit: CallLimit | undefined): void {
    this.aws.settings.throttles = limit ? [{ ratePerSecond: limit.perSecond, burst: limit.burst }] : [];
  }

  /** Begins to count anew. */
  resetCalls(): void {
    this.aws.calls.reset();
  }

  /** Calls by operation, answered in whatever way. */
  calls(): Readonly<Record<string, number>> {
    return this.aws.calls.byOperation();
  }

  /** Calls that were refused, by operation. */
  refused(): Readonly<Record<string, number>> {
    return this.aws.calls.byOperation({ isError: true });
  }

  /** How many calls there were beyond the listings that go on for ever. */
  workCalls(): number {
    return Object.entries(this.aws.calls.byOperation()).reduce(
      (sum, [operation, count]) => sum + (inventory.has(operation) ? 0 : count),
      0,
    );
  }

  /** When the last call of an operation was answered; 0 where there was none. */
  lastAnsweredMs(operation: string): number {
    return this.aws.calls.log.findLast((call) => call.operation === operation && call.errorCode === '')?.timeMs ?? 0;
  }

  /** Calls of an operation that were received since, in their order. */
  arrivals(operation: string, sinceMs: number): readonly Arrival[] {
    const owners = this.owners();
    return this.aws.calls.log
      .filter((call) => call.operation === operation && call.errorCode === '' && receivedMs(call) >= sinceMs)
      .flatMap((call) => {
        const owner = owners.get(call.resource) ?? owners.get(call.resource.split('/').at(-1) ?? '');
        return owner ? [{ ...owner, atMs: receivedMs(call) }] : [];
      });
  }

  groups(): GroupCounts {
    let active = 0;
    let targets = 0;
    const byPath: Record<string, number> = {};
    for (const account of this.accounts)
      for (const group of this.aws.state(account, region).targetGroups) {
        if (group.status === 'ACTIVE') active++;
        targets += group.targets.filter((target) => target.status !== 'DRAINING').length;
        const path = group.healthCheck?.path ?? '';
        byPath[path] = (byPath[path] ?? 0) + 1;
      }
    return { active, targets, byPath };
  }

  private owners(): Map<string, Omit<Arrival, 'atMs'>> {
    const owners = new Map<string, Omit<Arrival, 'atMs'>>();
    for (const account of this.accounts)
      for (const { arn, config, tags } of this.aws.state(account, region).targetGroups) {
        const owner = {
          member: memberOfVpc(config.vpcIdentifier ?? ''),
          service: tags['application-networking.k8s.aws/ServiceName'] ?? '',
        };
        owners.set(arn, owner);
        owners.set(arn.split('/').at(-1) ?? '', owner);
      }
    return owners;
  }

  private get aws(): AwsSimulator {
    if (!this.simulator) throw new Error('AWS was not started');
    return this.simulator;
  }
}

/** A call is logged when it is answered. */
function receivedMs(call: CallRecord): number {
  return call.timeMs - call.durationMs;
}

if (process.send) serve(new AwsService());
