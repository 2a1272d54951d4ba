import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import type { RawServer } from './raw-request.js';

/** How bytes are written. */
export interface TalkOptions {
  /** Closes this half of the connection behind the bytes. */
  readonly isHalfClosed?: boolean;
  /** Writes them without TLS. */
  readonly isPlain?: boolean;
  /** After how long what has come so far is taken for the answer. Default 1,000 ms. */
  readonly timeoutMs?: number;
}

/** Writes bytes on an HTTP/1.1 connection of its own, and gives everything that comes back until the server ends it or nothing more comes. */
export async function talk(server: RawServer, bytes: string | Uint8Array, options: TalkOptions = {}): Promise<string> {
  const { isHalfClosed = false, isPlain = false, timeoutMs = 1000 } = options;
  const { port, hostname: host } = new URL(server.url);
  return new Promise((resolve) => {
    const tcp = connectPlain({ port: Number(port), host, allowHalfOpen: true });
    const socket = isPlain ? tcp : connect({ socket: tcp, host, ca: server.caPem, ALPNProtocols: ['http/1.1'] });
    socket.once(isPlain ? 'connect' : 'secureConnect', () => void (isHalfClosed ? socket.end(bytes) : socket.write(bytes)));
    const chunks: Buffer[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    const timer = setTimeout(finish, timeoutMs);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', finish);
    socket.once('error', finish);
  });
}
