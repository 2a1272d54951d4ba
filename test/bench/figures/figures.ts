import { blackHole } from './black-hole.js';
import { coldStart } from './cold-start.js';
import { doorLoad } from './door-load.js';
import { endpointChange } from './endpoint-change.js';
import { eventLoad } from './event-load.js';
import type { Figure } from './figure.js';
import { informer } from './informer.js';
import { policyEdit } from './policy-edit.js';
import { resources } from './resources.js';

/** Every figure, in the order in which they are taken. */
export const figures: readonly Figure[] = [policyEdit, endpointChange, coldStart, blackHole, eventLoad, doorLoad, informer, resources];
