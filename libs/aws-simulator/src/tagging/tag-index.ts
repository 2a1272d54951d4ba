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

/** What the tagging API knows of one account and region: it follows Lattice with a lag, and lists what was deleted until the lag is over. */
export class TagIndex {
  readonly #entries = new Map<string, Entry>();
  /** The ARNs in their order, until the next one comes or goes. */
  #sorted: readonly string[] | undefined;

  /** Takes note of a resource's tags, to be seen from `visibleAtMs` on; undefined tags mean that the resource is gone. */
  note(arn: string, tags: ReadonlyMap<string, string> | undefined, nowMs: number, visibleAtMs: number): void {
    const entry = this.#entries.get(arn) ?? this.#newEntry(arn);
    entry.pending = [...entry.pending, { atMs: visibleAtMs, tags: tags && new Map(tags) }];
    this.#settle(arn, entry, nowMs);
  }

  /** Every resource that is or was tagged, in the order of the ARNs. */
  list(nowMs: number): readonly TaggedResource[] {
    this.#sorted ??= [...this.#entries.keys()].toSorted();
    return this.#sorted.map((arn) => this.get(arn, nowMs)).filter((resource) => resource !== undefined);
  }

  /** One resource, where it is listed. */
  get(arn: string, nowMs: number): TaggedResource | undefined {
    const entry = this.#entries.get(arn);
    if (!entry) return undefined;
    if (entry.pending.length > 0) this.#settle(arn, entry, nowMs);
    return entry.visible && entry.wasTagged ? { arn, tags: entry.visible } : undefined;
  }

  /** What {@link restore} takes. */
  save(): readonly (readonly [string, Entry])[] {
    return [...this.#entries];
  }

  restore(entries: readonly (readonly [string, Entry])[]): void {
    this.#entries.clear();
    this.#sorted = undefined;
    for (const [arn, entry] of entries) this.#entries.set(arn, entry);
  }

  #newEntry(arn: string): Entry {
    const entry: Entry = { visible: undefined, wasTagged: false, pending: [] };
    this.#entries.set(arn, entry);
    this.#sorted = undefined;
    return entry;
  }

  #settle(arn: string, entry: Entry, nowMs: number): void {
    const due = entry.pending.filter((change) => change.atMs <= nowMs);
    const last = due.at(-1);
    if (!last) return;
    entry.visible = last.tags;
    entry.wasTagged ||= due.some((change) => (change.tags?.size ?? 0) > 0);
    entry.pending = entry.pending.filter((change) => change.atMs > nowMs);
    if (entry.visible !== undefined || entry.pending.length > 0) return;
    this.#entries.delete(arn);
    this.#sorted = undefined;
  }
}
