import { SortedList } from '../state/sorted-list.js';
import type { Paged } from '../state/list-page.js';

/** Tags at a time; undefined where the resource is gone. */
type Tags = ReadonlyMap<string, string> | undefined;

interface Entry {
  visible: Tags;
  /** Whether it was ever seen with a tag: only such resources are listed at all. */
  wasTagged: boolean;
  pending: readonly { readonly atMs: number; readonly tags: Tags }[];
}

/** A resource as the tagging API lists it. */
export interface TaggedResource {
  readonly arn: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** Which resources a list shows; the same name means the same question. */
export interface TagSelection {
  readonly name: string;
  readonly fits: (resource: TaggedResource) => boolean;
}

interface View {
  readonly selection: TagSelection;
  readonly arns: SortedList<string>;
}

interface Due {
  readonly arn: string;
  readonly atMs: number;
}

/** How many lists are kept up to date; the one that was asked for first goes. */
const viewLimit = 16;

/** What the tagging API knows of one account and region: it follows Lattice with a lag, and lists what was deleted until the lag is over. */
export class TagIndex {
  readonly #entries = new Map<string, Entry>();
  /** Resources with changes that are still to be seen, by the time of each. */
  readonly #due = new SortedList<Due>(dueKey);
  /** Lists that were asked for once, by the name of their selection: a long list is read page by page while it changes. */
  readonly #views = new Map<string, View>();

  /** Takes note of a resource's tags, to be seen from `visibleAtMs` on; undefined tags mean that the resource is gone. */
  note(arn: string, tags: ReadonlyMap<string, string> | undefined, nowMs: number, visibleAtMs: number): void {
    const entry = this.#entries.get(arn) ?? { visible: undefined, wasTagged: false, pending: [] };
    this.#entries.set(arn, entry);
    entry.pending = [...entry.pending, { atMs: visibleAtMs, tags: tags && new Map(tags) }];
    this.#due.add({ arn, atMs: visibleAtMs });
    this.#settle(nowMs);
  }

  /** Resources that are or were tagged and fit, in the order of the ARNs. */
  list(nowMs: number, selection: TagSelection = everything): Paged<TaggedResource> & Iterable<TaggedResource> {
    this.#settle(nowMs);
    const { arns } = this.#views.get(selection.name) ?? this.#newView(selection);
    const resourceOf = (arn: string) => this.#listed(arn) ?? [];
    return {
      page: (after, size) => {
        const { items, next } = arns.page(after, size);
        return { items: items.flatMap(resourceOf), next };
      },
      [Symbol.iterator]: () => [...arns].flatMap(resourceOf).values(),
    };
  }

  /** One resource, where it is listed. */
  get(arn: string, nowMs: number): TaggedResource | undefined {
    this.#settle(nowMs);
    return this.#listed(arn);
  }

  /** What {@link restore} takes. */
  save(): readonly (readonly [string, Entry])[] {
    return [...this.#entries];
  }

  /** Takes entries into an index that has none yet. */
  restore(entries: readonly (readonly [string, Entry])[]): void {
    for (const [arn, entry] of entries) {
      this.#entries.set(arn, entry);
      for (const { atMs } of entry.pending) this.#due.add({ arn, atMs });
    }
  }

  #listed(arn: string): TaggedResource | undefined {
    const entry = this.#entries.get(arn);
    return entry?.visible && entry.wasTagged ? { arn, tags: entry.visible } : undefined;
  }

  #newView(selection: TagSelection): View {
    const fitting = [...this.#entries.keys()].filter((arn) => isShown(selection, this.#listed(arn)));
    const view: View = { selection, arns: SortedList.of(fitting, (arn) => arn) };
    const [oldest] = this.#views.size < viewLimit ? [] : this.#views.keys();
    if (oldest !== undefined) this.#views.delete(oldest);
    this.#views.set(selection.name, view);
    return view;
  }

  /** Brings what is due by now into sight. */
  #settle(nowMs: number): void {
    for (let due = this.#due.first(); due && due.atMs <= nowMs; due = this.#due.first()) {
      this.#due.delete(due);
      const entry = this.#entries.get(due.arn);
      if (entry) this.#show(due.arn, entry, nowMs);
    }
  }

  /** The last change that is due holds; one before it that is not due yet has been overtaken. */
  #show(arn: string, entry: Entry, nowMs: number): void {
    const last = entry.pending.findLastIndex((change) => change.atMs <= nowMs);
    if (last < 0) return;
    const seen = entry.pending.slice(0, last + 1);
    entry.visible = seen.at(-1)?.tags;
    entry.wasTagged ||= seen.some((change) => (change.tags?.size ?? 0) > 0);
    entry.pending = entry.pending.slice(last + 1);
    if (entry.visible === undefined && entry.pending.length === 0) this.#entries.delete(arn);
    const resource = this.#listed(arn);
    for (const { selection, arns } of this.#views.values()) {
      if (isShown(selection, resource)) arns.add(arn);
      else arns.delete(arn);
    }
  }
}

const everything: TagSelection = { name: '', fits: () => true };

function isShown(selection: TagSelection, resource: TaggedResource | undefined): boolean {
  return resource !== undefined && selection.fits(resource);
}

function dueKey({ arn, atMs }: Due): string {
  return `${String(Math.ceil(atMs)).padStart(20, '0')}|${arn}`;
}
