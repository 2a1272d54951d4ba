import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiConnection,
  KubeClient,
  KubeconfigError,
  KubeError,
  Reflector,
  tooMany,
  type ApiEndpoint,
  type ConnectionOptions,
  type ReflectorOptions,
  type ReflectorSink,
} from '@hub/kube';
import type { Hold, MemberState } from '@hub/model';
import { DeletionChecks } from './deletion-checks.js';
import type { KnownHold } from './hold-text.js';
import { askWhetherServed, readCrd } from './served.js';
import { SessionHolds } from './session-holds.js';
import type { WatchedSource } from './watched-source.js';

/** How a session with a cluster behaves. All times in ms. */
export interface SessionOptions {
  readonly connection: ConnectionOptions;
  readonly calls: { readonly callMs: number; readonly listMs: number };
  readonly reflector: Omit<ReflectorOptions, 'selector' | 'namespace'>;
  /** A cluster that was not reached for so long is Unreachable. */
  readonly unreachableAfterMs: number;
  readonly reconnect: { readonly firstMs: number; readonly mostMs: number };
  /** How long deletions must have stopped coming before they are believed, and how long where they leave nothing of the kind. */
  readonly settle: { readonly quietMs: number; readonly emptiedMs: number };
  /** How far two LISTs must be apart before what both lack is gone. */
  readonly confirmationMs: number;
}

/** What a session asks and tells. */
export interface SessionHost {
  /** How to reach the cluster now. @throws KubeconfigError, KubeError */
  endpoint(): Promise<ApiEndpoint>;
  /** The UID of the cluster that joined, where it is known. */
  expectedUid(): string | undefined;
  /** The state, a hold or something else that the conditions show is different. */
  changed(): void;
  /** A kind was read whole again: what was waiting for that can be looked at. */
  relisted(): void;
}

/** What keeps a cluster from being Synced. */
export interface SessionProblem {
  readonly reason: string;
  readonly message: string;
}

/** What a session knows of its API server. */
export interface SessionFacts {
  readonly state: MemberState;
  readonly uid: string | undefined;
  readonly version: string | undefined;
  readonly holds: readonly Hold[];
  /** When every kind was last seen whole, as wall-clock time. */
  readonly lastSyncAt: Date | undefined;
  readonly problem: SessionProblem | undefined;
  /** Kinds of which more events come than are taken in. */
  readonly throttledKinds: readonly string[];
}

/** A session that lasted so long ended for a reason of its own, and is taken up again at once. */
const steadyMs = 20_000;

/** What keeps a cluster from being read, where it is not the network or the server: it has a reason of its own. */
export class MemberProblem extends Error {
  override readonly name = 'MemberProblem';

  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The hub's dealings with one cluster: one connection at a time, over which the cluster's identity is checked and all kinds are read whole and
 * followed. It never gives up, and it never takes silence for an answer: its state is Synced only while all of that holds.
 */
export class ClusterSession {
  private readonly following = new Set<WatchedSource>();
  private readonly lost = new Map<WatchedSource, KubeError>();
  private readonly throttled = new Set<WatchedSource>();
  /** What a person must look at. */
  readonly held: SessionHolds;
  private readonly deletions: DeletionChecks;
  private readonly reflectors = new Set<Reflector>();
  private client: KubeClient | undefined;
  private connection: ApiConnection | undefined;
  private identity: { readonly uid: string; readonly version: string } | undefined;
  private problem: Error | undefined;
  private wasSynced = false;
  private lastSyncAt: Date | undefined;
  private lastContactMs: number;
  private confirmTimer: NodeJS.Timeout | undefined;
  private unreachableTimer: NodeJS.Timeout | undefined;
  private wake = new AbortController();

  constructor(
    private readonly sources: readonly WatchedSource[],
    private readonly host: SessionHost,
    private readonly options: SessionOptions,
    holds: readonly KnownHold[] = [],
  ) {
    this.lastContactMs = this.nowMs();
    this.held = new SessionHolds(sources, { nowMs: () => this.nowMs(), changed: () => host.changed() });
    this.deletions = new DeletionChecks(
      { settle: options.settle, callMs: options.calls.callMs, nowMs: () => this.nowMs() },
      {
        clientFor: (source) => (this.following.has(source) ? this.client : undefined),
        vanished: (source, sinceMs) => this.held.vanished(source, sinceMs),
      },
    );
    this.held.recall(holds);
  }

  /** Runs until the signal says stop; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const beganMs = this.nowMs();
      try {
        await this.connectAndFollow(signal);
      } catch (error) {
        this.problem = error instanceof Error ? error : new Error(String(error));
      }
      this.end();
      failures = this.nowMs() - beganMs > steadyMs ? 1 : failures + 1;
      await this.pause(failures, signal);
    }
    clearTimeout(this.unreachableTimer);
  }

  /** Connects anew at once: the way to the cluster has changed. */
  reconnect(): void {
    this.connection?.close(new KubeError('unreachable', 'the kubeconfig has changed'));
    this.wake.abort();
  }

  facts(): SessionFacts {
    return {
      state: this.state,
      uid: this.identity?.uid,
      version: this.identity?.version,
      holds: this.held.all(),
      lastSyncAt: this.lastSyncAt,
      problem: this.describeProblem(),
      throttledKinds: Array.from(this.throttled, ({ resource }) => resource.kind),
    };
  }

  /** A client of the cluster, while there is a connection. */
  get api(): KubeClient | undefined {
    return this.client;
  }

  /** Every kind was read whole at least once, so that what the stores say is the cluster's own word. */
  get wasReadWhole(): boolean {
    return this.sources.every((source) => source.store.wasListed);
  }

  /**
   * Whether a kind is served and not about to go, asked of the cluster now.
   * @throws KubeError where that can't be told
   */
  async serves(kind: string): Promise<boolean> {
    const source = this.sources.find(({ resource }) => resource.kind === kind);
    if (!source || !this.client) throw new KubeError('unreachable', 'there is no connection');
    return (await askWhetherServed(source, this.client, AbortSignal.timeout(this.options.calls.callMs))).isServed;
  }

  /** A person has looked at what is held: the ordinary rules apply again. */
  acknowledge(): void {
    this.held.releaseAll();
    for (const source of this.sources) this.deletions.plan(source);
    this.confirmAbsences();
    this.host.changed();
  }

  /** Reads anew, once enough time has passed since something was first found missing, so that its absence is confirmed or not (law 1c). */
  confirmAbsences(): void {
    if (this.confirmTimer) return;
    const since = this.sources.map(({ store }) => Math.max(store.listsBetween?.firstMs ?? 0, store.newestMissingMs ?? 0));
    const dueMs = Math.max(...since) + this.options.confirmationMs - this.nowMs();
    const relist = () => {
      this.confirmTimer = undefined;
      for (const reflector of this.reflectors) reflector.relist();
    };
    this.confirmTimer = setTimeout(relist, Math.max(dueMs, 50) + 20).unref();
  }

  // --- one connection -------------------------------------------------------------------------------------------------------------------

  private async connectAndFollow(signal: AbortSignal): Promise<void> {
    const endpoint = await this.host.endpoint();
    const connection = await ApiConnection.open(endpoint, this.options.connection, signal);
    this.connection = connection;
    const over = new AbortController();
    void connection.closed.then((why) => over.abort(why));
    const stop = AbortSignal.any([signal, over.signal]);
    try {
      const client = new KubeClient(connection, this.options.calls);
      await this.identify(client, stop);
      this.client = client;
      this.host.changed();
      await Promise.all(this.sources.map((source) => this.follow(source, client, stop)));
      throw (over.signal.reason as Error | undefined) ?? new KubeError('unreachable', 'the session was stopped');
    } catch (error) {
      throw over.signal.aborted ? over.signal.reason : error;
    } finally {
      connection.close();
    }
  }

  /** The same cluster as the one that joined, or nothing is believed (law 1b). */
  private async identify(client: KubeClient, signal: AbortSignal): Promise<void> {
    const uid = await uidOf(client, signal);
    const version = (await client.get('/version', signal)) as unknown as { gitVersion?: unknown };
    this.lastContactMs = this.nowMs();
    const expected = this.host.expectedUid();
    if (expected !== undefined && expected !== uid) {
      throw new MemberProblem(
        'IdentityChanged',
        'another cluster answers at this address than the one that joined: detach the member and add it again',
      );
    }
    // Not before: whoever asks who this is must not hear of a cluster that only answers in its place.
    this.identity = { uid, version: typeof version.gitVersion === 'string' ? version.gitVersion.slice(0, 128) : 'unknown' };
    this.problem = undefined;
  }

  private async follow(source: WatchedSource, client: KubeClient, signal: AbortSignal): Promise<void> {
    const { selector, namespace } = source;
    const scope = { ...(selector !== undefined && { selector }), ...(namespace !== undefined && { namespace }) };
    const { reflector: options } = this.options;
    let isFirst = true;
    const listing = async <T>(list: () => Promise<T>): Promise<T> => {
      const listed = await (options.listing ? options.listing(list) : list());
      if (!isFirst) await this.isTheSame(client, signal);
      isFirst = false;
      await this.lookAtCrd(source, client);
      return listed;
    };
    const reflector = new Reflector(client, source.resource, this.sink(source), { ...options, ...scope, listing });
    this.reflectors.add(reflector);
    await reflector.run(signal);
  }

  /**
   * A connection may lead to another cluster after a while, behind a proxy or where it is of many sockets: then what was listed is not believed.
   * @throws KubeError where it is another one, or can't be asked
   */
  private async isTheSame(client: KubeClient, signal: AbortSignal): Promise<void> {
    const uid = await uidOf(client, signal);
    if (uid === this.identity?.uid) return;
    const changed = new KubeError('unreachable', 'another cluster answers over this connection than the one that it began with');
    this.connection?.close(changed);
    throw changed;
  }

  /**
   * Whether the kind is still of the CRD that it was of. Read after the LIST that it is about, which is not believed where it can't be read.
   * @throws KubeError
   */
  private async lookAtCrd(source: WatchedSource, client: KubeClient): Promise<void> {
    if (source.crd === undefined) return;
    const crd = await readCrd(source.crd, client, AbortSignal.timeout(this.options.calls.callMs));
    if (crd !== 'unreadable' && crd.uid !== undefined) this.held.noteCrd(source, crd.uid);
  }

  private sink(source: WatchedSource): ReflectorSink {
    const { store } = source;
    return {
      replaced: (objects, resourceVersion, beganMs) => {
        const suspicion = store.replaced(objects, resourceVersion, beganMs);
        if (suspicion) this.held.suspect(source, suspicion);
        else this.releaseWhole(source);
        if (store.awaitsConfirmation) this.confirmAbsences();
        // What is missing is part of what a person must look at.
        if (this.held.areAny) this.host.changed();
        this.host.relisted();
      },
      changed: (type, object) => {
        const { limits } = this.options.reflector;
        if (type === 'ADDED' && store.size >= limits.objects) throw tooMany(source.resource, limits);
        store.changed(type, object, this.nowMs());
        if (type === 'DELETED') this.deletions.note(source, object);
        if (type !== 'MODIFIED' && this.held.areAny) this.host.changed();
        // What comes back one by one, after a LIST that lacked it, is whole again with the last of them.
        else if (this.following.has(source)) this.releaseWhole(source);
      },
      following: () => this.isFollowing(source),
      throttled: (isThrottled) => {
        if (isThrottled) this.throttled.add(source);
        else this.throttled.delete(source);
        this.host.changed();
      },
      lost: (error) => {
        if (error.details.status !== undefined) this.lastContactMs = this.nowMs();
        if (error.kind === 'notServed' && store.wasServed) this.held.vanished(source);
        this.lost.set(source, error);
        this.following.delete(source);
        this.host.changed();
      },
    };
  }

  private isFollowing(source: WatchedSource): void {
    this.lastContactMs = this.nowMs();
    const isNews = !this.following.has(source);
    this.lost.delete(source);
    this.following.add(source);
    if (isNews && this.state === 'Synced') {
      this.wasSynced = true;
      this.lastSyncAt = new Date();
    }
    this.deletions.plan(source);
    if (isNews) this.host.changed();
  }

  private end(): void {
    if (this.client) this.lastContactMs = this.nowMs();
    this.deletions.stop();
    clearTimeout(this.confirmTimer);
    this.confirmTimer = undefined;
    this.following.clear();
    this.lost.clear();
    this.throttled.clear();
    this.reflectors.clear();
    this.client = undefined;
    this.connection = undefined;
    this.host.changed();
  }

  private async pause(failures: number, signal: AbortSignal): Promise<void> {
    // Unreachable comes by time alone, and whoever shows the state must hear of it.
    clearTimeout(this.unreachableTimer);
    const dueMs = this.lastContactMs + this.options.unreachableAfterMs - this.nowMs();
    if (dueMs > 0) this.unreachableTimer = setTimeout(() => this.host.changed(), dueMs + 10).unref();
    const { firstMs, mostMs } = this.options.reconnect;
    const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 16));
    this.wake = new AbortController();
    const stop = AbortSignal.any([signal, this.wake.signal]);
    await sleep(full / 2 + this.options.reflector.random() * (full / 2), undefined, { signal: stop }).catch(() => undefined);
  }

  /** What may be concluded of the cluster. */
  get state(): MemberState {
    if (this.client && this.following.size === this.sources.length) return 'Synced';
    if (!this.client && this.nowMs() - this.lastContactMs >= this.options.unreachableAfterMs) return 'Unreachable';
    return this.wasSynced ? 'Stale' : 'Connecting';
  }

  private describeProblem(): SessionProblem | undefined {
    const { problem } = this;
    if (problem instanceof MemberProblem) return { reason: problem.reason, message: problem.message };
    if (problem instanceof KubeconfigError) return { reason: 'KubeconfigRefused', message: problem.message };
    if (problem instanceof KubeError) return { reason: reasonOf(problem), message: problem.message };
    if (problem) return { reason: 'Failed', message: problem.message };
    const [first] = this.lost;
    if (!first) return undefined;
    const [source, error] = first;
    const { kind } = source.resource;
    if (error.kind === 'notServed')
      return { reason: reasonOf(error), message: `${kind} is not served: lattice-hub crds --member prints the CRD that is missing` };
    return { reason: reasonOf(error), message: `${kind}: ${error.message}` };
  }

  private releaseWhole(source: WatchedSource): void {
    if (!this.held.releaseWhole(source)) return;
    this.deletions.plan(source);
    this.host.changed();
  }

  private nowMs(): number {
    return this.options.reflector.nowMs();
  }
}

/** Which cluster it is that answers. @throws KubeError */
async function uidOf(client: KubeClient, signal: AbortSignal): Promise<string> {
  const { uid } = (await client.get('/api/v1/namespaces/kube-system', signal)).metadata;
  if (!uid) throw new KubeError('malformed', 'namespace kube-system has no UID');
  return uid;
}

/** The reason of a condition for what went wrong. */
function reasonOf(error: KubeError): string {
  const reasons: Partial<Record<KubeError['kind'], string>> = {
    addressRefused: 'AddressRefused',
    tls: 'TlsFailed',
    unauthorized: 'Unauthorized',
    forbidden: 'Forbidden',
    notServed: 'KindNotServed',
    timeout: 'NoAnswer',
    unreachable: 'ConnectionFailed',
    throttled: 'Throttled',
    unavailable: 'ServerError',
    malformed: 'MalformedAnswer',
    excessive: 'TooMany',
  };
  return reasons[error.kind] ?? 'Failed';
}
