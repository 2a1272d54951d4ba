/** A page of a list, and where the next one starts. */
export interface ListPage<T> {
  readonly items: readonly T[];
  /** The key of the last item where more follow. */
  readonly next: string | undefined;
}

/** What can be read page by page, in the order of its keys. */
export interface Paged<T> {
  /** At most `size` items after the key `after`, from the start where there is none. */
  page(after: string | undefined, size: number): ListPage<T>;
}

/** A short list that is in the order of its keys, to be read page by page. */
export function pagedList<T>(sorted: readonly T[], keyOf: (item: T) => string): Paged<T> {
  return { page: (after, size) => listPage(sorted, keyOf, after, size) };
}

/** At most `size` items after the key `after` of a list that is in the order of its keys. */
function listPage<T>(sorted: readonly T[], keyOf: (item: T) => string, after: string | undefined, size: number): ListPage<T> {
  const start = after === undefined ? 0 : firstAfter(sorted, keyOf, after);
  const items = sorted.slice(start, start + size);
  const last = items.at(-1);
  const hasMore = start + size < sorted.length && last !== undefined;
  return { items, next: hasMore ? keyOf(last) : undefined };
}

/** The items in the order of their keys, by code units. */
export function sortedByKey<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .toSorted((left, right) => compareKeys(left.key, right.key))
    .map(({ item }) => item);
}

function firstAfter<T>(sorted: readonly T[], keyOf: (item: T) => string, after: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = sorted[middle];
    if (item !== undefined && compareKeys(keyOf(item), after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Compares keys by code units. */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
