import type { Protocol, ProtocolVersion } from './target-group.js';

/** A policy's health check: what is set counts, the rest is the default. */
export interface PolicyHealthCheck {
  readonly enabled?: boolean | undefined;
  readonly intervalSeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly healthyThresholdCount?: number | undefined;
  readonly unhealthyThresholdCount?: number | undefined;
  readonly statusMatch?: string | undefined;
  readonly path?: string | undefined;
  readonly port?: number | undefined;
  readonly protocol?: 'HTTP' | 'HTTPS' | undefined;
  readonly protocolVersion?: 'HTTP1' | 'HTTP2' | undefined;
}

/** What a policy asks of the target groups. */
export interface PolicySettings {
  readonly protocol?: Protocol | undefined;
  readonly protocolVersion?: ProtocolVersion | undefined;
  readonly healthCheck?: PolicyHealthCheck | undefined;
}

/** The cluster that a policy stands in: the hub cluster, or a member by the name of its MemberCluster. */
export type PolicyOrigin = { readonly tier: 'hub' } | { readonly tier: 'member'; readonly cluster: string };

/** A TargetGroupPolicy, read and checked. */
export interface Policy {
  readonly origin: PolicyOrigin;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAtMs: number;
  /** What it is about, in its own namespace. A policy with another kind of target is invalid and about nothing. */
  readonly target: { readonly kind: 'ServiceExport' | 'Service'; readonly name: string } | undefined;
  /** What it asks for, or why it can't be followed. */
  readonly settings: { readonly valid: true; readonly settings: PolicySettings } | { readonly valid: false; readonly message: string };
}

/** The policy that holds for an export in a cluster. */
export type EffectivePolicy =
  /** None, and every policy that could hold is known. */
  | { readonly kind: 'none' }
  | { readonly kind: 'policy'; readonly policy: Policy; readonly settings: PolicySettings }
  /** The winner can't be followed: what is there stays. */
  | { readonly kind: 'invalid'; readonly policy: Policy; readonly message: string }
  /** What was in force stands in a cluster of which nothing is known: what is there stays. */
  | {
      readonly kind: 'unknown';
      readonly message: string;
      /** The member whose policies were never read, where that is why. */
      readonly origin?: string;
    };
