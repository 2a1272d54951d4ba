import type { Place } from './place.js';

/** What the hub may conclude from what it does not see in a member. Only in Synced may it take something away. */
export type MemberState = 'Connecting' | 'Synced' | 'Stale' | 'Unreachable' | 'Detaching';

/** The kinds that the hub watches in a member. */
export type WatchedKind = 'ServiceExport' | 'Service' | 'EndpointSlice' | 'TargetGroupPolicy';

/** Something that makes the hub hold back what takes away, until a person acknowledges it (design law 1d). */
export interface Hold {
  readonly reason: 'KindVanished' | 'KindEmptied' | 'ClusterRestored' | 'DeletionBudget';
  /** The kind that it is about; without one it is about the whole cluster. */
  readonly kind?: WatchedKind;
  /** When it was seen first, RFC 3339. It stays the same in whichever process. */
  readonly since: string;
  /** Since when this process knows of it, in ms of the monotonic clock. */
  readonly sinceMs: number;
  readonly message: string;
}

/** How far a member's policies reach. */
export type PolicyScope = 'Fleet' | 'Own' | 'Ignore';

/** What a decision must know of the member that a target group belongs to. */
export interface MemberFacts {
  /** The name of the MemberCluster. */
  readonly cluster: string;
  readonly place: Place;
  readonly state: MemberState;
  readonly paused: boolean;
  /** Why nothing at all may be written for it, and what to do. */
  readonly refusal?: { readonly reason: string; readonly release: string };
  readonly holds: readonly Hold[];
  /** Until when, in ms of the monotonic clock, a new holder of the cluster takes nothing away. */
  readonly takesNothingAwayUntilMs: number;
}
