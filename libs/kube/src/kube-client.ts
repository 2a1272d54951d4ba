import type { Readable } from 'node:stream';
import type { Resource } from '@hub/api';
import type { ApiAnswer, ApiConnection, ApiRequest } from './api-connection.js';
import { withDeadline } from './deadline.js';
import { errorOfAnswer, errorOfSocket, KubeError } from './kube-error.js';

/** An object of whatever kind, as it came. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** One page of a LIST. */
export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continueToken: string | undefined;
  /** How long the page was, in characters. */
  readonly length: number;
}

/** How much of a stranger's answer is taken in. */
const limits = { objectBytes: 16 * 1024 * 1024, pageBytes: 128 * 1024 * 1024, errorBytes: 64 * 1024 } as const;

/** The path of a resource, of a namespace or of all, or of one object. */
export function pathOf(resource: Resource, namespace?: string, name?: string): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** The verbs of a Kubernetes API over one connection. Every call has a deadline. */
export class KubeClient {
  constructor(
    private readonly connection: ApiConnection,
    private readonly timeouts: { readonly callMs: number; readonly listMs: number },
  ) {}

  /** @throws KubeError */
  async get(path: string, signal: AbortSignal): Promise<KubeObject> {
    return this.json({ method: 'GET', path }, signal);
  }

  /** Creates an object. @throws KubeError */
  async create(path: string, object: object, signal: AbortSignal): Promise<KubeObject> {
    return this.json({ method: 'POST', path, body: JSON.stringify(object) }, signal);
  }

  /** Merges into an object; with metadata.resourceVersion in it, only if nobody else wrote since. @throws KubeError */
  async mergePatch(path: string, patch: object, signal: AbortSignal): Promise<KubeObject> {
    const headers = { 'content-type': 'application/merge-patch+json' };
    return this.json({ method: 'PATCH', path, body: JSON.stringify(patch), headers }, signal);
  }

  /** @throws KubeError */
  async delete(path: string, signal: AbortSignal): Promise<void> {
    await this.json({ method: 'DELETE', path }, signal);
  }

  /** One page of a most-recent LIST (no resourceVersion), or of its continuation. @throws KubeError; malformed where the page is not whole */
  async listPage(
    resource: Resource,
    page: { readonly limit: number; readonly continueToken: string | undefined; readonly selector?: string; readonly namespace?: string },
    signal: AbortSignal,
  ): Promise<ListPage> {
    const query = new URLSearchParams({ limit: String(page.limit) });
    if (page.continueToken) query.set('continue', page.continueToken);
    if (page.selector) query.set('labelSelector', page.selector);
    const request = { method: 'GET', path: `${pathOf(resource, page.namespace)}?${query.toString()}` } as const;
    return withDeadline(this.timeouts.listMs, signal, async (deadline) => {
      const answer = await this.send(request, deadline);
      return readPage(resource, await text(answer.body, limits.pageBytes, deadline));
    });
  }

  /**
   * Opens a watch and gives its lines as they come, unparsed.
   * @throws KubeError where the server refuses it
   */
  async watch(
    resource: Resource,
    from: { readonly resourceVersion: string; readonly timeoutSeconds: number; readonly selector?: string; readonly namespace?: string },
    signal: AbortSignal,
  ): Promise<AsyncIterable<string>> {
    const query = new URLSearchParams({
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: from.resourceVersion,
      timeoutSeconds: String(from.timeoutSeconds),
    });
    if (from.selector) query.set('labelSelector', from.selector);
    const answer = await this.send(
      { method: 'GET', path: `${pathOf(resource, from.namespace)}?${query.toString()}`, headers: { 'accept-encoding': 'identity' } },
      signal,
    );
    return lines(answer.body);
  }

  private async json(request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'headers'>, signal: AbortSignal): Promise<KubeObject> {
    return withDeadline(this.timeouts.callMs, signal, async (deadline) => {
      const answer = await this.send(request, deadline);
      return parseObject(await text(answer.body, limits.objectBytes, deadline));
    });
  }

  private async send(request: Pick<ApiRequest, 'method' | 'path' | 'body' | 'headers'>, signal: AbortSignal): Promise<ApiAnswer> {
    try {
      const answer = await this.connection.request({ ...request, signal, headersTimeoutMs: this.timeouts.callMs });
      if (answer.status >= 200 && answer.status < 300) return answer;
      const body = await text(answer.body, limits.errorBytes, signal).catch((error: unknown) => {
        // Most numbers say enough by themselves. A 404 does not: it may be the object that is missing, or its kind.
        if (answer.status === 404) throw error;
        return '';
      });
      throw errorOfAnswer(answer.status, answer.headers, body);
    } catch (error) {
      throw errorOfSocket(error);
    }
  }
}

/** A page counts as whole only if it says that it is a list of the kind, and leads on where it says that there is more. */
function readPage(resource: Resource, body: string): ListPage {
  const list = parseObject(body) as unknown as {
    kind?: unknown;
    items?: unknown;
    metadata?: { resourceVersion?: unknown; continue?: unknown; remainingItemCount?: unknown };
  };
  if (list.kind !== `${resource.kind}List`)
    throw new KubeError('malformed', `expected a ${resource.kind}List, got ${JSON.stringify(list.kind)}`);
  // An empty list may be null (Go's nil slice); a list without the field was cut off.
  if (!Array.isArray(list.items) && list.items !== null) throw new KubeError('malformed', 'a list without items');
  const { resourceVersion, continue: next, remainingItemCount } = list.metadata ?? {};
  if (typeof resourceVersion !== 'string' || resourceVersion === '') throw new KubeError('malformed', 'a list without a resourceVersion');
  const continueToken = typeof next === 'string' && next !== '' ? next : undefined;
  if (continueToken === undefined && typeof remainingItemCount === 'number' && remainingItemCount > 0) {
    throw new KubeError('malformed', 'a list that says there is more and does not say where');
  }
  const items: readonly unknown[] = list.items ?? [];
  if (!items.every(isNamed)) throw new KubeError('malformed', 'a list with an item that has no name');
  return { items, resourceVersion, continueToken, length: body.length };
}

/** Whether something that a server calls an object can be told from others. */
export function isNamed(object: unknown): object is KubeObject {
  const { metadata } = (object ?? {}) as { readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } | null };
  const isPlaced = metadata?.namespace === undefined || typeof metadata.namespace === 'string';
  return typeof metadata?.name === 'string' && metadata.name !== '' && isPlaced;
}

function parseObject(body: string): KubeObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new KubeError('malformed', 'the answer is not JSON, or was cut off', { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new KubeError('malformed', 'the answer is not an object');
  return parsed as KubeObject;
}

/** The words of an answer, once it has ended. @throws KubeError where it is too large or was cut off */
async function text(body: Readable, limitBytes: number, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  body.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limitBytes) reject(new KubeError('malformed', `the answer is larger than ${limitBytes} bytes`));
  });
  body.once('end', resolve);
  body.once('error', reject);
  // Not an async iterator: that takes an HTTP/2 stream for cut off where all of it has come and waits to be read.
  const closed = () => body.readableEnded || reject(new Error('the answer was cut off'));
  body.once('close', closed);
  if (signal.aborted) stop();
  if (body.destroyed) closed();
  try {
    await promise;
  } catch (error) {
    body.destroy();
    throw errorOfSocket(error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Splits a watch into lines. A line that never ends, or grows without end, ends the watch. */
async function* lines(body: Readable): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        const piece = chunk.subarray(from, at);
        from = at + 1;
        const line = rest.length === 0 ? piece.toString('utf8') : Buffer.concat([...rest, piece]).toString('utf8');
        rest = [];
        restBytes = 0;
        if (line.trim() !== '') yield line;
      }
      if (from < chunk.length) {
        rest.push(chunk.subarray(from));
        restBytes += chunk.length - from;
        if (restBytes > limits.objectBytes) throw new KubeError('malformed', `a watch event is larger than ${limits.objectBytes} bytes`);
      }
    }
    if (restBytes > 0) throw new KubeError('malformed', 'a watch event was cut off');
  } catch (error) {
    throw errorOfSocket(error);
  } finally {
    body.destroy();
  }
}
