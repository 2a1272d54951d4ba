// The only room that imports an AWS SDK: sessions in the members' accounts, target groups, their tags and targets, and what went wrong.
export { AccountSessions, type AccountAccess, type AccountSession, type SessionSettings } from './account-sessions.js';
export type { ApiFamily, AttemptReport, CallGuard } from './guarded-call.js';
export { LatticeApi, type TargetsOutcome } from './lattice-api.js';
export { LatticeError, type LatticeErrorKind } from './lattice-error.js';
export { TargetGroups, type InventoryChange } from './target-groups.js';
