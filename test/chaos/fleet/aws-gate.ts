import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One attempt of a call that changes something, as it arrived from the hub. */
export interface WriteAttempt {
  /** When it was signed, by the wall clock of this process, cut to the second: the hub signs it before it asks whether it may be made. */
  readonly signedAtMs: number;
  /** By the wall clock of this process. */
  readonly arrivedAtMs: number;
  /** The replica that sent it. */
  readonly replica: string;
  /** The member and the number that stand in its User-Agent; empty and 0 where none do. */
  readonly cluster: string;
  readonly fence: number;
  readonly operation: WriteOperation;
  /** The ARN or id that its path names; empty for a create. */
  readonly resource: string;
  /** When the replica began to read that resource for the last time that it was answered, by performance.now(); undefined where it never did. */
  readonly readAtMs?: number | undefined;
  readonly body: unknown;
}

export type WriteOperation =
  | 'CreateTargetGroup'
  | 'UpdateTargetGroup'
  | 'DeleteTargetGroup'
  | 'RegisterTargets'
  | 'DeregisterTargets'
  | 'TagResource'
  | 'UntagResource';

/** Hears of every write before AWS does. */
export type WriteListener = (attempt: WriteAttempt) => void;

/**
 * What a replica of the hub takes for AWS: it notes every attempt with all that it asks for, and passes it on byte for byte. Each replica has its
 * own, so that an attempt can't be taken for that of another one.
 */
export class AwsGate {
  private readonly agent = new Agent({ keepAlive: true });
  private inFlight = 0;
  /** How many attempts of any kind came, readings of the inventory aside. */
  private calls = 0;
  private writes = 0;
  private holding: { readonly operation: WriteOperation; readonly over: PromiseWithResolvers<void> } | undefined;
  private heldBack = 0;
  /** When the last answered reading of each group began, by performance.now(). */
  private readonly readAtMs = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    private readonly replica: string,
    private readonly target: number,
    private readonly listener: WriteListener,
    /** How far the clock that the replica signs by stands ahead. */
    private readonly aheadMs: number,
  ) {
    server.on('request', (incoming, answer) => void this.pass(incoming, answer));
  }

  /** @param aheadMs how far the wall clock of the replica stands ahead of that of this process */
  static async start(replica: string, target: number, listener: WriteListener, aheadMs = 0): Promise<AwsGate> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AwsGate(server, replica, target, listener, aheadMs);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was asked of AWS so far, and is asked now. */
  get traffic(): { readonly calls: number; readonly writes: number; readonly inFlight: number } {
    return { calls: this.calls, writes: this.writes, inFlight: this.inFlight };
  }

  /** Keeps attempts of an operation on the wire from now on, as a slow network does, until {@link letThrough}. */
  holdBack(operation: WriteOperation): void {
    this.holding = { operation, over: Promise.withResolvers<void>() };
  }

  /** How many attempts were kept on the wire. */
  get onTheWire(): number {
    return this.heldBack;
  }

  letThrough(): void {
    this.holding?.over.resolve();
    this.holding = undefined;
  }

  async stop(): Promise<void> {
    this.letThrough();
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    await closed;
  }

  private async pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.inFlight++;
    answer.once('close', () => this.inFlight--);
    const body = await readAll(incoming).catch(() => undefined);
    if (body === undefined) return;
    const operation = this.note(incoming, body);
    const isHeldBack = operation !== undefined && operation === this.holding?.operation;
    if (isHeldBack) {
      this.heldBack++;
      await this.holding?.over.promise;
    }
    const { method, url: path, headers } = incoming;
    const beganMs = performance.now();
    const onward = request({ port: this.target, host: '127.0.0.1', method, path, headers, agent: this.agent });
    onward.on('error', () => answer.destroy());
    // What was on the wire arrives, whatever became of its sender.
    if (!isHeldBack) answer.once('close', () => onward.destroy());
    onward.on('response', (response) => {
      if (isReading(method, path) && response.statusCode === 200) this.readAtMs.set(resourceOf(path), beganMs);
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    onward.end(body);
  }

  private note({ method = '', url = '', headers }: IncomingMessage, body: Buffer): WriteOperation | undefined {
    const operation = operationOf(method, url);
    if (!isInventory(method, url, headers['x-amz-target'])) this.calls++;
    if (!operation) return undefined;
    this.writes++;
    const [, cluster = '', fence = '0'] = / fence\/(\S+)\.(\d+)/.exec(` ${headers['user-agent'] ?? ''}`) ?? [];
    this.listener({
      arrivedAtMs: Date.now(),
      signedAtMs: parseAmzDate(String(headers['x-amz-date'] ?? '')) - this.aheadMs,
      replica: this.replica,
      cluster,
      fence: Number(fence),
      operation,
      resource: resourceOf(url),
      readAtMs: this.readAtMs.get(resourceOf(url)),
      body: body.length > 0 ? (JSON.parse(String(body)) as unknown) : undefined,
    });
    return operation;
  }
}

function operationOf(method: string, url: string): WriteOperation | undefined {
  const path = url.split('?')[0] ?? '';
  if (path.startsWith('/tags/')) return method === 'POST' ? 'TagResource' : method === 'DELETE' ? 'UntagResource' : undefined;
  if (method === 'POST' && path === '/targetgroups') return 'CreateTargetGroup';
  if (/^\/targetgroups\/[^/]+$/.test(path))
    return method === 'PATCH' ? 'UpdateTargetGroup' : method === 'DELETE' ? 'DeleteTargetGroup' : undefined;
  if (path.endsWith('/registertargets')) return 'RegisterTargets';
  return path.endsWith('/deregistertargets') ? 'DeregisterTargets' : undefined;
}

/** What a path names behind its first part. */
function resourceOf(url = ''): string {
  return decodeURIComponent(url.split('?')[0]?.split('/')[2] ?? '');
}

/** GetTargetGroup, which tells whether a service uses it. */
function isReading(method = '', url = ''): boolean {
  return method === 'GET' && /^\/targetgroups\/[^/?]+$/.test(url);
}

/** Readings of the inventory come by the clock, and say nothing of work under way; so do sessions. */
function isInventory(method: string, url: string, target: string | string[] | undefined): boolean {
  return target !== undefined || url === '/' || (method === 'GET' && /^\/targetgroups(\?|$)/.test(url));
}

/** `20260102T030405Z`. */
function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')) || 0;
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
