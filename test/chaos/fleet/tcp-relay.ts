import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Stands between the hub and a server, byte for byte. It can lead elsewhere from now on, lose whatever is sent without a word, as a cable that was
 * pulled out, and refuse.
 */
export class TcpRelay {
  private readonly pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  private isSilent = false;
  private isClosed = false;

  private constructor(
    private readonly server: Server,
    private target: number,
  ) {
    server.on('connection', (socket) => this.join(socket));
  }

  static async start(target: number): Promise<TcpRelay> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpRelay(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Leads to another port. Connections that are there are cut. */
  leadTo(target: number): void {
    this.target = target;
    this.cut();
  }

  /** From now on nothing gets through, and nobody is told: connections that are there, and new ones, are half-open. */
  fallSilent(): void {
    this.isSilent = true;
    for (const { near, far } of this.pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  /** New connections get through again. Those that fell silent stay silent until somebody gives them up. */
  speak(): void {
    this.isSilent = false;
  }

  /** Nobody gets through, and everybody is told. */
  refuse(): void {
    this.isClosed = true;
    this.cut();
  }

  accept(): void {
    this.isClosed = false;
  }

  cut(): void {
    for (const { near, far } of this.pairs) {
      near.destroy();
      far.destroy();
    }
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    if (this.isClosed) {
      near.destroy();
      return;
    }
    const far = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const pair = { near, far };
    this.pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    if (this.isSilent) {
      near.resume();
      return;
    }
    near.pipe(far);
    far.pipe(near);
  }
}
