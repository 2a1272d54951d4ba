import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import type { KubeSimulator } from '../kube-simulator.js';
import { ApiError } from '../status/api-error.js';
import { controlRoutes, describeCluster } from './control-routes.js';

const maxBodyBytes = 64 * 1024 * 1024;
/** Stands for every cluster in a path. */
const everyCluster = '*';

/** What is wrong with a request to the control endpoint, and with which status it is refused. */
class ControlError extends Error {
  override readonly name = 'ControlError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The control endpoint: JSON over plain HTTP on 127.0.0.1, by which other processes inject faults, read counters, take backups. There is no
 * password: it is for tests, and off unless it is started.
 */
export class SimulatorControl {
  private constructor(
    private readonly server: Server,
    private readonly clusters: readonly KubeSimulator[],
  ) {}

  /**
   * @param port 0 takes a free one
   * @throws Error with the code of the operating system where the port can't be had
   */
  static async start(clusters: readonly KubeSimulator[], port = 0): Promise<SimulatorControl> {
    const server = createServer();
    const control = new SimulatorControl(server, clusters);
    server.on('request', (request, response) => void control.answer(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return control;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, 200, await this.take(request));
    } catch (error) {
      const status = error instanceof ControlError ? error.status : error instanceof ApiError ? error.code : 400;
      send(response, status, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  private async take(request: IncomingMessage): Promise<unknown> {
    // Pages in a browser have no business here, wherever they come from.
    if (request.headers.origin !== undefined) throw new ControlError(403, 'requests of web pages are not answered');
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://control');
    const [root, name, ...rest] = pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    if (root === undefined) return { routes: ['GET /clusters', ...Object.keys(controlRoutes).map(routeText)] };
    if (root !== 'clusters') throw new ControlError(404, `there is no ${pathname}`);
    if (name === undefined) return this.clusters.map(describeCluster);
    const body = await readBody(request);
    const run = async (cluster: KubeSimulator): Promise<unknown> => takeRoute(cluster, request.method ?? '', rest, { query, body });
    if (name !== everyCluster) return run(this.find(name));
    const answers = await Promise.all(this.clusters.map(async (cluster) => [cluster.name, await run(cluster)] as const));
    return Object.fromEntries(answers);
  }

  private find(name: string): KubeSimulator {
    const found = this.clusters.find((cluster) => cluster.name === name);
    if (found === undefined) throw new ControlError(404, `there is no cluster ${name}`);
    return found;
  }
}

const routeText = (route: string): string => route.replace(' ', ' /clusters/{name or *}/').replace(/\/$/, '');

async function takeRoute(
  cluster: KubeSimulator,
  method: string,
  path: readonly string[],
  request: { readonly query: URLSearchParams; readonly body: unknown },
): Promise<unknown> {
  const exact = controlRoutes[`${method} ${path.join('/')}`];
  if (exact !== undefined) return exact(cluster, { ...request, rest: '' });
  const parent = method === 'DELETE' && path.length === 2 ? controlRoutes[`${method} ${path[0] ?? ''}`] : undefined;
  if (parent === undefined) throw new ControlError(404, `there is no ${method} ${path.join('/')} of a cluster`);
  return parent(cluster, { ...request, rest: path[1] ?? '' });
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBodyBytes) throw new ControlError(413, `a body has at most ${maxBodyBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ControlError(400, 'the body is no JSON');
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
}
