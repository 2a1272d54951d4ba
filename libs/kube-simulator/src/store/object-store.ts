import { encodeJson, orderAsBuiltIn, orderAsCustom } from '../object/encode-json.js';
import { setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { ObjectTable } from './object-table.js';
import { storeObject } from './stored-object.js';
import type { StoredObject } from './stored-object.js';

/** How the objects of a table are written: built-in kinds in the order of their types, custom ones in the order of keys. */
export type KeyOrder = 'built-in' | 'custom';

/** Everything in a store, as data. */
export interface StoreState {
  readonly revision: number;
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

/**
 * The objects of one cluster, in one table for each resource. One revision counts every write of any of them, as etcd's does: it is the
 * resourceVersion of what was written.
 */
export class ObjectStore {
  private readonly tables = new Map<string, ObjectTable>();
  private readonly waiters = new Set<() => void>();
  private currentRevision = 1;

  /** @param maxEvents how many past changes each resource remembers */
  constructor(private readonly maxEvents: number) {}

  get revision(): number {
    return this.currentRevision;
  }

  /** The table of a resource, made when it is first asked for. */
  table(resource: string): ObjectTable {
    const present = this.tables.get(resource);
    if (present !== undefined) return present;
    const created = new ObjectTable(this.maxEvents, this.currentRevision);
    this.tables.set(resource, created);
    return created;
  }

  /** Drops the table of a resource that is no longer served; its watches end. */
  dropTable(resource: string): void {
    this.tables.get(resource)?.endWatches();
    this.tables.delete(resource);
  }

  /** Writes an object under a new revision, and returns what is now stored. */
  write(resource: string, object: KubeObject, order: KeyOrder): StoredObject {
    const stored = this.encode(object, order);
    this.table(resource).put(stored);
    this.wakeWaiters();
    return stored;
  }

  /** Deletes an object; the deletion has a revision of its own, which the last state carries. */
  remove(resource: string, object: KubeObject, order: KeyOrder): StoredObject {
    const last = this.encode(object, order);
    this.table(resource).remove(last);
    this.wakeWaiters();
    return last;
  }

  /** Moves the revision on without a write, as writes of resources that are not simulated do. */
  advance(by: number): void {
    this.currentRevision += by;
    this.wakeWaiters();
  }

  /** Calls back after every write until the returned function is called. */
  onWrite(listener: () => void): () => void {
    this.waiters.add(listener);
    return () => this.waiters.delete(listener);
  }

  /** Forgets the past of every resource. */
  compact(): void {
    for (const table of this.tables.values()) table.compact(this.currentRevision);
  }

  endWatches(): void {
    for (const table of this.tables.values()) table.endWatches();
  }

  checkpoint(): StoreState {
    const tables: Record<string, string[]> = {};
    for (const [resource, table] of this.tables) if (table.size > 0) tables[resource] = table.list('').map(({ json }) => json);
    return { revision: this.currentRevision, tables };
  }

  /** Goes back to a state: what was written since is gone, the revision too, and nothing before it is known. */
  restore(state: StoreState): void {
    this.currentRevision = state.revision;
    for (const [resource, table] of this.tables) if (state.tables[resource] === undefined) table.reset([], state.revision);
    for (const [resource, texts] of Object.entries(state.tables)) {
      const objects = texts.map((json) => storeObject(JSON.parse(json) as KubeObject, json));
      this.table(resource).reset(objects, state.revision);
    }
  }

  private encode(object: KubeObject, order: KeyOrder): StoredObject {
    this.currentRevision += 1;
    setMeta(object, 'resourceVersion', String(this.currentRevision));
    return storeObject(object, encodeJson(order === 'custom' ? orderAsCustom(object) : orderAsBuiltIn(object)));
  }

  private wakeWaiters(): void {
    const waiting = [...this.waiters];
    for (const wake of waiting) wake();
  }
}
