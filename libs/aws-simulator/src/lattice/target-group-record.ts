import type { VpcLatticeShapes } from '../models/vpc-lattice.generated.js';
import type { HealthCheck } from './health-check.js';
import type { Lifecycle } from './lifecycle.js';
import type { TargetRecord } from './target-record.js';

type Config = VpcLatticeShapes['TargetGroupConfig'];

/** What can't be changed of a group, defaults filled in. */
export type ImmutableConfig = Omit<Config, 'healthCheck'>;

export type TargetGroupType = VpcLatticeShapes['CreateTargetGroupRequest']['type'];

/** A target group as the simulator keeps it. */
export interface TargetGroupRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: TargetGroupType;
  readonly config: ImmutableConfig;
  /** Undefined for LAMBDA and ALB. */
  healthCheck: HealthCheck | undefined;
  readonly createdAtMs: number;
  lastUpdatedAtMs: number;
  lifecycle: Lifecycle;
  readonly tags: Map<string, string>;
  /** By target key. */
  readonly targets: Map<string, TargetRecord>;
  /** The ARNs of the rules that forward here, each with the ARN of its service. */
  readonly uses: Map<string, string>;
  /** Services that use it no more but are still named for a while. */
  formerServices: readonly { readonly arn: string; readonly untilMs: number }[];
}

/** The services that a group says it is used by. */
export function serviceArnsOf(group: TargetGroupRecord, nowMs: number): readonly string[] {
  const former = group.formerServices.filter((service) => service.untilMs > nowMs).map((service) => service.arn);
  return [...new Set([...group.uses.values(), ...former])];
}

/** Takes away the targets whose time has come. */
export function dropDepartedTargets(group: TargetGroupRecord, nowMs: number): void {
  for (const [key, target] of group.targets) {
    if (target.leaving && target.leaving.atMs <= nowMs) group.targets.delete(key);
  }
}
