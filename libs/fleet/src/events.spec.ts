import { beforeEach, describe, expect, it } from '@jest/globals';
import { KubeError, type KubeClient, type KubeObject } from '@hub/kube';
import { EventWriter, type HubEvent } from './events.js';

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
    events = new EventWriter('hub-1', { perSecond: 1000, burst: 2, mostWaitMs: 5, callTimeoutMs: 1000, nowMs: () => nowMs });
    a = new Cluster();
    b = new Cluster();
  });

  it('are told once in ten minutes', async () => {
    for (const ms of [0, 1000, 599_999, 600_001]) {
      nowMs = ms;
      await events.write('a', event('made'), () => a.client);
    }
    expect(a.notes).toEqual(['made', 'made']);
  });

  it('are told of every object, and in every cluster that has one of the name', async () => {
    await events.write('a', event('made'), () => a.client);
    await events.write('a', event('made', 'cart'), () => a.client);
    await events.write('b', event('made'), () => b.client);
    expect([a.notes, b.notes]).toEqual([['made', 'made'], ['made']]);
  });

  it('that come all at once are told one after the other, and of too many the last are not', async () => {
    const notes = Array.from({ length: 20 }, (_, i) => `made ${i}`);
    await Promise.all(notes.map((note) => events.write('a', event(note), () => a.client)));
    // Two at once and one more, and those of the next five ms.
    expect(a.notes).toEqual(notes.slice(0, 8));
    nowMs = 1000;
    await events.write('a', event('made 19'), () => a.client);
    expect(a.notes.at(-1)).toBe('made 19');
  });

  it('that say that something is wrong do not wait behind those that say that all is well', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => events.write('a', event(`made ${i}`), () => a.client)));
    await events.write('a', { ...event('lost'), type: 'Warning' }, () => a.client);
    expect(a.notes).toContain('lost');
  });

  it('of a cluster that cannot be reached are told when they happen again', async () => {
    await events.write('a', event('made'), () => undefined);
    await events.write('a', event('made'), () => a.client);
    expect(a.notes).toEqual(['made']);
  });

  it('that could not be written are told the next time, unless the hub may not write any', async () => {
    a.refuses = new KubeError('unavailable', 'no answer');
    await expect(events.write('a', event('made'), () => a.client)).rejects.toThrow('no answer');
    a.refuses = new KubeError('forbidden', 'no');
    await expect(events.write('a', event('gone'), () => a.client)).rejects.toThrow('no');
    a.refuses = undefined;
    for (const note of ['made', 'gone']) await events.write('a', event(note), () => a.client);
    expect(a.notes).toEqual(['made']);
  });
});
