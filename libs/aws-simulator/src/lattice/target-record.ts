import type { SimulatorSettings } from '../settings/simulator-settings.js';
import type { HealthCheck } from './health-check.js';

/** What a target's health checks find; a person sets it. */
export type TargetCondition = 'passing' | 'failing';

/** A registered target. */
export interface TargetRecord {
  readonly id: string;
  /** Undefined for Lambda functions. */
  readonly port: number | undefined;
  /** ListTargets shows it from here on. */
  readonly visibleFromMs: number;
  readonly condition: TargetCondition;
  /** The verdict when the condition last changed, and when that was: the next verdict needs its number of checks from there. */
  readonly verdict: 'INITIAL' | 'HEALTHY' | 'UNHEALTHY';
  readonly sinceMs: number;
  /** Set once it is deregistered. */
  readonly leaving?: { readonly atMs: number; readonly isDraining: boolean };
}

export type TargetStatus = 'DRAINING' | 'UNAVAILABLE' | 'HEALTHY' | 'UNHEALTHY' | 'INITIAL' | 'UNUSED';

/** What a target's status depends on beside the target. */
export interface TargetSurroundings {
  readonly isInUse: boolean;
  /** Undefined for the types that have no health check. */
  readonly healthCheck: HealthCheck | undefined;
  readonly nowMs: number;
  readonly settings: SimulatorSettings;
}

/** The key of a target in its group: the pair (id, port) is its identity. */
export function targetKey(id: string, port: number | undefined): string {
  return `${id}|${port ?? ''}`;
}

/** A target's status and reason code at a time. */
export function targetStatus(
  target: TargetRecord,
  around: TargetSurroundings,
): { readonly status: TargetStatus; readonly reasonCode: string | undefined } {
  const switches = around.settings.unverified;
  if (target.leaving?.isDraining) return withReason('DRAINING', switches.reasonCodeDraining);
  if (!around.isInUse) return withReason('UNUSED', 'TargetGroupNotInUse');
  if (!around.healthCheck) return withReason('UNAVAILABLE', 'HealthCheckNotSupported');
  if (!around.healthCheck.enabled) return withReason('UNAVAILABLE', switches.reasonCodeDisabled);
  const verdict = currentVerdict(target, around.healthCheck, around);
  if (verdict === 'HEALTHY') return { status: verdict, reasonCode: undefined };
  return withReason(verdict, verdict === 'INITIAL' ? switches.reasonCodeInitial : 'HealthCheckFailed');
}

/** The verdict that the checks so far have come to. */
export function currentVerdict(
  target: TargetRecord,
  healthCheck: HealthCheck,
  around: { readonly nowMs: number; readonly settings: SimulatorSettings },
): TargetRecord['verdict'] {
  const checkMs = around.settings.healthProgressMs ?? healthCheck.healthCheckIntervalSeconds * 1_000;
  const isDecided = around.nowMs >= target.sinceMs + checksNeeded(target, healthCheck) * checkMs;
  if (!isDecided) return target.verdict;
  return target.condition === 'passing' ? 'HEALTHY' : 'UNHEALTHY';
}

/** One passed check makes a new target healthy; every other change takes the thresholds of the health check. */
function checksNeeded(target: TargetRecord, healthCheck: HealthCheck): number {
  if (target.condition === 'failing') return target.verdict === 'UNHEALTHY' ? 0 : healthCheck.unhealthyThresholdCount;
  if (target.verdict === 'INITIAL') return 1;
  return target.verdict === 'HEALTHY' ? 0 : healthCheck.healthyThresholdCount;
}

function withReason(status: TargetStatus, reasonCode: string): { readonly status: TargetStatus; readonly reasonCode: string | undefined } {
  return { status, reasonCode: reasonCode === '' ? undefined : reasonCode };
}
