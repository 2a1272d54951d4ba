import type { Slot } from './target-group-key.js';
import type { IpFamily, Target } from './target-group.js';

/** How an absence is known. */
export type Evidence =
  /** The cluster said so itself, in an event or in an object that was read. */
  | { readonly by: 'event' }
  /** It was not in the LISTs between these two, in ms of the monotonic clock. */
  | { readonly by: 'lists'; readonly firstMs: number; readonly lastMs: number };

/** Which targets a group must have. */
export type DesiredTargets =
  /** Just these. Where there are none, how that is known. */
  | { readonly kind: 'exact'; readonly targets: readonly Target[]; readonly emptiness: Evidence }
  /** None more than there are, and none whose address is not among these: the Service or the port is gone, the group is not. */
  | { readonly kind: 'atMost'; readonly addresses: ReadonlySet<string>; readonly emptiness: Evidence };

/** One target group that an export asks for. */
export interface ExportedSlot {
  readonly slot: Slot;
  /** The port of the target group. */
  readonly port: number;
  readonly routeType: 'HTTP' | 'GRPC' | 'TLS';
  readonly targets: DesiredTargets;
}

/** Something about an export that a person should mend. */
export interface ExportProblem {
  readonly reason: 'InvalidSpec' | 'InvalidPort' | 'NoService' | 'NotSingleStack' | 'NoPort';
  readonly message: string;
}

/** A ServiceExport with its Service and endpoints: what one member asks for. */
export interface ExportedService {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** The Service behind it. */
  readonly service: string;
  /** What it asks for. Undefined: that can't be said, and so nothing changes. */
  readonly slots: readonly ExportedSlot[] | undefined;
  /** Every address behind the Service, for groups that end or can't be decided: none of them may hold another. */
  readonly endpoints: DesiredTargets;
  /** Unknown where the Service is missing or has not exactly one family. */
  readonly ipFamily: IpFamily | undefined;
  /** Tags of its annotation. */
  readonly tags: Readonly<Record<string, string>>;
  readonly problems: readonly ExportProblem[];
}
