import { expired } from '../status/api-error.js';
import type { StoredObject } from './stored-object.js';

/** One change of one object. In a DELETED event the object is its last state with the revision of the deletion. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
}

/** Who is told of every change, and once of the end of the table. */
export interface TableListener {
  onEvent(event: StoreEvent): void;
  onEnd(): void;
}

/**
 * All objects of one resource and the latest changes among them. Like the API server's watch cache it knows a bounded window of the past: a
 * watch from before the window is refused, and so is a list of a state before it.
 */
export class ObjectTable {
  private readonly objects = new Map<string, StoredObject>();
  private readonly listeners = new Set<TableListener>();
  private sortedKeys: string[] | undefined;
  private events: StoreEvent[] = [];
  private firstEvent = 0;

  /** @param floor the oldest revision that a watch can start from, at first the revision at which the table was made */
  constructor(
    private readonly maxEvents: number,
    private floor: number,
  ) {}

  get size(): number {
    return this.objects.size;
  }

  get(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  /** Writes an object, and tells everyone. */
  put(object: StoredObject): void {
    const previous = this.objects.get(object.key);
    if (previous === undefined) this.sortedKeys = undefined;
    this.objects.set(object.key, object);
    this.publish({ type: previous === undefined ? 'ADDED' : 'MODIFIED', object, previous });
  }

  /** Removes an object; `last` is its last state with the revision of the deletion. */
  remove(last: StoredObject): void {
    const previous = this.objects.get(last.key);
    if (previous === undefined) return;
    this.objects.delete(last.key);
    this.sortedKeys = undefined;
    this.publish({ type: 'DELETED', object: last, previous });
  }

  /** The objects of a namespace (of all, where it is empty), in the order of their keys. */
  list(namespace: string): StoredObject[] {
    return pick(this.objects, this.keys(), namespace);
  }

  /**
   * The objects as they were at a revision.
   * @returns undefined where the window does not reach back so far
   */
  listAt(revision: number, namespace: string): StoredObject[] | undefined {
    if (revision < this.floor) return undefined;
    const newer = this.eventsAfter(revision);
    if (newer.length === 0) return this.list(namespace);
    const then = new Map(this.objects);
    for (const event of newer.toReversed()) {
      if (event.previous === undefined) then.delete(event.object.key);
      else then.set(event.object.key, event.previous);
    }
    return pick(then, [...then.keys()].toSorted(), namespace);
  }

  /**
   * The changes after a revision.
   * @throws ApiError 410 Expired where the window does not reach back so far
   */
  since(revision: number): StoreEvent[] {
    if (revision < this.floor) throw expired(`too old resource version: ${revision} (${this.floor})`);
    return this.eventsAfter(revision);
  }

  subscribe(listener: TableListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Forgets the past up to a revision: older watches and lists get 410. */
  compact(revision: number): void {
    this.events = this.eventsAfter(revision);
    this.firstEvent = 0;
    this.floor = Math.max(this.floor, revision);
  }

  /** Ends every watch, as the removal of the resource does, or a restart of the server. */
  endWatches(): void {
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener.onEnd();
  }

  /** Replaces everything by a state of the past; nobody is told, and nothing before it is known. */
  reset(objects: readonly StoredObject[], floor: number): void {
    this.objects.clear();
    for (const object of objects) this.objects.set(object.key, object);
    this.sortedKeys = undefined;
    this.events = [];
    this.firstEvent = 0;
    this.floor = floor;
  }

  private publish(event: StoreEvent): void {
    this.events.push(event);
    if (this.events.length - this.firstEvent > this.maxEvents) this.dropOldest();
    const present = [...this.listeners];
    for (const listener of present) listener.onEvent(event);
  }

  private dropOldest(): void {
    this.firstEvent += 1;
    const oldest = this.events[this.firstEvent];
    if (oldest !== undefined) this.floor = oldest.object.revision - 1;
    if (this.firstEvent <= this.maxEvents) return;
    this.events = this.events.slice(this.firstEvent);
    this.firstEvent = 0;
  }

  private eventsAfter(revision: number): StoreEvent[] {
    let low = this.firstEvent;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.object.revision ?? 0) > revision) high = middle;
      else low = middle + 1;
    }
    return this.events.slice(low);
  }

  private keys(): readonly string[] {
    this.sortedKeys ??= [...this.objects.keys()].toSorted();
    return this.sortedKeys;
  }
}

function pick(objects: ReadonlyMap<string, StoredObject>, sortedKeys: readonly string[], namespace: string): StoredObject[] {
  const prefix = namespace === '' ? '' : `${namespace}/`;
  const picked: StoredObject[] = [];
  for (const key of sortedKeys) {
    const object = key.startsWith(prefix) ? objects.get(key) : undefined;
    if (object !== undefined) picked.push(object);
  }
  return picked;
}
