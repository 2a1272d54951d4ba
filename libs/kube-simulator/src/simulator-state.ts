import { isJsonObject } from './object/json-value.js';
import type { StoreState } from './store/object-store.js';

/** Written into every backup. */
export const stateFormat = 'kube-simulator/1';

/** A backup of a simulated cluster, as JSON: what etcd holds, no credentials and no faults. */
export interface SimulatorState {
  readonly format: typeof stateFormat;
  readonly clusterUid: string;
  /** In milliseconds since 1970, by the cluster's clock. */
  readonly takenAtMs: number;
  readonly store: StoreState;
}

/**
 * Refuses what is no backup, before anything is put back.
 * @throws Error
 */
export function checkState(value: unknown): asserts value is SimulatorState {
  const store = isJsonObject(value) && value['format'] === stateFormat ? value['store'] : undefined;
  const isState =
    isJsonObject(store) &&
    typeof store['revision'] === 'number' &&
    isJsonObject(store['tables']) &&
    Object.values(store['tables']).every(isTable);
  if (!isState) throw new Error(`this is no backup of the format ${stateFormat}`);
}

const isTable = (table: unknown): boolean => Array.isArray(table) && table.every((text) => typeof text === 'string');
