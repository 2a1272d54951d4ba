import { connect } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';

/** A request as it goes over the wire. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** After how long the request is given up and what has come so far is taken for the answer. Default 15,000 ms. */
  readonly timeoutMs?: number;
  /** Nothing behind the headers of the answer is waited for. */
  readonly untilHead?: boolean;
  /** Called once the headers of the answer are there. */
  readonly onHead?: () => void;
}

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An API server, simulated or real, as a client without any library sees it. */
export interface RawServer {
  readonly url: string;
  readonly caPem: string;
}

/** Sends one HTTP/2 request on a connection of its own. */
export async function sendRaw(server: RawServer, request: RawRequest): Promise<RawAnswer> {
  const connection = new RawConnection(server);
  try {
    return await connection.send(request);
  } finally {
    connection.close();
  }
}

/** An HTTP/2 connection, and another one where the server has ended it. */
export class RawConnection {
  private session: ClientHttp2Session;

  constructor(private readonly server: RawServer) {
    this.session = this.open();
  }

  /** Whether the latest connection is there. */
  get isOpen(): boolean {
    return !this.session.closed && !this.session.destroyed;
  }

  async send(request: RawRequest): Promise<RawAnswer> {
    if (!this.isOpen) {
      this.close();
      this.session = this.open();
    }
    return ask(this.session, request);
  }

  close(): void {
    this.session.destroy();
  }

  private open(): ClientHttp2Session {
    const session = connect(this.server.url, { ca: this.server.caPem });
    session.on('error', () => undefined);
    // Each request listens for the end of the connection.
    session.setMaxListeners(0);
    return session;
  }
}

async function ask(session: ClientHttp2Session, request: RawRequest): Promise<RawAnswer> {
  return new Promise<RawAnswer>((resolve, reject) => {
    session.once('error', reject);
    const release = (): void => void session.removeListener('error', reject);
    const headers = { ':method': request.method, ':path': request.path, ...request.headers };
    const stream = session.request(headers, { endStream: request.body === undefined });
    stream.once('close', release);
    collect(stream, request, resolve, reject);
    if (request.body !== undefined) stream.end(request.body);
  });
}

function collect(
  stream: ClientHttp2Stream,
  { timeoutMs = 15_000, onHead, untilHead = false }: RawRequest,
  resolve: (answer: RawAnswer) => void,
  reject: (error: unknown) => void,
): void {
  const chunks: Buffer[] = [];
  let head: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
  const finish = (): void => {
    clearTimeout(timer);
    if (!stream.closed) stream.close();
    resolve({ status: head[':status'] ?? 0, headers: readHeaders(head), text: Buffer.concat(chunks).toString('utf8') });
  };
  const timer = setTimeout(finish, timeoutMs);
  stream.on('response', (received) => {
    head = received;
    onHead?.();
    if (untilHead) finish();
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.once('end', finish);
  stream.once('error', (error) => {
    clearTimeout(timer);
    reject(error);
  });
}

function readHeaders(head: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(head).filter(([name]) => !name.startsWith(':'));
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join('\n') : String(value)]));
}
