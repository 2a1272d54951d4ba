import { listOrderKey } from '../state/list-order.js';
import type { Listed, ListOrder } from '../state/list-order.js';
import { sortedByKey } from '../state/list-page.js';
import { lifecycleStatus } from './lifecycle.js';
import type { Lifecycle } from './lifecycle.js';

interface Resource extends Listed {
  lifecycle: Lifecycle;
}

/** Resources of one kind in one account and region, by id and by name. One that is gone leaves at the next {@link settle}. */
export class ResourceTable<R extends Resource> {
  readonly #byId = new Map<string, R>();
  readonly #byName = new Map<string, R>();
  readonly #leaving = new Set<R>();
  /** By order, until the next resource comes or goes: a long list is read page by page. */
  readonly #sorted = new Map<ListOrder, readonly R[]>();

  add(resource: R): void {
    this.#byId.set(resource.id, resource);
    this.#byName.set(resource.name, resource);
    this.#sorted.clear();
    if (resource.lifecycle.deletion) this.#leaving.add(resource);
  }

  get(id: string): R | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): R | undefined {
    return this.#byName.get(name);
  }

  all(): readonly R[] {
    return [...this.#byId.values()];
  }

  /** All resources in an order. */
  sorted(order: ListOrder): readonly R[] {
    const known = this.#sorted.get(order);
    if (known) return known;
    const sorted = sortedByKey(this.all(), (resource) => listOrderKey(order, resource));
    this.#sorted.set(order, sorted);
    return sorted;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Starts the deletion of a resource. */
  beginDeletion(resource: R, deletion: NonNullable<Lifecycle['deletion']>): void {
    resource.lifecycle = { ...resource.lifecycle, deletion };
    this.#leaving.add(resource);
  }

  /** Takes a resource out at once. */
  remove(resource: R): void {
    this.#leaving.delete(resource);
    this.#byId.delete(resource.id);
    this.#byName.delete(resource.name);
    this.#sorted.clear();
  }

  /** Takes out what is gone by now, and gives it. */
  settle(nowMs: number): readonly R[] {
    const gone = [...this.#leaving].filter((resource) => lifecycleStatus(resource.lifecycle, nowMs) === undefined);
    for (const resource of gone) this.remove(resource);
    return gone;
  }
}
