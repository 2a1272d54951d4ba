import { randomBytes } from 'node:crypto';
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

/** The same thing about the same object is told once in this time. */
const quietMs = 600_000;
const remembered = 5000;

/** Writes events into clusters: when something happens, and none when nothing does. */
export class EventWriter {
  private readonly told = new Map<string, number>();

  constructor(
    private readonly replica: string,
    private readonly nowMs: () => number,
  ) {}

  /**
   * @param cluster whose object it is about: every cluster may have one of the same name
   * @throws KubeError; whoever may not write events goes on without them
   */
  async write(cluster: string, event: HubEvent, client: KubeClient, signal: AbortSignal): Promise<void> {
    const key = JSON.stringify([cluster, event.regarding.kind, event.regarding.namespace, event.regarding.name, event.reason, event.note]);
    const toldMs = this.told.get(key);
    if (toldMs !== undefined && this.nowMs() - toldMs < quietMs) return;
    this.told.delete(key);
    this.told.set(key, this.nowMs());
    if (this.told.size > remembered) this.told.delete(this.told.keys().next().value ?? '');
    const namespace = event.regarding.namespace ?? 'default';
    const object = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${event.regarding.name.slice(0, 200)}.${randomBytes(8).toString('hex')}`, namespace },
      eventTime: new Date().toISOString().replace('Z', '000Z'),
      reportingController: 'lattice-hub.io/hub',
      reportingInstance: `${fieldManager}-${this.replica}`.slice(0, 128),
      action: 'Reconcile',
      type: event.type,
      reason: event.reason,
      note: event.note.slice(0, 1000),
      regarding: event.regarding,
    };
    try {
      await client.create(`/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`, object, signal);
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind !== 'forbidden') this.told.delete(key);
      throw error;
    }
  }
}
