import type { Role } from '../identity/roles.js';
import type { Session } from '../identity/sessions.js';
import type { WebIdentity } from '../identity/web-identities.js';
import { RegionStore } from '../lattice/region-store.js';
import type { ServiceRecord } from '../lattice/service-record.js';
import type { TargetGroupRecord } from '../lattice/target-group-record.js';
import { patchSettings } from '../settings/patch-settings.js';
import type { SimulatorSettings } from '../settings/simulator-settings.js';
import { isRecord } from '../validation/is-record.js';
import { savedStateProblem } from './saved-state-problem.js';
import type { SimulatorState } from './simulator-state.js';

/** What {@link SavedState} holds of an account and region. */
interface SavedRegion {
  readonly account: string;
  readonly region: string;
  readonly targetGroups: readonly TargetGroupRecord[];
  readonly services: readonly ServiceRecord[];
  readonly clientTokens: ReturnType<RegionStore['clientTokens']['save']>;
  readonly tagIndex: ReturnType<RegionStore['tagIndex']['save']>;
}

/** Everything that a simulator remembers, but for its calls and faults. Maps stand as `{"$map": entries}`, so that it is plain JSON. */
export interface SavedState {
  readonly version: 1;
  /** The clock when it was saved, in milliseconds since the epoch. */
  readonly clockMs: number;
  readonly settings: SimulatorSettings;
  readonly accounts: readonly string[];
  readonly roles: readonly Role[];
  readonly sessions: readonly Session[];
  readonly webIdentities: readonly WebIdentity[];
  readonly random: number;
  readonly pageTokenKey: string;
  readonly regions: readonly SavedRegion[];
}

/** A plain JSON copy of the state. */
export function saveState(state: SimulatorState): SavedState {
  const saved: SavedState = {
    version: 1,
    clockMs: state.clock.nowMs(),
    settings: state.settings,
    accounts: state.accounts.ids(),
    roles: state.roles.all(),
    sessions: state.sessions.all(),
    webIdentities: state.webIdentities.all(),
    random: state.random.save(),
    pageTokenKey: state.pageTokens.save(),
    regions: state.regions().map(savedRegion),
  };
  const copy: unknown = JSON.parse(JSON.stringify(saved, mapsOut));
  if (!isSavedState(copy)) throw new Error('the state could not be saved');
  return copy;
}

/**
 * Replaces the state with a saved one; accounts that exist stay. A clock that is behind the saved one moves forward to it. Throws an Error for what
 * is not a saved state, with the place that is wrong; nothing has changed then.
 */
export function loadState(state: SimulatorState, saved: unknown): void {
  const whole: unknown = JSON.parse(JSON.stringify(saved) ?? 'null', mapsIn);
  if (!isSavedState(whole)) throw new Error('this is not a saved state of the simulator, version 1');
  const problem = savedStateProblem(whole);
  if (problem !== undefined) throw new Error(`this is not a saved state of the simulator: ${problem}`);
  const regions = whole.regions.map((region) => restoredRegion(new RegionStore(region.account, region.region, state.settings), region));
  patchSettings(state.settings, whole.settings);
  state.clock.advance(Math.max(0, whole.clockMs - state.clock.nowMs()));
  for (const account of whole.accounts) state.accounts.add(account);
  state.roles.restore(whole.roles);
  state.sessions.restore(whole.sessions);
  state.webIdentities.restore(whole.webIdentities);
  state.random.restore(whole.random);
  state.pageTokens.restore(whole.pageTokenKey);
  state.replaceRegions(regions);
}

function savedRegion(store: RegionStore): SavedRegion {
  return {
    account: store.account,
    region: store.region,
    targetGroups: store.targetGroups.all(),
    services: store.services.all(),
    clientTokens: store.clientTokens.save(),
    tagIndex: store.tagIndex.save(),
  };
}

function restoredRegion(store: RegionStore, saved: SavedRegion): RegionStore {
  for (const group of saved.targetGroups) store.targetGroups.add(group);
  for (const service of saved.services) store.services.add(service);
  store.clientTokens.restore(saved.clientTokens);
  store.tagIndex.restore(saved.tagIndex);
  return store;
}

function mapsOut(_key: string, value: unknown): unknown {
  return value instanceof Map ? { $map: [...value] } : value;
}

function mapsIn(_key: string, value: unknown): unknown {
  if (!isRecord(value) || !Array.isArray(value['$map'])) return value;
  return new Map(value['$map'].filter((entry): entry is [unknown, unknown] => Array.isArray(entry) && entry.length === 2));
}

/** Looks at the outline; savedStateProblem looks inside. */
function isSavedState(value: unknown): value is SavedState {
  return isRecord(value) && value['version'] === 1 && typeof value['clockMs'] === 'number' && isRecord(value['settings']);
}
