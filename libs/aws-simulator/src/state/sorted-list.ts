import { compareKeys, sortedByKey } from './list-page.js';
import type { ListPage, Paged } from './list-page.js';

const blockSize = 512;

/** Items in the order of their keys, each key once. Adding, deleting and reading a page cost the same in a long list as in a short one. */
export class SortedList<T extends object | string> implements Paged<T> {
  /** The items in blocks of at most {@link blockSize}; no block is empty. */
  #blocks: T[][] = [];
  #size = 0;

  /** @param keyOf an item's key, which never changes while the item is in the list */
  constructor(private readonly keyOf: (item: T) => string) {}

  /** A list of these items, which are sorted once. */
  static of<T extends object | string>(items: Iterable<T>, keyOf: (item: T) => string): SortedList<T> {
    const list = new SortedList(keyOf);
    const sorted = sortedByKey([...items], keyOf);
    for (let at = 0; at < sorted.length; at += blockSize / 2) list.#blocks.push(sorted.slice(at, at + blockSize / 2));
    list.#size = sorted.length;
    return list;
  }

  get size(): number {
    return this.#size;
  }

  /** The item with the lowest key. */
  first(): T | undefined {
    return this.#blocks[0]?.[0];
  }

  /** Adds an item; one with the same key is replaced. */
  add(item: T): void {
    const key = this.keyOf(item);
    const index = this.#blockOf(key);
    const block = this.#blocks[index];
    if (!block) {
      this.#blocks.push([item]);
      this.#size = 1;
      return;
    }
    const at = this.#placeOf(block, key);
    const isThere = at < block.length && this.#keyAt(block, at) === key;
    block.splice(at, isThere ? 1 : 0, item);
    if (!isThere) this.#size += 1;
    if (block.length > blockSize) this.#blocks.splice(index, 1, block.slice(0, blockSize / 2), block.slice(blockSize / 2));
  }

  /** Takes the item with the same key out, where there is one. */
  delete(item: T): void {
    const key = this.keyOf(item);
    const index = this.#blockOf(key);
    const block = this.#blocks[index];
    if (!block) return;
    const at = this.#placeOf(block, key);
    if (at === block.length || this.#keyAt(block, at) !== key) return;
    block.splice(at, 1);
    this.#size -= 1;
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** At most `size` items after the key `after`, from the start where there is none. */
  page(after: string | undefined, size: number): ListPage<T> {
    const items: T[] = [];
    for (const item of this.#from(after)) {
      const last = items.at(-1);
      if (items.length === size) return { items, next: last === undefined ? undefined : this.keyOf(last) };
      items.push(item);
    }
    return { items, next: undefined };
  }

  /** All items in their order. */
  [Symbol.iterator](): Iterator<T> {
    return this.#from(undefined);
  }

  *#from(after: string | undefined): Generator<T> {
    const start = after === undefined ? 0 : this.#blockOf(after);
    for (let index = start; index < this.#blocks.length; index += 1) {
      const block = this.#blocks[index] ?? [];
      yield* after === undefined || index > start ? block : block.slice(this.#placeAfter(block, after));
    }
  }

  /** The last block that starts at the key or before it; the first where none does. */
  #blockOf(key: string): number {
    return Math.max(0, firstIndex(this.#blocks.length, (index) => compareKeys(this.#keyAt(this.#blocks[index] ?? [], 0), key) > 0) - 1);
  }

  /** Where the key stands in a block, or would stand. */
  #placeOf(block: readonly T[], key: string): number {
    return firstIndex(block.length, (index) => compareKeys(this.#keyAt(block, index), key) >= 0);
  }

  /** Where what follows the key starts in a block. */
  #placeAfter(block: readonly T[], key: string): number {
    return firstIndex(block.length, (index) => compareKeys(this.#keyAt(block, index), key) > 0);
  }

  #keyAt(block: readonly T[], index: number): string {
    const item = block[index];
    return item === undefined ? '' : this.keyOf(item);
  }
}

/** The first index from 0 up to `length` for which this holds, as it does for every later one. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
