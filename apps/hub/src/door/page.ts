import type { FeedEntry } from './list-feed.js';
import { Problem } from './problem.js';

/** How many items a page holds where nothing else is asked for. */
export const ordinaryPage = 500;
/** How many items a page holds at most. */
export const largestPage = 5000;

/** What of a list is asked for. */
export interface PageQuery {
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
}

/**
 * A page of a list as JSON, `{"items": […], "continue": …}`. The next page goes on after the last item of this one, wherever the list has come to by
 * then: what was there all the time is on one page, and on no other.
 * @throws Problem 400 for a `continue` that no page gave
 */
export async function pageText<T>(
  entries: readonly FeedEntry<T>[],
  query: PageQuery,
  isVisible: (item: T) => boolean | Promise<boolean>,
): Promise<string> {
  const { limit = ordinaryPage } = query;
  const texts: string[] = [];
  let last: string | undefined;
  for (let i = query.continue === undefined ? 0 : firstAfter(entries, keyOf(query.continue)); i < entries.length; i++) {
    const entry = entries[i];
    if (!entry) continue;
    const seen = isVisible(entry.item);
    if (!(typeof seen === 'boolean' ? seen : await seen)) continue;
    if (texts.length >= limit) return `{"items":[${texts.join(',')}],"continue":${JSON.stringify(tokenOf(last ?? ''))}}`;
    texts.push(entry.text);
    last = entry.key;
  }
  return `{"items":[${texts.join(',')}]}`;
}

function firstAfter<T>(entries: readonly FeedEntry<T>[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.key ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tokenOf(key: string): string {
  return Buffer.from(`1 ${key}`).toString('base64url');
}

function keyOf(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('1 ') || tokenOf(text.slice(2)) !== token) {
    const fix = 'give the value that the page before gave, or leave it out';
    throw new Problem(400, 'InvalidInput', `continue: ${fix}`, [{ field: 'continue', fix }]);
  }
  return text.slice(2);
}
