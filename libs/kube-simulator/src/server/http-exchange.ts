import { randomUUID } from 'node:crypto';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { stringify } from 'yaml';

import { encodeJson } from '../object/encode-json.js';
import type { JsonObject } from '../object/json-value.js';
import { tooLarge } from '../status/api-error.js';
import type { ApiError } from '../status/api-error.js';
import { isNegotiable } from './media-type.js';
import type { Encoding } from './media-type.js';

const compress = promisify(gzip);
/** Larger answers are compressed for clients who accept it, as the API server does. */
const compressAboveBytes = 128 * 1024;
/** The largest body of a request. */
const maxBodyBytes = 3 * 1024 * 1024;
/** Up to here Go's servers know the length before they send the headers. */
const lengthKnownBytes = { http1: 2048, http2: 4096 } as const;

/** The client is gone, or the connection was cut on purpose. */
export class ConnectionGoneError extends Error {
  override readonly name = 'ConnectionGoneError';
}

/** One request and its answer. */
export class HttpExchange {
  readonly auditId: string;
  /** The path, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What the Warning headers will say. */
  readonly warnings: string[] = [];
  private readonly abort = new AbortController();

  constructor(
    readonly request: Http2ServerRequest,
    readonly response: Http2ServerResponse,
    private readonly nowMs: () => number,
  ) {
    const given = this.header('audit-id');
    this.auditId = given !== undefined && given !== '' && given.length <= 64 ? given : randomUUID();
    // A proxy may write the whole URL.
    const [path = '/', ...rest] = request.url.replace(/^https?:\/\/[^/?]*/i, '').split('?');
    this.path = decodePath(path);
    this.query = new URLSearchParams(rest.join('?'));
    response.on('close', () => this.abort.abort());
    request.on('aborted', () => this.abort.abort());
  }

  get method(): string {
    return this.request.method;
  }

  get isHttp2(): boolean {
    return this.request.httpVersionMajor === 2;
  }

  get userAgent(): string {
    return this.header('user-agent') ?? '';
  }

  /** Aborted once the client is gone. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  }

  /** The values of a header that may come several times. */
  headerValues(name: string): string[] {
    const { rawHeaders } = this.request;
    return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  }

  /** Whether bodies are indented: on request, and for those who look at them with their own eyes. */
  get isPretty(): boolean {
    const asked = this.query.get('pretty');
    if (asked !== null) return asked === '' || asked === '1' || asked.toLowerCase() === 'true' || asked === 't';
    return /^(curl|Wget|Mozilla\/5\.0)/.test(this.userAgent);
  }

  /** The body as text; see readBytes. */
  async readBody(): Promise<string> {
    return (await this.readBytes()).toString('utf8');
  }

  /**
   * The body of the request.
   * @throws ApiError 413
   * @throws ConnectionGoneError
   */
  async readBytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.readChunks()) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) throw tooLarge(`limit is ${maxBodyBytes}`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private async *readChunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of this.request) yield chunk as Buffer;
    } catch {
      throw new ConnectionGoneError('the client went away');
    }
  }

  /** Sends an object. */
  async sendObject(
    code: number,
    body: JsonObject,
    encoding: Encoding = 'json',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const text =
      encoding === 'yaml' ? stringify(body, { sortMapEntries: true }) : this.isPretty ? encodeJson(body, 2) : `${encodeJson(body)}\n`;
    await this.sendText(code, `application/${encoding}`, text, headers);
  }

  /** Sends JSON that is always indented, as some parts of the API server do. */
  async sendIndented(code: number, body: JsonObject): Promise<void> {
    await this.sendText(code, 'application/json', encodeJson(body, 2), {});
  }

  /** Sends an error as the API server would. */
  async sendError(error: ApiError, encoding: Encoding = 'json'): Promise<void> {
    if (error.code === 406 && !isNegotiable(this.header('accept'))) return this.sendIndented(error.code, error.body);
    const seconds = error.retryAfterSeconds;
    await this.sendObject(error.code, error.body, encoding, seconds === undefined ? {} : { 'retry-after': String(seconds) });
  }

  async sendText(code: number, contentType: string, text: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    let body = typeof text === 'string' ? Buffer.from(text) : text;
    const extra: Record<string, string> = { ...headers };
    if (body.length > compressAboveBytes && /\bgzip\b/.test(this.header('accept-encoding') ?? '')) {
      body = await compress(body, { level: 4 });
      extra['content-encoding'] = 'gzip';
      extra['vary'] = 'Accept-Encoding';
      delete extra['content-length'];
    } else if (body.length <= (this.isHttp2 ? lengthKnownBytes.http2 : lengthKnownBytes.http1) || extra['content-length'] === 'known') {
      extra['content-length'] = String(body.length);
    }
    this.writeHead(code, { ...extra, 'content-type': contentType });
    if (this.method === 'HEAD') this.response.end();
    else this.response.end(body);
  }

  /** Tells a client that what it has is still true. */
  sendUnchanged(headers: Readonly<Record<string, string>>): void {
    this.writeHead(304, headers);
    this.response.end();
  }

  /** An answer without a body, and without a word on what it would be. */
  sendEmpty(code: number): void {
    this.writeHead(code, { 'content-length': '0' });
    this.response.end();
  }

  /** Begins a body of no known length: the headers go out at once. */
  beginStream(headers: Readonly<Record<string, string>>): void {
    this.writeHead(200, headers);
    (this.response as unknown as { flushHeaders(): void }).flushHeaders();
  }

  /** Sets the headers, those of every answer among them. */
  private writeHead(code: number, headers: Readonly<Record<string, string>>): void {
    if (this.response.headersSent || this.response.destroyed) throw new ConnectionGoneError('the answer can no longer be sent');
    this.response.statusCode = code;
    this.response.sendDate = false;
    if (!this.isHttp2) this.writeHttp1Head(code);
    this.response.setHeader('audit-id', this.auditId);
    this.response.setHeader('cache-control', 'no-cache, private');
    for (const [name, value] of Object.entries(headers)) this.response.setHeader(name, value);
    if (this.warnings.length > 0) this.response.setHeader('warning', this.warnings.map(warningHeader));
    this.response.setHeader('date', new Date(this.nowMs()).toUTCString());
  }

  /** HTTP/1.1 in the words of Go: connections stay open without a word, and end where the body of a request was not read. */
  private writeHttp1Head(code: number): void {
    if (code !== 413) {
      this.response.removeHeader('connection');
      return;
    }
    Object.assign(this.response, { statusMessage: 'Request Entity Too Large' });
    this.response.setHeader('connection', 'close');
  }

  /** Sets a header before the answer is sent. */
  setHeader(name: string, value: string): void {
    if (!this.response.headersSent) this.response.setHeader(name, value);
  }
}

function decodePath(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** A Warning header (RFC 7234, 5.5) as the API server writes it. */
function warningHeader(text: string): string {
  const safe = text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/[\\"]/g, (character) => `\\${character}`);
  return `299 - "${Buffer.from(safe).toString('latin1')}"`;
}
