import type { Scheduler } from '../clock/scheduler.js';
import { formatTime } from '../object/kube-object.js';
import type { Registry } from '../resources/registry.js';
import type { Resource } from '../resources/resource.js';
import type { ObjectStore } from '../store/object-store.js';
import type { ObjectTable } from '../store/object-table.js';
import type { StoredObject } from '../store/stored-object.js';

/** A watch that is open, as the cluster sees it. */
export interface OpenWatch {
  sendBookmark(): void;
  end(): void;
}

/** What is told to the parts of a cluster that act on their own: the namespace and the CRD controllers. */
export interface ClusterListener {
  /** After a write was stored. `stored` is undefined where the object is gone. */
  onStored(resource: Resource, key: string, stored: StoredObject | undefined): void;
}

/** What all operations on one cluster have in common. */
export class Cluster {
  /** Every watch that is open now. */
  readonly watches = new Set<OpenWatch>();
  private readonly listeners: ClusterListener[] = [];

  constructor(
    readonly store: ObjectStore,
    readonly registry: Registry,
    readonly scheduler: Scheduler,
    private readonly newUid: () => string,
  ) {}

  table(resource: Resource): ObjectTable {
    return this.store.table(resource.table);
  }

  now(): string {
    return formatTime(this.scheduler.nowMs());
  }

  uid(): string {
    return this.newUid();
  }

  addListener(listener: ClusterListener): void {
    this.listeners.push(listener);
  }

  /** Tells everyone that an object was stored or is gone. */
  stored(resource: Resource, key: string, stored: StoredObject | undefined): void {
    for (const listener of this.listeners) listener.onStored(resource, key, stored);
  }
}
