import type { ListOrder } from '../state/list-order.js';
import type { ApiFamily } from '../throttle/api-family.js';

/**
 * One limit on calls. The first rule that fits a call holds; it keeps one token bucket for each (account, region, API family).
 */
export interface ThrottleRule {
  /** Every account where left out. */
  readonly account?: string;
  /** Every region where left out. */
  readonly region?: string;
  /** Every family where left out. */
  readonly families?: readonly ApiFamily[];
  /** One bucket for all families of the rule instead of one each. */
  readonly isShared?: boolean;
  /** Tokens that come back in a second. */
  readonly ratePerSecond: number;
  /** Tokens that a full bucket holds. */
  readonly burst: number;
}

/** Limits of an account and region, from the quotas page of the AWS General Reference. */
export interface Quotas {
  targetGroupsPerRegion: number;
  targetsPerTargetGroup: number;
  targetGroupsPerService: number;
  servicesPerRegion: number;
  listenersPerService: number;
  rulesPerListener: number;
  tagsPerResource: number;
}

/** What moves a target group's `lastUpdatedAt`, beyond UpdateTargetGroup. */
export type UpdateCause = 'tags' | 'targets' | 'services' | 'status';

/** Behaviour that no public source settles. Each has a default; a client should be right under every value. */
export interface UnverifiedSwitches {
  /** The text of the ConflictException for a name that is taken; `{name}` stands for the name. */
  duplicateNameMessage: string;
  /** Whether another create may take the name of a group in CREATE_FAILED; the failed group is gone then. */
  nameOfFailedGroup: 'taken' | 'free';
  /** The answer to a client token that comes again with other parameters. */
  clientTokenMismatch: 'ConflictException' | 'ValidationException';
  /** The reasonCode of a target in INITIAL; empty leaves it out. */
  reasonCodeInitial: string;
  /** The reasonCode of a target in DRAINING; empty leaves it out. */
  reasonCodeDraining: string;
  /** The reasonCode of a target whose group has its health check off; empty leaves it out. */
  reasonCodeDisabled: string;
  /** The failureCode of a target that is not an address, or not a private one. `UnsupportedTarget` is the only code that AWS shows. */
  failureCodeAddress: string;
  /** The failureCode of a target of the other IP family. */
  failureCodeFamily: string;
  /** The failureCode that DeregisterTargets gives for a target it does not know, where it does not succeed. */
  failureCodeUnknownTarget: string;
  /** What DeregisterTargets answers for a target it does not know. */
  deregisterUnknown: 'unsuccessful' | 'successful';
  /** DeleteTargetGroup where targets are registered that do not drain. Those that drain are always a conflict. */
  deleteWithTargets: 'conflict' | 'allow';
  /** A health check field that UpdateTargetGroup leaves out. */
  omittedHealthCheckFields: 'keep' | 'reset';
  /** The default health check protocol: the group's own (the CLI examples) or HTTP (the API reference). */
  healthCheckProtocol: 'group' | 'HTTP';
  /** The answer to an ARN of another account. */
  crossAccountIdentifier: 'AccessDeniedException' | 'ResourceNotFoundException';
  /** What moves `lastUpdatedAt` beside an update of the health check. */
  lastUpdatedAtMovesOn: readonly UpdateCause[];
  /** The Lattice error for a body that can't be read. */
  cannotParse: 'ValidationException' | 'SerializationException';
  /** The tagging API's code for input that breaks its model. */
  taggingValidation: 'ValidationException' | 'InvalidParameterException';
  /** Whether targets that drain count against the quota of a group. */
  drainingTargetsCount: boolean;
  /** Whether a create with tags needs `vpc-lattice:TagResource` too. */
  tagOnCreateNeedsTagResource: boolean;
}

/** Everything about the simulator that can be turned, before and while it runs. All durations are milliseconds of the simulator's clock. */
export interface SimulatorSettings {
  /** From Create to ACTIVE, for target groups and services. AWS takes seconds to two minutes. */
  createDelayMs: number;
  /** From Delete to gone. */
  deleteDelayMs: number;
  /** How long a deregistered target of a group in use drains. */
  drainMs: number;
  /** How long a deregistered target of an unused group is still listed. */
  unusedLingerMs: number;
  /** Between two health checks of a target; null takes the interval of the group's own health check. */
  healthProgressMs: number | null;
  /** How far ListTargets lags behind registrations and deregistrations. */
  listTargetsLagMs: number;
  /** How long `serviceArns` still names a service after its last use of the group. */
  serviceArnsLagMs: number;
  /** How far the tagging API lags behind Lattice. */
  taggingLagMs: number;
  /** Real milliseconds before every answer. */
  latencyMs: number;
  /** How long a page token is good. */
  pageTokenTtlMs: number;
  /** How long a client token is remembered. */
  clientTokenTtlMs: number;
  /** Items on a page where the caller names no number. */
  defaultPageSize: number;
  /** The order of lists; by id it tells nothing of age, as at AWS. */
  listOrder: ListOrder;
  /** The longest body; longer ones get 413. STS was seen to take ten million bytes. */
  maxBodyBytes: number;
  /** How far the date of a signature may be from the server's. Presigned requests have fifteen minutes. */
  signatureSkewMs: number;
  /** How far the server's clock stands ahead of the machine's, for signatures and the Date header. */
  clockSkewMs: number;
  /** Regions that exist; null is every well-formed name. */
  regions: readonly string[] | null;
  /** Which addresses an IP target may have: the private ranges, every address, or the ranges of this list such as `10.0.0.0/16`. */
  targetAddresses: 'private' | 'any' | readonly string[];
  /** No limits where empty. */
  throttles: readonly ThrottleRule[];
  /** How many calls the log keeps; counters count all. */
  callLogSize: number;
  quotas: Quotas;
  unverified: UnverifiedSwitches;
}

/** A new set of the documented defaults. */
export function defaultSettings(): SimulatorSettings {
  return {
    createDelayMs: 300,
    deleteDelayMs: 300,
    drainMs: 60_000,
    unusedLingerMs: 0,
    healthProgressMs: 1_000,
    listTargetsLagMs: 0,
    serviceArnsLagMs: 0,
    taggingLagMs: 0,
    latencyMs: 0,
    pageTokenTtlMs: 15 * 60_000,
    clientTokenTtlMs: 24 * 3_600_000,
    defaultPageSize: 100,
    listOrder: 'id',
    maxBodyBytes: 10_000_000,
    signatureSkewMs: 5 * 60_000,
    clockSkewMs: 0,
    regions: null,
    targetAddresses: 'private',
    throttles: [],
    callLogSize: 10_000,
    quotas: {
      targetGroupsPerRegion: 500,
      targetsPerTargetGroup: 1_000,
      targetGroupsPerService: 10,
      servicesPerRegion: 2_000,
      listenersPerService: 2,
      rulesPerListener: 10,
      tagsPerResource: 50,
    },
    unverified: defaultSwitches(),
  };
}

function defaultSwitches(): UnverifiedSwitches {
  return {
    duplicateNameMessage: 'Resource with name {name} already exists',
    nameOfFailedGroup: 'taken',
    clientTokenMismatch: 'ConflictException',
    reasonCodeInitial: 'InitialHealthChecking',
    reasonCodeDraining: 'DeregistrationInProgress',
    reasonCodeDisabled: 'HealthCheckDisabled',
    failureCodeAddress: 'UnsupportedTarget',
    failureCodeFamily: 'UnsupportedTarget',
    failureCodeUnknownTarget: 'TargetNotFound',
    deregisterUnknown: 'unsuccessful',
    deleteWithTargets: 'conflict',
    omittedHealthCheckFields: 'keep',
    healthCheckProtocol: 'group',
    crossAccountIdentifier: 'AccessDeniedException',
    lastUpdatedAtMovesOn: [],
    cannotParse: 'ValidationException',
    taggingValidation: 'ValidationException',
    drainingTargetsCount: false,
    tagOnCreateNeedsTagResource: true,
  };
}
