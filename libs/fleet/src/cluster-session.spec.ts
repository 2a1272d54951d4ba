import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ApiConnection, type KubeError } from '@hub/kube';
import { ClusterSession, type SessionOptions } from './cluster-session.js';

const options: SessionOptions = {
  connection: { connectTimeoutMs: 1000, pingIntervalMs: 1000, pingTimeoutMs: 1000, userAgent: 'test' },
  calls: { callMs: 1000, listMs: 1000 },
  reflector: {
    pageSize: 1,
    limits: { objects: 1000, againAfterMs: 1, eventsPerSecond: 1000, eventBurst: 1000 },
    silenceMs: 1000,
    backoff: { firstMs: 1, mostMs: 1, resetAfterMs: 1 },
    random: () => 0,
    nowMs: () => performance.now(),
  },
  unreachableAfterMs: 60_000,
  reconnect: { firstMs: 5, mostMs: 5 },
  settle: { quietMs: 1, emptiedMs: 1 },
  confirmationMs: 60_000,
};

/** Connections to clusters that have these UIDs, one after the other; the last of them stays. */
function clustersAnswer(...uids: readonly string[]): void {
  let next = 0;
  jest.spyOn(ApiConnection, 'open').mockImplementation(async () => {
    const uid = uids[Math.min(next++, uids.length - 1)];
    let settle: (why: KubeError) => void = () => undefined;
    return {
      closed: new Promise<KubeError>((resolve) => (settle = resolve)),
      close: (why: KubeError) => settle(why),
      request: async ({ path }: { readonly path: string }) => {
        const answer = path === '/version' ? { gitVersion: 'v1.37.2' } : { kind: 'Namespace', metadata: { name: 'kube-system', uid } };
        return { status: 200, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(answer))]) };
      },
    } as unknown as ApiConnection;
  });
}

/** A session for as long as a few connections take, with a cluster of which nothing is followed. */
async function sessionWith(expectedUid: string | undefined, during: (session: ClusterSession) => void = () => undefined) {
  const stop = new AbortController();
  const host = {
    endpoint: async () => ({ server: new URL('https://10.0.0.1') }),
    expectedUid: () => expectedUid,
    changed: () => undefined,
    relisted: () => undefined,
  };
  const session = new ClusterSession([], host, options);
  const running = session.run(stop.signal);
  for (let i = 0; i < 10; i++) {
    await sleep(5);
    during(session);
  }
  const facts = session.facts();
  stop.abort();
  await running;
  return facts;
}

describe('a hold that another session has told of', () => {
  const told = { reason: 'ClusterRestored', since: '2026-01-01T00:00:00Z', message: 'it went back' } as const;

  it('is taken over, and once it was released here it is not taken over again', async () => {
    clustersAnswer('uid-1');
    let wasHeld = false;
    const { holds } = await sessionWith('uid-1', (session) => {
      session.held.recall([told]);
      wasHeld ||= session.facts().holds.some(({ reason, since }) => reason === told.reason && since === told.since);
      session.acknowledge();
    });
    jest.restoreAllMocks();
    expect(wasHeld).toBe(true);
    expect(holds).toEqual([]);
  });
});

describe('who a cluster is', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each<{ because: string; expected: string | undefined }>([
    { because: 'it is the one that joined', expected: 'uid-1' },
    { because: 'none has joined yet', expected: undefined },
  ])('is what it says when $because', async ({ expected }) => {
    clustersAnswer('uid-1');
    expect(await sessionWith(expected)).toMatchObject({ uid: 'uid-1', version: 'v1.37.2' });
  });

  it('is not what another cluster says that answers at its address: nothing is believed of that one', async () => {
    clustersAnswer('uid-2');
    expect(await sessionWith('uid-1')).toMatchObject({
      uid: undefined,
      state: 'Connecting',
      problem: { reason: 'IdentityChanged' },
    });
  });

  it('stays what it was when another cluster answers at its address later', async () => {
    clustersAnswer('uid-1', 'uid-2');
    const facts = await sessionWith('uid-1', (session) => session.reconnect());
    expect(facts).toMatchObject({ uid: 'uid-1', problem: { reason: 'IdentityChanged' } });
    expect(facts.state).not.toBe('Synced');
  });
});
