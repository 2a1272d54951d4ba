import type { Strategy } from '../resources/resource.js';

/** A kind of which the API server only keeps the metadata in order. */
export const plainStrategy: Strategy = { allowUnconditionalUpdate: true, allowCreateOnUpdate: false, statusFields: [] };
