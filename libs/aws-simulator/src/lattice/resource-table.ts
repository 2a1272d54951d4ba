import { listOrderKey } from '../state/list-order.js';
import type { Listed, ListOrder } from '../state/list-order.js';
import type { Paged } from '../state/list-page.js';
import { SortedList } from '../state/sorted-list.js';
import { lifecycleStatus } from './lifecycle.js';
import type { Lifecycle } from './lifecycle.js';

interface Resource extends Listed {
  lifecycle: Lifecycle;
}

/** Which resources a list shows; the same name means the same resources, and a resource never comes to fit or ceases to. */
export interface Selection<R> {
  readonly name: string;
  readonly fits: (resource: R) => boolean;
}

interface View<R extends Resource> {
  readonly selection: Selection<R>;
  readonly list: SortedList<R>;
}

interface Leaving {
  readonly resource: { readonly id: string };
  readonly endsAtMs: number;
}

/** How many lists are kept up to date; the one that was asked for first goes. */
const viewLimit = 16;

/** Resources of one kind in one account and region, by id and by name. One that is gone leaves at the next {@link settle}. */
export class ResourceTable<R extends Resource> {
  readonly #byId = new Map<string, R>();
  readonly #byName = new Map<string, R>();
  /** By the time of their end. */
  readonly #leaving = new SortedList<Leaving>(leavingKey);
  /** Lists that were asked for once, by order and selection: a long list is read page by page while it changes. */
  readonly #views = new Map<string, View<R>>();

  add(resource: R): void {
    this.#byId.set(resource.id, resource);
    this.#byName.set(resource.name, resource);
    for (const { selection, list } of this.#views.values()) if (selection.fits(resource)) list.add(resource);
    if (resource.lifecycle.deletion) this.#leaving.add({ resource, endsAtMs: resource.lifecycle.deletion.endsAtMs });
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

  /** The resources of a selection in an order. */
  sorted(order: ListOrder, selection: Selection<R> = everything): Paged<R> {
    const name = `${order}|${selection.name}`;
    const known = this.#views.get(name);
    if (known) return known.list;
    const list = SortedList.of(
      this.all().filter((resource) => selection.fits(resource)),
      (resource) => listOrderKey(order, resource),
    );
    const [oldest] = this.#views.size < viewLimit ? [] : this.#views.keys();
    if (oldest !== undefined) this.#views.delete(oldest);
    this.#views.set(name, { selection, list });
    return list;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Starts the deletion of a resource. */
  beginDeletion(resource: R, deletion: NonNullable<Lifecycle['deletion']>): void {
    this.#stopLeaving(resource);
    resource.lifecycle = { ...resource.lifecycle, deletion };
    this.#leaving.add({ resource, endsAtMs: deletion.endsAtMs });
  }

  /** Takes a resource out at once. */
  remove(resource: R): void {
    this.#stopLeaving(resource);
    this.#byId.delete(resource.id);
    this.#byName.delete(resource.name);
    for (const { list } of this.#views.values()) list.delete(resource);
  }

  /** Takes out what is gone by now, and gives it. A deletion that has failed is over too. */
  settle(nowMs: number): readonly R[] {
    const gone: R[] = [];
    for (let next = this.#leaving.first(); next && next.endsAtMs <= nowMs; next = this.#leaving.first()) {
      this.#leaving.delete(next);
      const resource = this.#byId.get(next.resource.id);
      if (resource && lifecycleStatus(resource.lifecycle, nowMs) === undefined) gone.push(resource);
    }
    for (const resource of gone) this.remove(resource);
    return gone;
  }

  #stopLeaving(resource: R): void {
    const { deletion } = resource.lifecycle;
    if (deletion) this.#leaving.delete({ resource, endsAtMs: deletion.endsAtMs });
  }
}

const everything: Selection<unknown> = { name: '', fits: () => true };

function leavingKey({ resource, endsAtMs }: Leaving): string {
  return `${String(Math.ceil(endsAtMs)).padStart(20, '0')}|${resource.id}`;
}
