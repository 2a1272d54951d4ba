/** Before the operation is done, or after it was done and only its answer is lost or replaced. */
export type FaultMoment = 'before' | 'after';

/** What a fault does to a call. */
export type FaultEffect =
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'internalError'; readonly retryAfterSeconds?: number; readonly moment?: FaultMoment }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds?: number; readonly moment?: FaultMoment }
  | { readonly kind: 'accessDenied' }
  | { readonly kind: 'expiredToken' }
  /** Any other error, by its code and status. */
  | { readonly kind: 'error'; readonly code: string; readonly status: number; readonly message: string; readonly moment?: FaultMoment }
  /** Real milliseconds before the operation. */
  | { readonly kind: 'latency'; readonly latencyMs: number }
  /** No answer until the client gives up, the fault is removed or the simulator stops. */
  | { readonly kind: 'hang'; readonly moment?: FaultMoment }
  | { readonly kind: 'reset'; readonly moment?: FaultMoment }
  /** The group or service that CreateTargetGroup or CreateService makes ends in CREATE_FAILED. */
  | { readonly kind: 'createFailed'; readonly failureCode?: string; readonly failureMessage?: string }
  /** The group or service that is deleted ends in DELETE_FAILED. */
  | { readonly kind: 'deleteFailed'; readonly failureCode?: string; readonly failureMessage?: string }
  /** RegisterTargets and DeregisterTargets answer these targets as unsuccessful; all of them where no ids are given. */
  | {
      readonly kind: 'partialFailure';
      readonly targetIds?: readonly string[];
      readonly failureCode?: string;
      readonly failureMessage?: string;
    };

/** Which calls a fault meets, and how often. */
export interface FaultRule {
  readonly effect: FaultEffect;
  /** Operation names such as `RegisterTargets`; every operation where left out. */
  readonly operations?: readonly string[];
  readonly account?: string;
  readonly region?: string;
  /** A part of the caller's ARN: a role's name, a session's name, a user. */
  readonly caller?: string;
  /** A part of the resource: an id or a name. */
  readonly resource?: string;
  /** A part of the User-Agent header. */
  readonly userAgent?: string;
  /** Lets this many matching calls pass first. */
  readonly skip?: number;
  /** Ends after this many; without end where left out. */
  readonly times?: number;
  /** From 0 to 1; 1 where left out. Drawn from the simulator's seed. */
  readonly probability?: number;
}
