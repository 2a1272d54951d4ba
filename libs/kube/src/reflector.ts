import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '@hub/api';
import { withDeadline } from './deadline.js';
import { isNamed, type KubeClient, type KubeObject } from './kube-client.js';
import { errorOfSocket, errorOfStatus, KubeError } from './kube-error.js';
import { eventWeight, Pace, type EventPace } from './pace.js';

/** What a reflector tells of its kind. It calls one at a time, in the order of the server's word. */
export interface ReflectorSink {
  /** Every object of the kind, from one LIST that was read whole; what it tells is of the time when it began, in ms of the monotonic clock. */
  replaced(objects: readonly KubeObject[], resourceVersion: string, beganMs: number): void;
  /** One object came, changed or went. */
  changed(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void;
  /** The kind is followed from here on: what was listed is whole and a watch runs. */
  following(): void;
  /** The kind is not followed any more; the reflector goes on trying. */
  lost(error: KubeError): void;
  /** More events come than are taken in; or no more so. None is left out: the server waits. */
  throttled(isThrottled: boolean): void;
}

export interface ReflectorOptions {
  readonly pageSize: number;
  /** A watch on which nothing came for so long, not even a bookmark, is not believed. */
  readonly silenceMs: number;
  readonly backoff: { readonly firstMs: number; readonly mostMs: number; readonly resetAfterMs: number };
  /** From 0 to 1. */
  readonly random: () => number;
  /** ms of a monotonic clock. */
  readonly nowMs: () => number;
  readonly selector?: string;
  readonly namespace?: string;
  readonly limits: KindLimits;
  /** Bounds how many LISTs run at once in this process. */
  readonly listing?: <T>(list: () => Promise<T>) => Promise<T>;
}

/** How much of one kind of one cluster is taken in, so that none grows or hurries at the cost of the others. */
export interface KindLimits extends EventPace {
  readonly objects: number;
  /** A kind of which there is too much is looked at again after so long. */
  readonly againAfterMs: number;
}

/**
 * How long a LIST may take with all its pages, how long it may be, and how many pages it may have beyond those that as many objects as are taken in
 * fill: nobody lists without end, or at the cost of the others. An API server fills a page as long as it has more.
 */
const wholeList = { ms: 600_000, characters: 512 * 1024 * 1024, pagesMore: 100 } as const;

/**
 * How long a watch lives, in seconds, before the server ends it in the ordinary way; without a word it would be 30 to 60 minutes. Another watch on the
 * same connection reaches the same server, so nothing is balanced by short ones: a dead one is found by its silence, and each anew costs both sides.
 */
const watchLife = { least: 900, most: 1800 } as const;

/** What came together in one piece is taken in by so many events in a turn of the event loop: those of others come in between. */
const eventsPerTurn = 32;

/** Tells the loop to read the kind anew. */
class Relist extends Error {
  override readonly name = 'Relist';
}

/**
 * Follows one kind of one cluster over one connection: LIST, then WATCH, and again after whatever error. It gives up only when its signal does.
 * Every LIST is most-recent and paged; a watch resumes from its last resourceVersion; only an expired one, a gap or a request leads to a new LIST.
 */
export class Reflector {
  private failures = 0;
  private healthySinceMs = 0;
  private relisting: AbortController | undefined;
  private readonly pace: Pace;

  constructor(
    private readonly client: KubeClient,
    private readonly resource: Resource,
    private readonly sink: ReflectorSink,
    private readonly options: ReflectorOptions,
  ) {
    this.pace = new Pace(options.limits, options.nowMs, (isThrottled) => sink.throttled(isThrottled));
  }

  /** Reads the kind anew, soon. */
  relist(): void {
    this.relisting?.abort(new Relist());
  }

  /** Runs until the signal says stop; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let resourceVersion: string | undefined;
    while (!signal.aborted) {
      this.relisting = new AbortController();
      const attempt = AbortSignal.any([signal, this.relisting.signal]);
      try {
        resourceVersion ??= await this.list(attempt);
        resourceVersion = await this.watch(resourceVersion, attempt);
      } catch (thrown) {
        if (signal.aborted) return;
        if (thrown instanceof Relist || this.relisting.signal.aborted) {
          resourceVersion = undefined;
          continue;
        }
        const lost = thrown instanceof WatchLost ? thrown : new WatchLost(errorOfSocket(thrown), resourceVersion);
        resourceVersion = mustRelist(lost.error) ? undefined : lost.resourceVersion;
        this.sink.lost(lost.error);
        await this.pause(lost.error, signal);
      }
    }
  }

  private async list(signal: AbortSignal): Promise<string> {
    const listing = this.options.listing ?? (<T>(act: () => Promise<T>) => act());
    const listed = await listing(() => withDeadline(wholeList.ms, signal, (deadline) => this.listPages(deadline)));
    this.sink.replaced(listed.objects, listed.resourceVersion, listed.beganMs);
    return listed.resourceVersion;
  }

  private async listPages(
    signal: AbortSignal,
  ): Promise<{ readonly objects: readonly KubeObject[]; readonly resourceVersion: string; readonly beganMs: number }> {
    const beganMs = this.options.nowMs();
    const objects: KubeObject[] = [];
    let continueToken: string | undefined;
    let resourceVersion = '';
    let length = 0;
    let pagesLeft = Math.ceil(this.options.limits.objects / this.options.pageSize) + wholeList.pagesMore;
    do {
      if (pagesLeft-- === 0) throw new KubeError('malformed', 'a list of more pages than as many objects as are taken in can fill');
      const page = await this.client.listPage(this.resource, { limit: this.options.pageSize, continueToken, ...this.scope() }, signal);
      for (const item of page.items) objects.push(item);
      if (objects.length > this.options.limits.objects) throw tooMany(this.resource, this.options.limits);
      length += page.length;
      if (length > wholeList.characters) throw new KubeError('malformed', `a list that is longer than ${wholeList.characters} characters`);
      if (continueToken !== undefined && page.continueToken === continueToken)
        throw new KubeError('malformed', 'a list whose pages lead to themselves');
      resourceVersion = page.resourceVersion;
      continueToken = page.continueToken;
    } while (continueToken !== undefined);
    return { objects, resourceVersion, beganMs };
  }

  /** One watch, to its end. Resolves with the resourceVersion to resume from where the server ended it in the ordinary way. */
  private async watch(from: string, signal: AbortSignal): Promise<string> {
    let resourceVersion = from;
    let inTurn = 0;
    const silence = new AbortController();
    const gone = () => silence.abort(new KubeError('timeout', 'the watch has gone silent'));
    const timer = setTimeout(gone, this.options.silenceMs).unref();
    try {
      const timeoutSeconds = watchLife.least + Math.floor(this.options.random() * (watchLife.most - watchLife.least));
      const stop = AbortSignal.any([signal, silence.signal]);
      const stream = await this.client.watch(this.resource, { resourceVersion, timeoutSeconds, ...this.scope() }, stop);
      this.healthySinceMs = this.options.nowMs();
      this.sink.following();
      for await (const line of stream) {
        timer.refresh();
        const weight = eventWeight(line.length);
        const waitMs = this.pace.take(weight);
        inTurn += weight;
        if (waitMs > 0 || inTurn >= eventsPerTurn) {
          await (waitMs > 0 ? sleep(waitMs, undefined, { signal: stop }) : nextTurn(undefined, { signal: stop }));
          inTurn = 0;
        }
        resourceVersion = this.take(line) ?? resourceVersion;
      }
      await this.pauseAfterShortWatch(signal);
      return resourceVersion;
    } catch (error) {
      if (silence.signal.aborted) throw new WatchLost(silence.signal.reason as KubeError, resourceVersion);
      if (signal.aborted) throw signal.reason;
      throw new WatchLost(errorOfSocket(error), resourceVersion);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes one line in; gives the resourceVersion that it moves to. */
  private take(line: string): string | undefined {
    let event: { type?: unknown; object?: unknown };
    try {
      event = (JSON.parse(line) ?? {}) as typeof event;
    } catch (error) {
      throw new KubeError('malformed', 'a watch event is not JSON', { cause: error });
    }
    if (event.type === 'ERROR') throw errorOfStatus(event.object);
    const object = event.object as KubeObject | null | undefined;
    const resourceVersion = object?.metadata?.resourceVersion;
    if (!object || typeof resourceVersion !== 'string') throw new KubeError('malformed', 'a watch event without an object');
    if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') {
      if (!isNamed(object)) throw new KubeError('malformed', 'a watch event about an object that has no name');
      this.sink.changed(event.type, object);
    } else if (event.type !== 'BOOKMARK') throw new KubeError('malformed', `a watch event of unknown type ${JSON.stringify(event.type)}`);
    return resourceVersion;
  }

  /** A server that ends every watch at once is not asked without pause. */
  private async pauseAfterShortWatch(signal: AbortSignal): Promise<void> {
    if (this.options.nowMs() - this.healthySinceMs > 5000) return;
    this.failures++;
    await sleep(this.delayMs(), undefined, { signal });
  }

  private async pause(after: KubeError, signal: AbortSignal): Promise<void> {
    const { backoff, nowMs } = this.options;
    if (this.healthySinceMs > 0 && nowMs() - this.healthySinceMs > backoff.resetAfterMs) this.failures = 0;
    this.healthySinceMs = 0;
    const delayMs = Math.max(this.delayMs(), after.details.retryAfterMs ?? 0);
    this.failures++;
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
  }

  private delayMs(): number {
    const { firstMs, mostMs } = this.options.backoff;
    const full = Math.min(mostMs, firstMs * 2 ** Math.min(this.failures, 16));
    return full / 2 + this.options.random() * (full / 2);
  }

  private scope(): { readonly selector?: string; readonly namespace?: string } {
    const { selector, namespace } = this.options;
    return { ...(selector !== undefined && { selector }), ...(namespace !== undefined && { namespace }) };
  }
}

/** There is more of a kind than is taken in. */
export function tooMany(resource: Resource, limits: KindLimits): KubeError {
  return new KubeError(
    'excessive',
    `there are more than ${limits.objects} of ${resource.kind}, the most that are taken in of one cluster`,
    {
      retryAfterMs: limits.againAfterMs,
    },
  );
}

/** A watch ended with an error, and this is how far it had come. */
class WatchLost extends Error {
  constructor(
    readonly error: KubeError,
    readonly resourceVersion: string | undefined,
  ) {
    super(error.message, { cause: error });
  }
}

/** Whether what was heard can have a gap, so that only a new LIST tells the truth. */
function mustRelist(error: KubeError): boolean {
  return (
    error.kind === 'expired' ||
    error.kind === 'malformed' ||
    error.kind === 'notServed' ||
    error.kind === 'invalid' ||
    error.kind === 'excessive'
  );
}
