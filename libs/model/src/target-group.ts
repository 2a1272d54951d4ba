/** Protocols of a target group of type IP (VPC Lattice API model, TargetGroupProtocol). */
export type Protocol = 'HTTP' | 'HTTPS' | 'TCP';

/** Versions of the protocol; a TCP group has none (VPC Lattice API model, TargetGroupProtocolVersion). */
export type ProtocolVersion = 'HTTP1' | 'HTTP2' | 'GRPC';

export type IpFamily = 'IPV4' | 'IPV6';

/** A health check with every default filled in, so that two of them can be compared. A disabled one of a TCP group has nothing else. */
export interface HealthCheck {
  readonly enabled: boolean;
  readonly protocol?: 'HTTP' | 'HTTPS';
  readonly protocolVersion?: 'HTTP1' | 'HTTP2';
  /** Absent: the port that takes the traffic. */
  readonly port?: number;
  readonly path?: string;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly healthyThresholdCount?: number;
  readonly unhealthyThresholdCount?: number;
  /** The status codes of a good answer. */
  readonly statusMatch?: string;
}

/** An address and port that takes traffic. */
export interface Target {
  readonly ip: string;
  readonly port: number;
}

/** One text for one target, to compare and to look up. */
export function targetId(target: Target): string {
  return `${target.ip} ${target.port}`;
}

/** What can't change in the life of a target group. */
export interface TargetGroupShape {
  readonly port: number;
  readonly protocol: Protocol;
  readonly protocolVersion?: ProtocolVersion;
  readonly ipFamily: IpFamily;
  readonly vpcId: string;
}

/** What a target group must be. */
export interface TargetGroupSpec extends TargetGroupShape {
  /** Computed from all that can't change, so that a create that is repeated finds itself. */
  readonly name: string;
  readonly healthCheck: HealthCheck;
  readonly tags: Readonly<Record<string, string>>;
}

export type TargetGroupStatus = 'CREATE_IN_PROGRESS' | 'ACTIVE' | 'DELETE_IN_PROGRESS' | 'CREATE_FAILED' | 'DELETE_FAILED';

export interface ObservedTarget extends Target {
  readonly status: 'DRAINING' | 'UNAVAILABLE' | 'HEALTHY' | 'UNHEALTHY' | 'INITIAL' | 'UNUSED';
}

/** A target group as AWS last told it. What was not read is absent, which says nothing about what is there. */
export interface ObservedTargetGroup extends TargetGroupShape {
  readonly arn: string;
  readonly name: string;
  readonly status: TargetGroupStatus;
  /** The Lattice services that use it. */
  readonly serviceArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly healthCheck?: HealthCheck;
  readonly targets?: readonly ObservedTarget[];
  /** When health check and targets were read or written by the hub, in ms of its monotonic clock. */
  readonly readAtMs?: number;
  /** Why a create or a delete failed, in AWS's words. */
  readonly failure?: string;
}
