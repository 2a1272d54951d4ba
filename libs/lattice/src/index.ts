// The only room that imports an AWS SDK: sessions in the members' accounts, target groups, their tags and targets, and what went wrong.
export { AccountSessions, type AccountSession } from './account-sessions.js';
export type { ApiFamily, CallGuard } from './guarded-call.js';
export { LatticeApi } from './lattice-api.js';
export { LatticeError } from './lattice-error.js';
export { TargetGroups, type InventoryChange } from './target-groups.js';
