import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';

/** How often a watched list is looked at, and how much may wait for a slow reader before it is cut off. */
const pollMs = 500;
const mostBufferedBytes = 1024 * 1024;
const mostMs = 30 * 60_000;

/**
 * Sends a list as a stream of lines, `{"type": "ADDED" | "MODIFIED" | "DELETED", "object": …}`: first everything, then what is different. A reader
 * who does not keep up is cut off.
 */
export async function watchStream<T>(response: Response, list: () => Promise<readonly T[]>, idOf: (item: T) => string): Promise<void> {
  response.status(200).type('application/x-ndjson').setHeader('cache-control', 'no-cache');
  response.flushHeaders();
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const until = Date.now() + mostMs;
  let known = new Map<string, string>();
  const isOver = () => response.destroyed || response.writableEnded || Date.now() > until;
  while (!isOver()) {
    const now = new Map<string, string>();
    for (const item of await list()) now.set(idOf(item), JSON.stringify(item));
    for (const [id, text] of now) {
      const before = known.get(id);
      if (before !== text) response.write(`{"type":"${before === undefined ? 'ADDED' : 'MODIFIED'}","object":${text}}\n`);
    }
    for (const [id, text] of known) if (!now.has(id)) response.write(`{"type":"DELETED","object":${text}}\n`);
    known = now;
    if (response.writableLength > mostBufferedBytes) {
      response.destroy();
      return;
    }
    await Promise.race([closed, sleep(pollMs, undefined, { ref: false })]);
  }
  response.end();
}
