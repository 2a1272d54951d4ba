import { targetSummary } from '../lattice/target-operations.js';
import { lifecycleFailure, lifecycleStatus } from '../lattice/lifecycle.js';
import type { HealthCheck } from '../lattice/health-check.js';
import type { ListenerRecord, RuleAction, ServiceRecord } from '../lattice/service-record.js';
import { dropDepartedTargets, serviceArnsOf } from '../lattice/target-group-record.js';
import type { ImmutableConfig, TargetGroupRecord, TargetGroupType } from '../lattice/target-group-record.js';
import type { TargetStatus } from '../lattice/target-record.js';
import type { SimulatorState } from './simulator-state.js';

/** A target as it is at the moment of reading. */
export interface TargetView {
  readonly id: string;
  readonly port: number | undefined;
  readonly status: TargetStatus;
  readonly reasonCode: string | undefined;
}

/** A target group as it is at the moment of reading. */
export interface TargetGroupView {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: TargetGroupType;
  readonly status: string;
  readonly failureCode: string | undefined;
  /** Everything but the health check. */
  readonly config: ImmutableConfig;
  readonly healthCheck: HealthCheck | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly targets: readonly TargetView[];
  readonly serviceArns: readonly string[];
  readonly createdAtMs: number;
  readonly lastUpdatedAtMs: number;
}

export interface RuleView {
  readonly arn: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly priority: number | undefined;
  readonly action: RuleAction;
}

export interface ListenerView {
  readonly arn: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly rules: readonly RuleView[];
}

export interface ServiceView {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly listeners: readonly ListenerView[];
}

/** A copy of what exists in an account and region; later changes don't show in it. */
export interface RegionView {
  readonly account: string;
  readonly region: string;
  readonly targetGroups: readonly TargetGroupView[];
  readonly services: readonly ServiceView[];
}

/** Copies what exists in an account and region, sorted by name. */
export function regionView(state: SimulatorState, account: string, region: string): RegionView {
  const store = state.region(account, region);
  return {
    account,
    region,
    targetGroups: store.targetGroups
      .all()
      .map((group) => targetGroupView(state, group))
      .toSorted(byName),
    services: store.services
      .all()
      .map((service) => serviceView(state, service))
      .toSorted(byName),
  };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

function targetGroupView(state: SimulatorState, group: TargetGroupRecord): TargetGroupView {
  const nowMs = state.clock.nowMs();
  dropDepartedTargets(group, nowMs);
  const targets = [...group.targets.values()].map((target) => targetSummary({ nowMs, settings: state.settings }, group, target));
  const { id, arn, name, type, config, healthCheck, createdAtMs, lastUpdatedAtMs } = group;
  return {
    id,
    arn,
    name,
    type,
    config,
    healthCheck,
    createdAtMs,
    lastUpdatedAtMs,
    status: lifecycleStatus(group.lifecycle, nowMs) ?? 'GONE',
    failureCode: lifecycleFailure(group.lifecycle, nowMs)?.failureCode,
    tags: Object.fromEntries(group.tags),
    targets: targets.map((target) => ({
      id: target.id ?? '',
      port: target.port,
      status: target.status ?? 'UNUSED',
      reasonCode: target.reasonCode,
    })),
    serviceArns: serviceArnsOf(group, nowMs),
  };
}

function serviceView(state: SimulatorState, service: ServiceRecord): ServiceView {
  return {
    arn: service.arn,
    name: service.name,
    status: lifecycleStatus(service.lifecycle, state.clock.nowMs()) ?? 'GONE',
    tags: Object.fromEntries(service.tags),
    listeners: [...service.listeners.values()].map(listenerView),
  };
}

function listenerView(listener: ListenerRecord): ListenerView {
  const rules = [...listener.rules.values()].map(({ arn, name, isDefault, priority, action }) => ({
    arn,
    name,
    isDefault,
    priority,
    action,
  }));
  return { arn: listener.arn, name: listener.name, protocol: listener.protocol, port: listener.port, rules };
}
