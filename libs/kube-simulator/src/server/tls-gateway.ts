import { createSecureServer } from 'node:http2';
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

import { CertificateAuthority } from './certificates.js';
import { isPlainHttp, refuseBytes, refuseMalformed, refusePlainHttp } from './malformed-request.js';

/** What answers the requests of one port. */
export type RequestListener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** As much as Go's server takes. */
const maxHeaderBytes = 1024 * 1024;
/** How long an idle HTTP/1.1 connection is kept, as Go's server of the API server does. */
const idleMs = 90_000;

// The types do not know that the limit of headers is among these.
const http1Options = { keepAliveTimeout: idleMs, maxHeaderSize: maxHeaderBytes, requireHostHeader: false };

/**
 * TLS and HTTP for any number of ports: one certificate, one TLS context, HTTP/2 and HTTP/1.1 by ALPN. It listens nowhere itself; whoever
 * listens hands it the sockets, so that a thousand clusters cost little more than a thousand ports.
 */
export class TlsGateway {
  private readonly listeners = new Map<number, RequestListener>();
  private readonly sessions = new Set<ServerHttp2Session>();
  /** HTTP/1.1 connections with a request that is not answered yet. */
  private readonly busy = new WeakSet<Socket>();

  private constructor(
    readonly authority: CertificateAuthority,
    private readonly server: Http2SecureServer,
  ) {}

  static async create(): Promise<TlsGateway> {
    const authority = await CertificateAuthority.create();
    const server = createSecureServer({
      key: authority.server.privateKeyPem,
      cert: authority.server.certificatePem,
      ca: authority.certificatePem,
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      http1Options,
      settings: { maxConcurrentStreams: 100, initialWindowSize: 256 * 1024 },
      // In MB. Beyond Node's 10 it refuses streams (ENHANCE_YOUR_CALM), which no API server does.
      maxSessionMemory: 1000,
    });
    const gateway = new TlsGateway(authority, server);
    Object.assign(server, { maxHeadersCount: 0 });
    server.on('request', (request, response) => gateway.answer(request, response));
    server.on('clientError', (error, socket: Socket) => gateway.refuse(error, socket));
    server.on('tlsClientError', () => undefined);
    server.on('sessionError', () => undefined);
    server.on('session', (session) => gateway.follow(session));
    return gateway;
  }

  /** Answers what comes in on a port. */
  register(port: number, listener: RequestListener): void {
    this.listeners.set(port, listener);
  }

  unregister(port: number): void {
    this.listeners.delete(port);
  }

  /** Takes over a connection that was accepted. */
  accept(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) {
        socket.destroy();
        return;
      }
      if (isPlainHttp(first)) {
        refusePlainHttp(socket);
        return;
      }
      socket.unshift(first);
      this.server.emit('connection', socket);
    });
  }

  /** Takes leave of the HTTP/2 clients of a port with GOAWAY, and waits until their streams have ended. */
  async closeSessions(port: number): Promise<void> {
    const own = [...this.sessions].filter((session) => !session.closed && !session.destroyed && session.socket.localPort === port);
    await Promise.all(own.map((session) => new Promise<void>((resolve) => session.close(resolve))));
  }

  /** A client that goes away in the middle of a body gets no answer. */
  private refuse(error: Error, socket: Socket): void {
    if (this.busy.has(socket)) socket.destroy();
    else refuseBytes(error, socket);
  }

  private follow(session: ServerHttp2Session): void {
    session.on('error', () => undefined);
    this.sessions.add(session);
    session.on('close', () => this.sessions.delete(session));
  }

  private answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    if (refuseMalformed(request, response)) return;
    const { socket } = request;
    this.busy.add(socket);
    response.once('close', () => this.busy.delete(socket));
    const port = request.socket.localPort;
    const listener = port === undefined ? undefined : this.listeners.get(port);
    if (listener === undefined) request.socket.destroy();
    else listener(request, response);
  }
}
