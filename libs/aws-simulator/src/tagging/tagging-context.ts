import type { Caller } from '../identity/caller.js';
import type { RegionStore } from '../lattice/region-store.js';
import type { SimulatorState } from '../state/simulator-state.js';

/** What every operation of the tagging API works with. */
export interface TaggingContext {
  readonly state: SimulatorState;
  readonly caller: Caller;
  readonly region: string;
  readonly nowMs: number;
  readonly store: RegionStore;
}
