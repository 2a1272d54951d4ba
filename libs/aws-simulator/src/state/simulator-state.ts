import { Accounts } from '../identity/accounts.js';
import { Authorizer } from '../identity/authorizer.js';
import { Roles } from '../identity/roles.js';
import { Sessions } from '../identity/sessions.js';
import { WebIdentities } from '../identity/web-identities.js';
import type { SimulatorClock } from '../clock/simulator-clock.js';
import { RegionStore } from '../lattice/region-store.js';
import type { SimulatorSettings } from '../settings/simulator-settings.js';
import { PageTokens } from './page-tokens.js';
import type { SeededRandom } from './seeded-random.js';

/** Everything that the simulator remembers. */
export class SimulatorState {
  readonly accounts = new Accounts();
  readonly roles = new Roles();
  readonly sessions = new Sessions();
  readonly webIdentities = new WebIdentities();
  readonly authorizer = new Authorizer(this.roles);
  readonly pageTokens = new PageTokens();
  readonly #regions = new Map<string, RegionStore>();

  constructor(
    readonly clock: SimulatorClock,
    readonly settings: SimulatorSettings,
    readonly random: SeededRandom,
  ) {}

  /** What exists in an account and region, brought up to the clock. */
  region(account: string, region: string): RegionStore {
    const key = `${account}|${region}`;
    const store = this.#regions.get(key) ?? new RegionStore(account, region, this.settings);
    this.#regions.set(key, store);
    store.settle(this.clock.nowMs());
    return store;
  }

  regions(): readonly RegionStore[] {
    return [...this.#regions.values()];
  }

  /** Puts these regions in the place of all others. */
  replaceRegions(regions: readonly RegionStore[]): void {
    this.#regions.clear();
    for (const store of regions) this.#regions.set(`${store.account}|${store.region}`, store);
  }
}
