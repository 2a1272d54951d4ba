import type { OperationFaults } from '../faults/fault-plan.js';
import type { Caller } from '../identity/caller.js';
import type { SimulatorSettings, UpdateCause } from '../settings/simulator-settings.js';
import type { PageTokens } from '../state/page-tokens.js';
import type { SeededRandom } from '../state/seeded-random.js';
import type { RegionStore } from './region-store.js';

/** What every Lattice operation works with: one account and region at one time. */
export interface LatticeContext {
  readonly account: string;
  readonly region: string;
  readonly nowMs: number;
  readonly caller: Pick<Caller, 'arn'>;
  readonly settings: SimulatorSettings;
  readonly store: RegionStore;
  readonly random: SeededRandom;
  readonly pageTokens: PageTokens;
  readonly faults: OperationFaults;
}

/** A new id, such as `tg-` and seventeen digits of base 16. */
export function newId(context: Pick<LatticeContext, 'random'>, prefix: 'tg' | 'svc' | 'listener' | 'rule'): string {
  return `${prefix}-${context.random.text(17, '0123456789abcdef')}`;
}

/** Moves `lastUpdatedAt` where the settings say that this cause does. */
export function touch(
  context: Pick<LatticeContext, 'settings' | 'nowMs'>,
  resource: { lastUpdatedAtMs: number },
  cause: UpdateCause,
): void {
  if (context.settings.unverified.lastUpdatedAtMovesOn.includes(cause)) resource.lastUpdatedAtMs = context.nowMs;
}
