import { beforeEach, describe, expect, it } from '@jest/globals';
import { KubeError, type KubeClient, type KubeObject } from '@hub/kube';
import { EventWriter, type HubEvent } from './events.js';

const { signal } = new AbortController();

/** An API server that keeps the events it is given, and may refuse the next ones. */
class Cluster {
  readonly notes: string[] = [];
  refuses: KubeError | undefined;

  readonly client = {
    create: async (_path: string, object: object) => {
      if (this.refuses) throw this.refuses;
      this.notes.push((object as { note: string }).note);
      return object as KubeObject;
    },
  } as unknown as KubeClient;
}

function event(note: string, name = 'shop'): HubEvent {
  return {
    type: 'Normal',
    reason: 'TargetGroupCreated',
    note,
    regarding: { apiVersion: 'v1', kind: 'ServiceExport', namespace: 'default', name },
  };
}

describe('events', () => {
  let nowMs: number;
  let events: EventWriter;
  let a: Cluster;
  let b: Cluster;

  beforeEach(() => {
    nowMs = 0;
    events = new EventWriter('hub-1', () => nowMs);
    a = new Cluster();
    b = new Cluster();
  });

  it('are told once in ten minutes', async () => {
    for (const ms of [0, 1000, 599_999, 600_001]) {
      nowMs = ms;
      await events.write('a', event('made'), a.client, signal);
    }
    expect(a.notes).toEqual(['made', 'made']);
  });

  it('are told of every object, and in every cluster that has one of the name', async () => {
    await events.write('a', event('made'), a.client, signal);
    await events.write('a', event('made', 'cart'), a.client, signal);
    await events.write('b', event('made'), b.client, signal);
    expect([a.notes, b.notes]).toEqual([['made', 'made'], ['made']]);
  });

  it('that could not be written are told the next time, unless the hub may not write any', async () => {
    a.refuses = new KubeError('unavailable', 'no answer');
    await expect(events.write('a', event('made'), a.client, signal)).rejects.toThrow('no answer');
    a.refuses = new KubeError('forbidden', 'no');
    await expect(events.write('a', event('gone'), a.client, signal)).rejects.toThrow('no');
    a.refuses = undefined;
    for (const note of ['made', 'gone']) await events.write('a', event(note), a.client, signal);
    expect(a.notes).toEqual(['made']);
  });
});
