import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fieldManager } from '@hub/api';
import { KubeError, type KubeClient } from '@hub/kube';

/** Something that happened to an object, for those who look at it. */
export interface HubEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly note: string;
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
  };
}

/** How many events are written, of each type. Times in ms. */
export interface EventOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** What would have to wait for longer is not written: nobody reads so many. */
  readonly mostWaitMs: number;
  readonly callTimeoutMs: number;
  readonly nowMs: () => number;
}

/** The same thing about the same object is told once in this time. */
const quietMs = 600_000;
const remembered = 5000;

/**
 * Writes events into clusters: when something happens, and none when nothing does. What happens to a whole fleet at once is told in the course of
 * two minutes: to tell of the work is not to hold up the work.
 */
export class EventWriter {
  private readonly told = new Map<string, number>();
  private readonly nextAtMs = { Normal: -Infinity, Warning: -Infinity };

  constructor(
    private readonly replica: string,
    private readonly options: EventOptions,
  ) {}

  /**
   * @param cluster whose object it is about: every cluster may have one of the same name
   * @param reach a client of the cluster, when its turn has come; an event of one that can't be reached then is not told
   * @throws KubeError; whoever may not write events goes on without them
   */
  async write(cluster: string, event: HubEvent, reach: () => KubeClient | undefined): Promise<void> {
    const { callTimeoutMs, nowMs } = this.options;
    const key = JSON.stringify([cluster, event.regarding.kind, event.regarding.namespace, event.regarding.name, event.reason, event.note]);
    const toldMs = this.told.get(key);
    if (toldMs !== undefined && nowMs() - toldMs < quietMs) return;
    this.told.delete(key);
    this.told.set(key, nowMs());
    if (this.told.size > remembered) this.told.delete(this.told.keys().next().value ?? '');
    const at = new Date();
    const waitMs = this.book(event.type);
    if (waitMs !== undefined && waitMs > 0) await sleep(waitMs, undefined, { ref: false });
    const client = waitMs === undefined ? undefined : reach();
    if (!client) {
      this.told.delete(key);
      return;
    }
    const { path, object } = this.objectOf(event, at);
    try {
      await client.create(path, object, AbortSignal.timeout(callTimeoutMs));
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== 'forbidden') this.told.delete(key);
      throw error;
    }
  }

  /** @returns in how many ms it is its turn; undefined where that is too late */
  private book(type: HubEvent['type']): number | undefined {
    const { perSecond, burst, mostWaitMs } = this.options;
    const nowMs = this.options.nowMs();
    const everyMs = 1000 / perSecond;
    const atMs = Math.max(this.nextAtMs[type] + everyMs, nowMs - burst * everyMs);
    if (atMs - nowMs > mostWaitMs) return undefined;
    this.nextAtMs[type] = atMs;
    return Math.max(0, atMs - nowMs);
  }

  private objectOf(event: HubEvent, at: Date): { readonly path: string; readonly object: object } {
    const namespace = event.regarding.namespace ?? 'default';
    const object = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${event.regarding.name.slice(0, 200)}.${randomBytes(8).toString('hex')}`, namespace },
      eventTime: at.toISOString().replace('Z', '000Z'),
      reportingController: 'lattice-hub.io/hub',
      reportingInstance: `${fieldManager}-${this.replica}`.slice(0, 128),
      action: 'Reconcile',
      type: event.type,
      reason: event.reason,
      note: event.note.slice(0, 1000),
      regarding: event.regarding,
    };
    return { path: `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`, object };
  }
}
