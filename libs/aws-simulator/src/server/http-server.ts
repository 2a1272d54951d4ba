import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpAnswer, HttpRequest } from './http-message.js';

/** Answers a request; `isTooLarge` says that its body was too long and is not there. */
export type RequestHandler = (request: HttpRequest, isTooLarge: boolean) => Promise<HttpAnswer>;

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The longest body in bytes, asked at every request. */
  readonly maxBodyBytes: () => number;
  /** The time in the Date header, in milliseconds since the epoch. */
  readonly dateMs: () => number;
}

interface Body {
  readonly bytes: Buffer;
  readonly isTooLarge: boolean;
}

/** How much more than the limit is read before the connection is given up. */
const droppedBytes = 32 * 1_024 * 1_024;

/** A plain HTTP server that keeps requests raw and can cut connections. */
export class HttpServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly handler: RequestHandler,
    private readonly options: HttpServerOptions,
  ) {
    this.#server = createServer(
      { keepAliveTimeout: 60_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 },
      (incoming, outgoing) => {
        this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
      },
    );
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('clientError', refuseConnection);
  }

  /** Listens. Rejects where the port can't be had. */
  static async start(handler: RequestHandler, options: HttpServerOptions): Promise<HttpServer> {
    const server = new HttpServer(handler, options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.port, options.host, () => {
        server.#server.off('error', reject);
        resolve();
      });
    });
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return address.port;
  }

  /** Stops listening and cuts every connection. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const gone = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    const body = await readBody(incoming, this.options.maxBodyBytes());
    if (body === undefined) return;
    const request = rawRequest(incoming, body.bytes, gone.signal);
    const answer = await this.handler(request, body.isTooLarge);
    if (outgoing.destroyed) return;
    if (answer.kind === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    // What is left of a body that is too long would be taken for the next request.
    const connection: Record<string, string> = body.isTooLarge ? { connection: 'close' } : {};
    const date = new Date(this.options.dateMs()).toUTCString();
    const length = String(Buffer.byteLength(answer.body));
    const lengthHeader: Record<string, string> = answer.status === 204 ? {} : { 'content-length': length };
    outgoing.writeHead(answer.status, { date, ...answer.headers, ...lengthHeader, ...connection });
    outgoing.end(request.method === 'HEAD' ? '' : answer.body);
  }
}

function rawRequest(incoming: IncomingMessage, body: Buffer, signal: AbortSignal): HttpRequest {
  const url = incoming.url ?? '/';
  const at = url.indexOf('?');
  const headers = new Map<string, string[]>();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    const name = (incoming.rawHeaders[index] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), incoming.rawHeaders[index + 1] ?? '']);
  }
  const rawPath = at < 0 ? url : url.slice(0, at);
  return { method: incoming.method ?? 'GET', rawPath, rawQuery: at < 0 ? '' : url.slice(at + 1), headers, body, signal };
}

/** The whole body; one that is too long is read and dropped, so that the client can finish and hear the answer. */
function readBody(incoming: IncomingMessage, limit: number): Promise<Body | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = () =>
      resolve(length > limit ? { bytes: Buffer.alloc(0), isTooLarge: true } : { bytes: Buffer.concat(chunks), isTooLarge: false });
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > limit + droppedBytes) finish();
    });
    incoming.once('end', finish);
    incoming.once('error', () => resolve(undefined));
    incoming.once('close', () => resolve(undefined));
  });
}

/** What could not be read as HTTP gets a bare status and the connection is closed. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
