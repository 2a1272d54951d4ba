import { setTimeout as sleep } from 'node:timers/promises';

import type { ListPage } from '../operations/list-objects.js';
import type { HttpExchange } from '../server/http-exchange.js';
import { encodeContinue, lostRevision } from '../store/continue-token.js';
import type { FaultEffect } from './fault-rule.js';
import { faultStatus } from './fault-status.js';

const dripEveryMs = 100;

/** What a fault needs of the events of a watch. */
export interface FaultyWatch {
  send(event: { readonly type: 'ERROR'; readonly body: ReturnType<typeof faultStatus>['body'] }): void;
}

/** What goes wrong with one request. */
export class RequestFaults {
  /**
   * @param effect undefined where nothing goes wrong
   * @param reset cuts the connection of the request with a TCP reset
   */
  constructor(
    private readonly effect: FaultEffect | undefined,
    private readonly reset: (exchange: HttpExchange) => void,
  ) {}

  /**
   * Does what happens before the request is looked at.
   * @returns whether that was all
   * @throws ApiError where an error was injected
   */
  async before(exchange: HttpExchange): Promise<boolean> {
    const { effect } = this;
    if (effect?.kind === 'status') throw faultStatus(effect.code, effect.message, effect.retryAfterSeconds);
    if (effect?.kind === 'hang') {
      await untilAborted(exchange.signal);
      return true;
    }
    if (effect?.kind === 'slow') {
      await pause(effect.delayMs, exchange.signal);
      return exchange.signal.aborted;
    }
    if (effect?.kind !== 'reset' || effect.at === 'mid-body') return false;
    this.reset(exchange);
    return true;
  }

  /** A page as the client is to see it. */
  changePage(page: ListPage): ListPage {
    if (this.effect?.kind === 'empty-list') return { ...page, items: [], continueToken: '', remainingItemCount: undefined };
    if (this.effect?.kind !== 'lost-continue') return page;
    const items = page.continueToken === '' ? page.items.slice(0, Math.ceil(page.items.length / 2)) : page.items;
    const afterKey = items.at(-1)?.name ?? 'none';
    return {
      ...page,
      items,
      continueToken: encodeContinue({ afterKey, revision: lostRevision }),
      remainingItemCount: Math.max(1, page.items.length - items.length),
    };
  }

  /**
   * Sends a list in a way that goes wrong.
   * @returns whether it was sent
   */
  async sendList(exchange: HttpExchange, text: () => string): Promise<boolean> {
    const { effect } = this;
    const cutsOff = effect?.kind === 'truncated-list' || (effect?.kind === 'reset' && effect.at === 'mid-body');
    const drips = effect?.kind === 'slow' && effect.dripBytes !== undefined;
    if (!cutsOff && !drips) return false;
    exchange.beginStream({ 'content-type': 'application/json' });
    const body = Buffer.from(text());
    if (drips) await drip(exchange, body, effect.dripBytes ?? 1, effect.dripEveryMs ?? dripEveryMs);
    else await writeAll(exchange, body.subarray(0, Math.ceil(body.length / 2)));
    if (effect.kind === 'reset') this.reset(exchange);
    else exchange.response.end();
    return true;
  }

  /** Writes the lines of a watch, as far as nothing goes wrong with them. */
  lineWriter(exchange: HttpExchange): (line: string) => void {
    const { effect } = this;
    if (effect?.kind === 'silent-watch') return () => undefined;
    if (effect?.kind !== 'reset') return (line) => void exchange.response.write(line);
    let left = effect.afterEvents ?? 0;
    return (line) => {
      left -= 1;
      if (left >= 0) {
        exchange.response.write(line);
        return;
      }
      if (left < -1) return;
      void writeAll(exchange, Buffer.from(line.slice(0, Math.ceil(line.length / 2)))).then(() => this.reset(exchange));
    };
  }

  /** Puts an ERROR event into a watch, at once or when its time has come. */
  beginWatch(watch: FaultyWatch, end: () => void): (line: string) => void {
    const { effect } = this;
    if (effect?.kind !== 'watch-error') return () => undefined;
    let left = effect.afterEvents ?? 0;
    const fail = (): void => {
      watch.send({ type: 'ERROR', body: faultStatus(effect.code, effect.message).body });
      end();
    };
    if (left === 0) fail();
    return () => {
      left -= 1;
      if (left === 0) fail();
    };
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Waits, or until the client is gone. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

async function drip(exchange: HttpExchange, body: Buffer, bytes: number, everyMs: number): Promise<void> {
  for (let at = 0; at < body.length && !exchange.signal.aborted; at += bytes) {
    exchange.response.write(body.subarray(at, at + bytes));
    await pause(everyMs, exchange.signal);
  }
}

/** Writes a piece of a body and waits until it has left the process. */
function writeAll(exchange: HttpExchange, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    exchange.response.write(piece, () => resolve());
    exchange.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
