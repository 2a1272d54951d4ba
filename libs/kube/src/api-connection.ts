import type { IncomingMessage } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import tls from 'node:tls';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { AddressRules } from './address-rules.js';
import { bodyOf } from './answer-body.js';
import type { ApiEndpoint } from './api-endpoint.js';
import { withDeadline } from './deadline.js';
import { errorOfSocket, KubeError } from './kube-error.js';

/** How a connection behaves. */
export interface ConnectionOptions {
  /** Where the endpoint may lead. Left out for the hub's own cluster, which an operator configured. */
  readonly addressRules?: AddressRules;
  readonly connectTimeoutMs: number;
  /** How often an open connection is asked whether it lives, and how long it has to answer. */
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly userAgent: string;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query, below the endpoint's own path. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** How long the server has until its headers are there. */
  readonly headersTimeoutMs: number;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}

/** How long answers that are under way have after a server has said goodbye. */
const goodbyeMs = 500;

/** Windows large enough that one LIST does not stop and go. */
const windowBytes = 4 * 1024 * 1024;

/**
 * One connection to one Kubernetes API, HTTP/2 where the server has it. Everything that is read over it comes from the same server, which is what
 * "whole over this connection" means (design law 1a). With HTTP/1.1 it is a set of sockets that ends when one of them breaks.
 * It follows no redirect.
 */
export abstract class ApiConnection {
  private settleClosed!: (why: KubeError) => void;
  /** Resolves with the reason when the connection is over. */
  readonly closed: Promise<KubeError> = new Promise((resolve) => (this.settleClosed = resolve));
  private isOver = false;

  protected constructor(
    protected readonly endpoint: ApiEndpoint,
    protected readonly options: ConnectionOptions,
  ) {}

  /**
   * Connects.
   * @throws KubeError of kind addressRefused, tls, unreachable or timeout
   */
  static async open(endpoint: ApiEndpoint, options: ConnectionOptions, signal: AbortSignal): Promise<ApiConnection> {
    const socket = await connect(endpoint, options, signal);
    if (socket.alpnProtocol === 'h2') return new Http2Connection(endpoint, options, socket);
    return new Http1Connection(endpoint, options, socket);
  }

  /** Sends a request and resolves with the head of the answer. @throws KubeError */
  abstract request(request: ApiRequest): Promise<ApiAnswer>;

  protected abstract destroy(): void;

  /** Ends the connection and every request on it. */
  close(why: KubeError = new KubeError('unreachable', 'the connection was closed')): void {
    if (this.isOver) return;
    this.isOver = true;
    this.settleClosed(why);
    this.destroy();
  }

  protected headers(request: ApiRequest): Record<string, string> {
    return {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': this.options.userAgent,
      ...(this.endpoint.token !== undefined && { authorization: `Bearer ${this.endpoint.token}` }),
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...request.headers,
    };
  }

  protected pathOf(request: ApiRequest): string {
    return `${this.endpoint.server.pathname.replace(/\/$/, '')}${request.path}`;
  }
}

/** Whom to trust and who the hub is, as OpenSSL has it: made once for an endpoint, because one that does not answer is tried again and again. */
const secureContexts = new WeakMap<ApiEndpoint, tls.SecureContext>();

/** @throws Error where a certificate or a key can't be read */
function secureContextOf(endpoint: ApiEndpoint): tls.SecureContext {
  let context = secureContexts.get(endpoint);
  if (context) return context;
  context = tls.createSecureContext({
    minVersion: 'TLSv1.2',
    ...(endpoint.ca !== undefined && { ca: endpoint.ca }),
    ...(endpoint.cert !== undefined && { cert: endpoint.cert, key: endpoint.key }),
  });
  secureContexts.set(endpoint, context);
  return context;
}

async function connect(endpoint: ApiEndpoint, options: ConnectionOptions, signal: AbortSignal): Promise<tls.TLSSocket> {
  const { server } = endpoint;
  const host = server.hostname.replace(/^\[|\]$/g, '');
  options.addressRules?.check(host);
  const servername = endpoint.serverName ?? (isIP(host) ? '' : host);
  const socket = tls.connect({
    host,
    port: Number(server.port || 443),
    ALPNProtocols: ['h2', 'http/1.1'],
    servername,
    secureContext: secureContextOf(endpoint),
    // For a server name that is not the host's, the certificate must be for the name.
    ...(endpoint.serverName !== undefined && { checkServerIdentity: (_, cert) => tls.checkServerIdentity(servername, cert) }),
    ...(options.addressRules && { lookup: options.addressRules.lookup }),
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  const connected = (deadline: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the server closed the connection')));
      const late = () => reject(deadline.reason as Error);
      if (deadline.aborted) late();
      deadline.addEventListener('abort', late, { once: true });
    });
  try {
    await withDeadline(options.connectTimeoutMs, signal, connected);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw errorOfSocket(error);
  }
}

class Http2Connection extends ApiConnection {
  private readonly session: http2.ClientHttp2Session;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(endpoint: ApiEndpoint, options: ConnectionOptions, socket: tls.TLSSocket) {
    super(endpoint, options);
    this.session = http2.connect(endpoint.server.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: windowBytes },
      // In MB. At Node's 10 a few large bodies at once end each other's streams. What comes in is bounded by the windows, what goes out is the hub's.
      maxSessionMemory: 256,
    });
    this.session.on('error', (error) => this.close(errorOfSocket(error)));
    this.session.on('goaway', () => this.leave());
    this.session.on('close', () => this.close(new KubeError('unreachable', 'the server closed the connection')));
    this.session.once('connect', () => this.session.setLocalWindowSize(windowBytes * 4));
    this.heartbeat = setInterval(() => this.ping(), options.pingIntervalMs).unref();
  }

  /** Half-open connections are found by asking: a server that is gone sends nothing, not even an end. */
  private ping(): void {
    const late = setTimeout(
      () => this.close(new KubeError('timeout', 'the server does not answer pings')),
      this.options.pingTimeoutMs,
    ).unref();
    try {
      this.session.ping(() => clearTimeout(late));
    } catch {
      clearTimeout(late);
    }
  }

  /** Whoever says goodbye still answers what was asked before: an API server does so with every 401, which must be heard. */
  private leave(): void {
    setTimeout(() => this.close(new KubeError('unreachable', 'the server said goodbye')), goodbyeMs).unref();
  }

  protected override destroy(): void {
    clearInterval(this.heartbeat);
    this.session.destroy();
  }

  override async request(request: ApiRequest): Promise<ApiAnswer> {
    request.signal.throwIfAborted();
    if (this.session.closed || this.session.destroyed) throw new KubeError('unreachable', 'the connection is closed');
    const stream = this.session.request(
      {
        ':method': request.method,
        ':path': this.pathOf(request),
        ':authority': this.endpoint.server.host,
        ...this.headers(request),
      },
      { endStream: request.body === undefined, signal: request.signal },
    );
    if (request.body !== undefined) stream.end(request.body);
    const headers = await headOf<http2.IncomingHttpHeaders>(stream, 'response', request);
    const status = Number(headers[':status'] ?? 0);
    return { status, headers: headers as Record<string, string | undefined>, body: bodyOf(stream, headers['content-encoding']) };
  }
}

class Http1Connection extends ApiConnection {
  private readonly agent: https.Agent;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(endpoint: ApiEndpoint, options: ConnectionOptions, first: tls.TLSSocket) {
    super(endpoint, options);
    // The first socket has told that there is no HTTP/2. The agent opens its own, under the same rules.
    first.on('error', () => undefined);
    first.destroy();
    const host = endpoint.server.hostname.replace(/^\[|\]$/g, '');
    this.agent = new https.Agent({
      keepAlive: true,
      maxSockets: 16,
      minVersion: 'TLSv1.2',
      servername: endpoint.serverName ?? (isIP(host) ? '' : host),
      ...(options.addressRules && { lookup: options.addressRules.lookup }),
      ...(endpoint.ca !== undefined && { ca: endpoint.ca }),
      ...(endpoint.cert !== undefined && { cert: endpoint.cert, key: endpoint.key }),
    });
    this.heartbeat = setInterval(() => void this.ping(), options.pingIntervalMs).unref();
  }

  private async ping(): Promise<void> {
    try {
      const answer = await this.request({
        method: 'GET',
        path: '/version',
        signal: AbortSignal.timeout(this.options.pingTimeoutMs),
        headersTimeoutMs: this.options.pingTimeoutMs,
      });
      answer.body.resume();
    } catch (error) {
      this.close(errorOfSocket(error));
    }
  }

  protected override destroy(): void {
    clearInterval(this.heartbeat);
    this.agent.destroy();
  }

  override async request(request: ApiRequest): Promise<ApiAnswer> {
    request.signal.throwIfAborted();
    const call = https.request({
      agent: this.agent,
      host: this.endpoint.server.hostname.replace(/^\[|\]$/g, ''),
      port: Number(this.endpoint.server.port || 443),
      method: request.method,
      path: this.pathOf(request),
      headers: { host: this.endpoint.server.host, ...this.headers(request) },
      signal: request.signal,
    });
    call.end(request.body);
    try {
      const answer = await headOf<IncomingMessage>(call, 'response', request);
      return {
        status: answer.statusCode ?? 0,
        headers: answer.headers as Record<string, string | undefined>,
        body: bodyOf(answer, answer.headers['content-encoding']),
      };
    } catch (error) {
      const classified = errorOfSocket(error);
      if (classified.kind === 'unreachable' && !request.signal.aborted) this.close(classified);
      throw classified;
    }
  }
}

/** The head of an answer, within the deadline. */
async function headOf<T>(
  stream: NodeJS.EventEmitter & { destroy(error?: Error): unknown },
  event: string,
  request: ApiRequest,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const closed = () => reject(new KubeError('unreachable', 'the server closed the stream without an answer'));
  const late = setTimeout(
    () => reject(new KubeError('timeout', `no answer within ${request.headersTimeoutMs} ms`)),
    request.headersTimeoutMs,
  );
  stream.once(event, resolve);
  stream.once('error', reject);
  stream.once('close', closed);
  try {
    return await promise;
  } catch (error) {
    stream.on('error', () => undefined);
    stream.destroy();
    if (request.signal.aborted) throw request.signal.reason;
    throw errorOfSocket(error);
  } finally {
    clearTimeout(late);
    // Every stream closes in its time. The error that nobody waits for any more would be a good part of what an idle fleet costs.
    stream.off('error', reject);
    stream.off('close', closed);
  }
}
