import type { VpcLatticeShapes } from '../models/vpc-lattice.generated.js';
import type { Lifecycle } from './lifecycle.js';

export type RuleAction = VpcLatticeShapes['RuleAction'];

/** A rule of a listener; the default rule has neither priority nor match. */
export interface RuleRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly isDefault: boolean;
  priority: number | undefined;
  match: VpcLatticeShapes['RuleMatch'] | undefined;
  action: RuleAction;
  readonly createdAtMs: number;
  lastUpdatedAtMs: number;
  readonly tags: Map<string, string>;
}

export interface ListenerRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly protocol: VpcLatticeShapes['CreateListenerRequest']['protocol'];
  readonly port: number;
  readonly createdAtMs: number;
  lastUpdatedAtMs: number;
  readonly tags: Map<string, string>;
  /** By id; the first one made is the default rule. */
  readonly rules: Map<string, RuleRecord>;
}

export interface ServiceRecord {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly customDomainName: string | undefined;
  certificateArn: string | undefined;
  authType: 'NONE' | 'AWS_IAM';
  idleTimeoutSeconds: number;
  readonly dnsEntry: { readonly domainName: string; readonly hostedZoneId: string };
  readonly createdAtMs: number;
  lastUpdatedAtMs: number;
  lifecycle: Lifecycle;
  readonly tags: Map<string, string>;
  /** By id. */
  readonly listeners: Map<string, ListenerRecord>;
}

/** The rule that a listener falls back to. */
export function defaultRuleOf(listener: ListenerRecord): RuleRecord {
  const rule = [...listener.rules.values()].find((candidate) => candidate.isDefault);
  if (!rule) throw new Error(`listener ${listener.id} has no default rule`);
  return rule;
}

/** Every rule of every listener of a service. */
export function rulesOf(service: ServiceRecord): readonly RuleRecord[] {
  return [...service.listeners.values()].flatMap((listener) => [...listener.rules.values()]);
}
