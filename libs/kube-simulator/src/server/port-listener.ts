import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

import type { RequestListener, TlsGateway } from './tls-gateway.js';

/** What is to become of a connection that has just been accepted. */
export type ConnectionVerdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly delayMs: number };

/** One listening port, whose connections can all be cut at once. */
export class PortListener {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private listenPort: number;

  /** @param judge decides about every connection before TLS begins */
  constructor(
    private readonly gateway: TlsGateway,
    private readonly host: string,
    port: number,
    private readonly listener: RequestListener,
    private readonly judge: () => ConnectionVerdict,
  ) {
    this.listenPort = port;
  }

  /** The port; the real one once it listens. */
  get port(): number {
    return this.listenPort;
  }

  get isListening(): boolean {
    return this.server !== undefined;
  }

  /**
   * Listens, on the same port as before if it did before.
   * @throws Error with the code of the operating system (EADDRINUSE, EACCES)
   */
  async open(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer({ noDelay: true }, (socket) => this.take(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.listenPort, this.host, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    server.on('error', () => undefined);
    const address = server.address();
    if (address !== null && typeof address !== 'string') this.listenPort = address.port;
    this.gateway.register(this.listenPort, this.listener);
    this.server = server;
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    this.gateway.unregister(this.listenPort);
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    this.cutConnections();
    await closed;
  }

  /** Cuts every connection and goes on listening. */
  cutConnections(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  /** Resets the connection of one client, told by its port. */
  reset(remotePort: number | undefined): void {
    for (const socket of this.sockets) if (socket.remotePort === remotePort) socket.resetAndDestroy();
  }

  get connectionCount(): number {
    return this.sockets.size;
  }

  private take(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    const verdict = this.judge();
    if (verdict.kind === 'reset') socket.resetAndDestroy();
    else if (verdict.kind === 'accept') this.gateway.accept(socket);
    else if (verdict.kind === 'slow') this.acceptLater(socket, verdict.delayMs);
  }

  private acceptLater(socket: Socket, delayMs: number): void {
    const timer = setTimeout(() => {
      if (!socket.destroyed) this.gateway.accept(socket);
    }, delayMs);
    socket.once('close', () => clearTimeout(timer));
  }
}
