import type { WatchEvent, WatchSink } from '../operations/watch-session.js';
import { encodeJson } from '../object/encode-json.js';
import type { HttpExchange } from './http-exchange.js';
import type { ObjectEncoder } from './object-encoder.js';

/** A client that lets this much pile up is too slow: its watch ends, as on the API server. */
const maxBufferedBytes = 16 * 1024 * 1024;

/** Writes the events of a watch, one line of JSON each. */
export class WatchStream implements WatchSink {
  private isEnded = false;

  constructor(
    private readonly exchange: HttpExchange,
    private readonly encoder: ObjectEncoder,
    private readonly onOverflow: () => void,
    private readonly writeLine: (line: string) => void = (line) => void exchange.response.write(line),
  ) {}

  /** Sends the headers, before any event. */
  begin(): void {
    this.exchange.beginStream({ 'content-type': 'application/json' });
  }

  send(event: WatchEvent): void {
    if (this.isEnded || this.exchange.response.destroyed) return;
    this.writeLine(`{"type":"${event.type}","object":${this.textOf(event)}}\n`);
    if (this.exchange.response.writableLength > maxBufferedBytes) this.onOverflow();
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (!this.exchange.response.destroyed) this.exchange.response.end();
  }

  private textOf(event: WatchEvent): string {
    if ('stored' in event) return this.encoder.eventText(event.stored);
    return event.type === 'ERROR' ? encodeJson(event.body) : this.encoder.bookmarkText(event.body);
  }
}
