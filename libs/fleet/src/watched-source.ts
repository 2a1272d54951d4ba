import type { Resource } from '@hub/api';
import type { KindStore } from './kind-store.js';

/** A store as a session feeds it; what its records are does not matter to it. */
type FollowedStore = Pick<
  KindStore<unknown>,
  | 'recall'
  | 'replaced'
  | 'changed'
  | 'pendingDeletions'
  | 'believeDeletions'
  | 'hold'
  | 'release'
  | 'wasListed'
  | 'wasServed'
  | 'awaitsConfirmation'
  | 'listsBetween'
  | 'newestMissingMs'
  | 'isWhole'
  | 'size'
  | 'presentCount'
>;

/** One kind of one cluster that is followed, and where it goes. */
export interface WatchedSource {
  readonly resource: Resource;
  readonly store: FollowedStore;
  /** The name of its CRD, where it has one. */
  readonly crd?: string;
  readonly selector?: string;
  readonly namespace?: string;
}
