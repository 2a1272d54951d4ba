import { once } from 'node:events';
import type { Response } from 'express';
import { FellBehind, type FeedChange, type ListFeed } from './list-feed.js';
import { Problem } from './problem.js';

/** What a watch may cost. */
export interface StreamLimits {
  readonly streams: number;
  /** A watch ends after this long; whoever goes on watching asks again, and is looked at again. */
  readonly lifeMs: number;
  /** A reader that takes nothing for so long is cut off. */
  readonly idleMs: number;
}

const ordinary: StreamLimits = { streams: 1000, lifeMs: 30 * 60_000, idleMs: 10_000 };

/** How much is handed to the socket at once, of what is made for one reader. */
const chunkBytes = 64 * 1024;
/** So many changes at most are handed to all readers as the same bytes. */
const mostShared = 200;
const made = new WeakMap<readonly object[], Buffer>();

/** The watches of one process; so many and no more. */
export class WatchStreams {
  private open = 0;

  constructor(private readonly limits: StreamLimits = ordinary) {}

  /**
   * Sends a list as a stream of lines, `{"type": "ADDED" | "MODIFIED" | "DELETED", "object": …}`: first everything, then what is different. It never
   * holds more for a reader than one chunk; a reader who does not keep up is cut off, and may begin anew.
   * @throws Problem 429 where there are too many; whatever the reading of the list throws, if nothing was sent yet
   */
  async send<T extends object>(response: Response, feed: ListFeed<T>, isVisible: (item: T) => boolean | Promise<boolean>): Promise<void> {
    const { streams, lifeMs, idleMs } = this.limits;
    if (this.open >= streams) throw new Problem(429, 'TooManyWatches', `there are ${streams} already: try again later`, [], 10);
    this.open++;
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), lifeMs).unref();
    response.once('close', () => ended.abort());
    try {
      for await (const changes of feed.watch(ended.signal)) {
        begin(response);
        await write({ response, signal: ended.signal, idleMs }, changes, isVisible);
      }
      response.end();
    } catch (error) {
      if (!(error instanceof FellBehind) && !response.headersSent) throw error;
      response.destroy();
    } finally {
      clearTimeout(timer);
      this.open--;
    }
  }
}

/** Who a watch is sent to. */
interface Reader {
  readonly response: Response;
  readonly signal: AbortSignal;
  readonly idleMs: number;
}

function begin(response: Response): void {
  if (response.headersSent) return;
  response.status(200).type('application/x-ndjson').setHeader('cache-control', 'no-cache');
  response.flushHeaders();
}

async function write<T>(
  reader: Reader,
  changes: readonly FeedChange<T>[],
  isVisible: (item: T) => boolean | Promise<boolean>,
): Promise<void> {
  if (changes.length <= mostShared && (await areAllVisible(changes, isVisible))) {
    await hand(reader, sharedLines(changes));
    return;
  }
  let chunk = '';
  for (const change of changes) {
    if (reader.signal.aborted) return;
    const seen = isVisible(change.entry.item);
    if (!(typeof seen === 'boolean' ? seen : await seen)) continue;
    chunk += lineOf(change);
    if (chunk.length < chunkBytes) continue;
    await hand(reader, chunk);
    chunk = '';
  }
  if (chunk !== '') await hand(reader, chunk);
}

async function areAllVisible<T>(changes: readonly FeedChange<T>[], isVisible: (item: T) => boolean | Promise<boolean>): Promise<boolean> {
  for (const { entry } of changes) {
    const seen = isVisible(entry.item);
    if (!(typeof seen === 'boolean' ? seen : await seen)) return false;
  }
  return true;
}

function lineOf<T>({ type, entry }: FeedChange<T>): string {
  return `{"type":"${type}","object":${entry.text}}\n`;
}

/** The lines of changes that many readers are sent whole: the bytes are there once, however many sockets they wait for. */
function sharedLines<T>(changes: readonly FeedChange<T>[]): Buffer {
  let lines = made.get(changes);
  if (!lines) made.set(changes, (lines = Buffer.from(changes.map(lineOf).join(''))));
  return lines;
}

/** Hands text to the socket, and waits until it has taken it. @throws FellBehind where it does not */
async function hand({ response, signal, idleMs }: Reader, text: string | Buffer): Promise<void> {
  if (signal.aborted || response.write(text)) return;
  const limit = AbortSignal.timeout(idleMs);
  try {
    await once(response, 'drain', { signal: AbortSignal.any([limit, signal]) });
  } catch {
    if (limit.aborted) throw new FellBehind('the reader takes nothing');
  }
}
