import type { Deadline } from '../clock/scheduler.js';
import type { Cluster } from '../cluster/cluster.js';
import type { JsonObject } from '../object/json-value.js';
import { setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { encodeJson, orderAsBuiltIn, orderAsCustom } from '../object/encode-json.js';
import type { Resource } from '../resources/resource.js';
import { ApiError, resourceVersionTooLarge } from '../status/api-error.js';
import type { StoreEvent } from '../store/object-table.js';
import { parseStored, storeObject } from '../store/stored-object.js';
import type { StoredObject } from '../store/stored-object.js';
import { isSelected } from './selection.js';
import type { Selection } from './selection.js';
import { waitForRevision } from './wait-for-revision.js';
import { blankObject } from './write-request.js';

/** What to watch (Kubernetes API, ListOptions of a watch). */
export interface WatchOptions extends Selection {
  /** Empty or `0`: what is there comes first, as ADDED. Otherwise the changes after that revision. */
  readonly resourceVersion: string;
  readonly allowBookmarks: boolean;
  /** Whether what is there comes first; undefined where the client says nothing of it. */
  readonly sendInitialEvents: boolean | undefined;
  /** When the watch ends by itself, in milliseconds of the cluster's clock from now. */
  readonly timeoutMs: number;
  readonly bookmarkIntervalMs: number;
  readonly waitMs: number;
}

/** One event of a watch: a stored object, or the JSON of a bookmark or a Status. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly stored: StoredObject }
  | { readonly type: 'BOOKMARK' | 'ERROR'; readonly body: JsonObject };

/** Where the events go. */
export interface WatchSink {
  send(event: WatchEvent): void;
  end(): void;
}

/** Marks the bookmark that ends the initial events (Kubernetes API, WatchList). */
const initialEventsEnd = { 'k8s.io/initial-events-end': 'true' };
/** How long before its end a watch gets a last bookmark. */
const lastBookmarkMs = 2000;

/** One open watch. */
export class WatchSession {
  private readonly deadlines: Deadline[] = [];
  private bookmark: Deadline | undefined;
  private unsubscribe: () => void = () => undefined;
  private isOpen = true;
  private readonly endsAtMs: number;

  constructor(
    private readonly cluster: Cluster,
    readonly resource: Resource,
    private readonly options: WatchOptions,
    private readonly sink: WatchSink,
  ) {
    this.endsAtMs = cluster.scheduler.nowMs() + options.timeoutMs;
    this.deadlines.push(cluster.scheduler.at(this.endsAtMs, () => this.end()));
  }

  /** Sends what comes first, and from then on every change. What can't be served is told in the stream, as the API server does. */
  async start(): Promise<void> {
    const revision = Number(this.options.resourceVersion === '' ? 0 : this.options.resourceVersion);
    if (this.options.sendInitialEvents === true && !(await waitForRevision(this.cluster.store, revision, this.options.waitMs))) {
      this.fail(resourceVersionTooLarge(revision, this.cluster.store.revision));
      return;
    }
    if (!this.isOpen) return;
    try {
      this.begin(revision);
    } catch (error) {
      if (error instanceof ApiError) this.fail(error);
      else throw error;
    }
  }

  /** Sends a bookmark now, where the client wants any. */
  sendBookmark(): void {
    if (this.isOpen && this.options.allowBookmarks) this.sink.send({ type: 'BOOKMARK', body: this.bookmarkBody() });
  }

  /** Ends the stream cleanly. */
  end(): void {
    if (!this.isOpen) return;
    this.close();
    this.sink.end();
  }

  /** Stops without a word: the client is gone. */
  close(): void {
    this.isOpen = false;
    this.unsubscribe();
    this.bookmark?.cancel();
    for (const deadline of this.deadlines) deadline.cancel();
    this.cluster.watches.delete(this);
  }

  private begin(revision: number): void {
    const { sendInitialEvents, allowBookmarks, namespace } = this.options;
    const table = this.cluster.table(this.resource);
    const wantsState = sendInitialEvents ?? revision === 0;
    const past = wantsState || revision === 0 ? [] : table.since(revision);
    this.unsubscribe = table.subscribe({ onEvent: (event) => this.forward(event), onEnd: () => this.end() });
    this.cluster.watches.add(this);
    if (wantsState) {
      for (const stored of table.list(namespace)) if (this.isWanted(stored)) this.sink.send({ type: 'ADDED', stored });
      if (sendInitialEvents === true && allowBookmarks) this.sink.send({ type: 'BOOKMARK', body: this.bookmarkBody(initialEventsEnd) });
    }
    for (const event of past) this.forward(event);
    if (allowBookmarks) this.planBookmark();
  }

  private forward({ type, object, previous }: StoreEvent): void {
    const isNow = type !== 'DELETED' && this.isWanted(object);
    const wasBefore = previous !== undefined && this.isWanted(previous);
    if (isNow) this.sink.send({ type: wasBefore ? 'MODIFIED' : 'ADDED', stored: object });
    else if (wasBefore)
      this.sink.send({ type: 'DELETED', stored: type === 'DELETED' ? object : withRevision(previous, object.revision, this.resource) });
  }

  private isWanted(stored: StoredObject): boolean {
    return isSelected(this.options, this.resource, stored);
  }

  private planBookmark(): void {
    const { scheduler } = this.cluster;
    const nowMs = scheduler.nowMs();
    const regularMs = nowMs + this.options.bookmarkIntervalMs;
    const lastMs = this.endsAtMs - lastBookmarkMs;
    if (lastMs <= nowMs) return;
    this.bookmark = scheduler.at(Math.min(regularMs, lastMs), () => {
      this.sendBookmark();
      if (this.isOpen) this.planBookmark();
    });
  }

  private bookmarkBody(annotations?: Readonly<Record<string, string>>): JsonObject {
    const body = blankObject(this.resource);
    const metadata: JsonObject = {
      resourceVersion: String(this.cluster.store.revision),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    };
    return { ...body, metadata };
  }

  private fail(error: ApiError): void {
    this.sink.send({ type: 'ERROR', body: error.body });
    this.end();
  }
}

/** An object as it was, with the revision of the change by which it left the selection. */
function withRevision(stored: StoredObject, revision: number, resource: Resource): StoredObject {
  const object: KubeObject = parseStored(stored);
  setMeta(object, 'resourceVersion', String(revision));
  return storeObject(object, encodeJson(resource.keyOrder === 'custom' ? orderAsCustom(object) : orderAsBuiltIn(object)));
}
