// The member clusters: who holds them, what they have, and what may be concluded from what they do not have.
export type { SessionOptions } from './cluster-session.js';
export { mergeConditions } from './conditions.js';
export { DeletionLedgers } from './deletion-ledgers.js';
export { EventWriter, type HubEvent } from './events.js';
export { Fleet, type FleetHost } from './fleet.js';
export { sameHolds, toldHold } from './hold-text.js';
export { readMember, type StoredMember } from './hub-cluster.js';
export { Member, type SlotOutcome } from './member.js';
export { snapshotName, withProgress, type ExportSummary } from './member-snapshot.js';
export { SnapshotPublisher } from './snapshot-publisher.js';
