import { AwsError } from '../protocol/aws-error.js';
import { HttpServer } from '../server/http-server.js';
import type { HttpAnswer, HttpRequest } from '../server/http-message.js';
import { takeControlRoute } from './control-routes.js';
import type { ControlledSimulator } from './controlled-simulator.js';

const maxBodyBytes = 256 * 1_024 * 1_024;

/** The control endpoint: what the in-process interface does, as JSON over plain HTTP on a port of its own. It asks for no credentials. */
export class ControlServer {
  private constructor(private readonly server: HttpServer) {}

  /** Listens. Rejects where the port can't be had. */
  static async start(simulator: ControlledSimulator, options: { readonly host: string; readonly port: number }): Promise<ControlServer> {
    const handler = async (request: HttpRequest, isTooLarge: boolean) => answer(simulator, request, isTooLarge);
    return new ControlServer(await HttpServer.start(handler, { ...options, maxBodyBytes: () => maxBodyBytes, dateMs: Date.now }));
  }

  get port(): number {
    return this.server.port;
  }

  /** Stops listening and cuts every connection. */
  async stop(): Promise<void> {
    await this.server.stop();
  }
}

function answer(simulator: ControlledSimulator, request: HttpRequest, isTooLarge: boolean): HttpAnswer {
  // A web page in somebody's browser has no business here.
  if (request.headers.has('origin')) return json(403, { error: 'requests of web pages are refused' });
  if (isTooLarge) return json(413, { error: 'the body is too large' });
  try {
    const body = parsedBody(request.body);
    const query = new URLSearchParams(request.rawQuery);
    const taken = takeControlRoute(simulator, { method: request.method, path: request.rawPath, query, body });
    return taken
      ? json(200, taken.result)
      : json(404, { error: `there is no ${request.method} ${request.rawPath}; GET / lists what there is` });
  } catch (error) {
    const code = error instanceof AwsError ? { code: error.code } : {};
    return json(400, { error: error instanceof Error ? error.message : String(error), ...code });
  }
}

function json(status: number, value: unknown): HttpAnswer {
  return { kind: 'response', status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

function parsedBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new Error(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
