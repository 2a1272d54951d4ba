import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KubeError, type HubApi, type KubeObject } from '@hub/kube';
import { replicaFor } from '@hub/plan';
import { KindStore } from './kind-store.js';
import { readLease, type LeaseRecord } from './lease-record.js';
import { Leases, type Holding } from './leases.js';

const durationMs = 15_000;
const renewMs = 5000;
const startTimeoutMs = 60_000;

interface StoredLease {
  readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly [key: string]: unknown };
  readonly spec: { readonly holderIdentity?: string; readonly leaseTransitions?: number; readonly renewTime?: unknown };
}

/** The Leases of a hub cluster: what is written under an old resourceVersion is refused, and everything is told to whoever watches. */
class LeaseServer {
  readonly leases = new Map<string, StoredLease>();
  /** The Leases that were taken away. */
  readonly deleted: string[] = [];
  readonly watchers = new Set<(type: 'MODIFIED' | 'DELETED', lease: StoredLease) => void>();
  private version = 1;

  get(name: string): StoredLease | undefined {
    return this.leases.get(name);
  }

  write(name: string, lease: { readonly metadata?: object; readonly spec?: object }, basedOn: string | undefined): StoredLease {
    const found = this.leases.get(name);
    if (found && basedOn === undefined) throw new KubeError('alreadyExists', name);
    if (found?.metadata.resourceVersion !== basedOn) throw new KubeError('conflict', name);
    const metadata = { namespace: 'hub', ...lease.metadata, name, resourceVersion: `${this.version++}` };
    // Every renewal is another moment, though the test is faster than a clock.
    const spec = { ...lease.spec, ...(name.startsWith('lattice-hub-replica-') && { renewTime: `moment ${metadata.resourceVersion}` }) };
    const stored = JSON.parse(JSON.stringify({ ...lease, spec, metadata })) as StoredLease;
    this.leases.set(name, stored);
    this.tell('MODIFIED', stored);
    return stored;
  }

  delete(name: string, basedOn?: string): void {
    const found = this.leases.get(name);
    if (found && basedOn !== undefined && found.metadata.resourceVersion !== basedOn) throw new KubeError('conflict', name);
    this.leases.delete(name);
    this.deleted.push(name);
    if (found) this.tell('DELETED', found);
  }

  /** Who holds a cluster, and under which number. */
  cluster(name: string): { readonly holder: string | undefined; readonly number: number | undefined } {
    const spec = this.leases.get(`lattice-hub-cluster-${name}`)?.spec;
    return { holder: spec?.holderIdentity, number: spec?.leaseTransitions };
  }

  private tell(type: 'MODIFIED' | 'DELETED', lease: StoredLease): void {
    for (const watcher of this.watchers) watcher(type, lease);
  }
}

/** The time that passes, for all; a replica's own clock may stand elsewhere. */
let passedMs = 0;

async function pass(ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 100) {
    passedMs += 100;
    await jest.advanceTimersByTimeAsync(100);
  }
}

/** One replica of the hub, as far as Leases go. */
class Replica {
  readonly told: string[] = [];
  readonly failures: unknown[] = [];
  readonly leases: Leases;
  readonly store: KindStore<LeaseRecord>;
  clusters: readonly string[];
  /** Nothing gets through to the hub cluster, or from it. */
  isCut = false;
  /** Events wait, though calls get through. */
  isWatchBehind = false;
  /** The next write of a cluster's Lease fails. */
  failsWrites = 0;
  /** The next Lease of a cluster is made, and the answer is lost. */
  losesAnswers = 0;
  /** It may not delete Leases. */
  mayNotDelete = false;
  /** It may not read Leases. */
  mayNotRead = false;
  /** Whoever asks it to let go of something waits. */
  keepsAll = false;
  /** How long a write takes. */
  writeMs = 0;
  /** So many reads are never answered; who waits gives up after a while, or never does. */
  readonly unanswered = { reads: 0, givesUpAfterMs: 2500 };
  private late: (() => void)[] = [];

  constructor(
    readonly name: string,
    private readonly server: LeaseServer,
    clusters: readonly string[],
    options: { readonly clockOffsetMs?: number; readonly renewMs?: number } = {},
  ) {
    this.clusters = clusters;
    this.store = new KindStore<LeaseRecord>({
      read: (o) => readLease(o),
      checksDeletions: 'never',
      confirmationMs: 0,
      onChange: () => void this.leases?.balance().catch(() => undefined),
    });
    this.leases = new Leases(this.api(), this.store, () => this.clusters, this.host(), {
      namespace: 'hub',
      replica: name,
      durationMs,
      renewMs: options.renewMs ?? renewMs,
      nowMs: () => passedMs + (options.clockOffsetMs ?? 0),
    });
    this.store.replaced([...server.leases.values()] as unknown as KubeObject[], '0', 0);
    server.watchers.add((type, lease) => this.hear(() => this.store.changed(type, lease as unknown as KubeObject, 0)));
  }

  async start(): Promise<this> {
    await this.leases.start(startTimeoutMs);
    await settle();
    return this;
  }

  /** The clusters that it may write to now, under the number that it was given. */
  writes(attemptMs = 0): readonly string[] {
    return this.clusters.filter((cluster) => this.leases.mayWrite(cluster, this.leases.holding(cluster)?.number ?? -1, attemptMs));
  }

  /** As a hub stops: it takes nothing any more, gives back what it has, and its Lease goes. */
  async leave(): Promise<void> {
    const held = this.writes();
    this.clusters = [];
    for (const cluster of held) await this.leases.release(cluster);
    await this.leases.stop();
    await settle();
  }

  async catchUp(): Promise<void> {
    this.isWatchBehind = false;
    for (const deliver of this.late.splice(0)) deliver();
    await settle();
  }

  private hear(deliver: () => void): void {
    if (this.isCut || this.isWatchBehind) this.late.push(deliver);
    else deliver();
  }

  private host() {
    return {
      acquired: (cluster: string, holding: Holding) =>
        this.told.push(`acquired ${cluster} ${holding.number}${holding.fromDeadHolder ? ' from the dead' : ''}`),
      shouldRelease: (cluster: string) => {
        this.told.push(`should release ${cluster}`);
        if (this.keepsAll) return;
        void this.leases.release(cluster).catch(() => undefined);
      },
      lost: (cluster: string) => this.told.push(`lost ${cluster}`),
      failed: (error: unknown) => this.failures.push(error),
    };
  }

  private read(name: string): StoredLease | undefined {
    if (this.mayNotRead) throw new KubeError('forbidden', 'reading is not allowed');
    return this.server.get(name);
  }

  private write(name: string, lease: StoredLease, basedOn: string | undefined): StoredLease {
    if (name.startsWith('lattice-hub-cluster-') && this.failsWrites-- > 0) throw new KubeError('unavailable', 'not now');
    return this.server.write(name, lease, basedOn);
  }

  private api(): HubApi {
    const through = async <T>(act: () => T, delayMs = 0): Promise<T> => {
      if (this.isCut) throw new KubeError('unreachable', 'cut off');
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      return act();
    };
    const silence = async (): Promise<never> => {
      await new Promise((resolve) => setTimeout(resolve, this.unanswered.givesUpAfterMs));
      throw new KubeError('timeout', 'no answer in time');
    };
    return {
      getLease: (_: string, name: string) => (this.unanswered.reads-- > 0 ? silence() : through(() => this.read(name))),
      createLease: (_: string, lease: StoredLease) =>
        through(() => {
          const made = this.write(lease.metadata.name, lease, undefined);
          if (lease.metadata.name.startsWith('lattice-hub-cluster-') && this.losesAnswers-- > 0)
            throw new KubeError('timeout', 'no answer in time');
          return made;
        }, this.writeMs),
      replaceLease: (_: string, name: string, lease: StoredLease) =>
        through(() => this.write(name, lease, lease.metadata.resourceVersion), this.writeMs),
      deleteLease: (_: string, name: string, basedOn?: string) =>
        through(() => {
          if (this.mayNotDelete) throw new KubeError('forbidden', 'deleting is not allowed');
          this.server.delete(name, basedOn);
        }),
    } as unknown as HubApi;
  }
}

async function settle(): Promise<void> {
  await jest.advanceTimersByTimeAsync(0);
}

/** The first cluster by number that belongs to a replica when these replicas live. */
function clusterOf(replica: string, replicas: readonly string[]): string {
  for (let i = 0; ; i++) if (replicaFor(`c${i}`, replicas) === replica) return `c${i}`;
}

const r1 = 'r1';
const r2 = 'r2';
/** Clusters that are r1's and r2's while both live. */
const ofR1 = clusterOf(r1, [r1, r2]);
const ofR2 = clusterOf(r2, [r1, r2]);
const both = [ofR1, ofR2];

beforeEach(() => {
  jest.useFakeTimers();
  passedMs = 0;
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a replica that starts beside a busy hub cluster', () => {
  it('asks again for its own Lease, and takes what it could not take at first', async () => {
    const server = new LeaseServer();
    const a = new Replica(r1, server, both);
    // Its own Lease is asked for twice in vain, and so is the first of the clusters.
    a.unanswered.reads = 2;
    a.failsWrites = 1;
    const started = a.leases.start(startTimeoutMs);
    await pass(10_000);
    await started;
    expect(a.writes()).toEqual(both);
    expect(a.failures).toHaveLength(3);
  });

  it('says what is wrong once its time is over, and at once where waiting does not help', async () => {
    const silent = new Replica(r1, new LeaseServer(), both);
    silent.isCut = true;
    const outcome = silent.leases.start(startTimeoutMs).catch((error: unknown) => error);
    await pass(startTimeoutMs + renewMs);
    expect(await outcome).toMatchObject({ kind: 'unreachable' });

    const denied = new Replica(r2, new LeaseServer(), both);
    denied.mayNotRead = true;
    await expect(denied.leases.start(startTimeoutMs)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('two replicas', () => {
  it('hold each cluster once, and share them', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    expect(a.writes()).toEqual(both);
    const b = await new Replica(r2, server, both).start();
    await pass(renewMs);
    expect([a.writes(), b.writes()]).toEqual([[ofR1], [ofR2]]);
    expect(server.cluster(ofR2)).toEqual({ holder: r2, number: 2 });
  });

  it('know that they are not alone, until one has left', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    expect(a.leases.isAlone).toBe(true);
    const b = await new Replica(r2, server, both).start();
    await pass(renewMs);
    expect([a.leases.isAlone, b.leases.isAlone]).toEqual([false, false]);
    await a.leave();
    await pass(renewMs);
    expect(b.leases.isAlone).toBe(true);
  });

  it('that come at the same time never both hold one', async () => {
    const server = new LeaseServer();
    const a = new Replica(r1, server, both);
    const b = new Replica(r2, server, both);
    await Promise.all([a.start(), b.start()]);
    expect(a.writes().filter((cluster) => b.writes().includes(cluster))).toEqual([]);
    await pass(2 * renewMs);
    expect([a.writes(), b.writes()]).toEqual([[ofR1], [ofR2]]);
  });

  it('take what the other lets go of at once, and not as from the dead', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    const b = await new Replica(r2, server, both).start();
    await pass(renewMs);
    await a.leave();
    expect(b.writes()).toEqual(both);
    expect(b.told).toContain(`acquired ${ofR1} 2`);
  });
});

describe('a replica that is gone', () => {
  async function oneGone(clockOffsetMs = 0) {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    const b = await new Replica(r2, server, both, { clockOffsetMs }).start();
    await pass(renewMs);
    a.isCut = true;
    return { server, a, b };
  }

  it.each<{ clock: string; offsetMs: number }>([
    { clock: 'the same clock', offsetMs: 0 },
    { clock: 'a clock that is a year ahead', offsetMs: 31_536_000_000 },
  ])('has its clusters taken over when its Lease has run out, by $clock, and not before', async ({ offsetMs }) => {
    const { server, a, b } = await oneGone(offsetMs);
    await pass(durationMs - 2 * renewMs);
    expect(b.writes()).toEqual([ofR2]);
    await pass(3 * renewMs);
    expect(a.writes()).toEqual([]);
    expect(b.writes()).toEqual(both);
    expect(b.told).toContain(`acquired ${ofR1} 2 from the dead`);
    expect(server.cluster(ofR1)).toEqual({ holder: r2, number: 2 });
  });

  it('never writes at the same time as the one that took over', async () => {
    const { a, b } = await oneGone();
    for (let i = 0; i < 60; i++) {
      await pass(500);
      expect(a.writes().filter((cluster) => b.writes().includes(cluster))).toEqual([]);
    }
  });

  it('has lost everything when it is back, and does not take it while the other lives', async () => {
    const { a, b } = await oneGone();
    await pass(3 * durationMs);
    expect(a.told).toContain(`lost ${ofR1}`);
    a.isCut = false;
    await a.catchUp();
    await pass(renewMs + 100);
    expect(b.told.filter((line) => line === `should release ${ofR1}`)).toHaveLength(1);
    expect([a.writes(), b.writes()]).toEqual([[ofR1], [ofR2]]);
    expect(a.told.at(-1)).toBe(`acquired ${ofR1} 3`);
  });

  it('is not taken for gone because its Lease was not seen yet', async () => {
    const server = new LeaseServer();
    const b = new Replica(r2, server, both);
    b.isWatchBehind = true;
    const a = await new Replica(r1, server, both).start();
    await b.start();
    expect([a.writes(), b.writes()]).toEqual([[ofR1], [ofR2]]);
    await pass(renewMs);
    await b.catchUp();
    await pass(renewMs);
    expect([a.writes(), b.writes()]).toEqual([[ofR1], [ofR2]]);
    expect(b.told).toEqual([`acquired ${ofR2} 2`]);
  });
});

describe('a replica that leaves', () => {
  it('gives back what it could not give back at first, so that nobody waits for its Lease to end', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    a.failsWrites = 1;
    a.clusters = [];
    await a.leases.release('c').catch(() => undefined);
    expect(server.cluster('c').holder).toBe(r1);
    await a.leases.stop();
    expect(server.cluster('c').holder).toBe('');
  });
});

describe('a replica that begins to leave', () => {
  const others = Array.from({ length: 100 }, (_, i) => `c${i}`).filter((cluster) => replicaFor(cluster, [r1, r2]) === r1);
  const [first = '', second = ''] = others;
  const three = [first, second, ofR2];

  async function beginning() {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, three).start();
    const b = await new Replica(r2, server, three).start();
    await pass(renewMs);
    a.keepsAll = true;
    return { server, a, b };
  }

  it('has what it gives back taken at once, and keeps the rest until it has ended with it', async () => {
    const { server, a, b } = await beginning();
    await a.leases.beginToLeave();
    await a.leases.release(first);
    await settle();
    expect([a.writes(), b.writes()]).toEqual([[second], [first, ofR2]]);
    // For as long as it takes: its Lease is renewed.
    await pass(3 * durationMs);
    expect([a.writes(), b.writes()]).toEqual([[second], [first, ofR2]]);
    await a.leases.release(second);
    await a.leases.stop();
    await settle();
    expect(b.writes()).toEqual(three);
    expect(server.deleted).toEqual([`lattice-hub-replica-${r1}`]);
  });

  it('has it taken when its Lease goes, where it could tell nobody', async () => {
    const { a, b } = await beginning();
    a.isCut = true;
    await a.leases.beginToLeave();
    expect(a.failures).toHaveLength(1);
    a.isCut = false;
    for (const cluster of [first, second]) await a.leases.release(cluster);
    await a.leases.stop();
    await settle();
    expect(b.writes()).toEqual(three);
  });
});

describe('an acquisition whose answer is lost', () => {
  it('is given back where another one wants the cluster by then', async () => {
    const server = new LeaseServer();
    const a = new Replica(r1, server, [ofR2]);
    a.losesAnswers = 1;
    a.isWatchBehind = true;
    await a.start().catch(() => undefined);
    expect(server.cluster(ofR2)).toEqual({ holder: r1, number: 1 });
    const b = await new Replica(r2, server, [ofR2]).start();
    await a.catchUp();
    await pass(durationMs + renewMs);
    expect(a.writes()).toEqual([]);
    expect(b.writes()).toEqual([ofR2]);
  });
});

describe('a renewal that is never answered', () => {
  it.each([
    { what: 'is made again at once', givesUpAfterMs: 2500 },
    // A program that is to tell the credentials, and hangs, has no deadline of its own.
    { what: 'is not waited for', givesUpAfterMs: 600_000 },
  ])('costs nothing: it $what', async ({ givesUpAfterMs }) => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    Object.assign(a.unanswered, { reads: 1, givesUpAfterMs });
    for (let i = 0; i < 60; i++) {
      await pass(500);
      expect(a.writes()).toEqual(['c']);
    }
    expect(a.told).toEqual(['acquired c 1']);
  });
});

describe('a Lease that lapsed', () => {
  it('loses everything before it is renewed, though nobody took anything yet', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    a.isCut = true;
    await pass(durationMs + 100);
    expect(a.writes()).toEqual([]);
    expect(a.leases.isValid).toBe(false);
    a.isCut = false;
    await a.catchUp();
    await pass(renewMs);
    expect(a.told).toEqual(['acquired c 1', 'lost c', 'acquired c 2 from the dead']);
    expect(a.writes()).toEqual(['c']);
  });

  it('while its renewal was under way loses everything too', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both, { renewMs: 4000 }).start();
    await pass(3200);
    const b = await new Replica(r2, server, both, { renewMs: 4000 }).start();
    await pass(1000);
    // Its last renewal was at 4,000. The next that gets through begins at 16,000 and arrives at 19,500, after the other has taken over.
    a.isCut = true;
    await pass(8800);
    a.isCut = false;
    a.isWatchBehind = true;
    a.writeMs = 3500;
    await pass(6400);
    expect(b.writes()).toEqual(both);
    await pass(300);
    expect(a.leases.isValid).toBe(true);
    expect(a.writes()).toEqual([]);
    expect(a.told).toContain(`lost ${ofR1}`);
  });

  it('gives back what another one wants by then, once no attempt can be under way any more', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, [ofR2]).start();
    a.isCut = true;
    await pass(durationMs + 100);
    // It stands in the Lease still, and lives: nobody else takes the cluster.
    a.isCut = false;
    const b = await new Replica(r2, server, [ofR2]).start();
    await a.catchUp();
    await pass(durationMs - renewMs);
    expect(server.cluster(ofR2)).toEqual({ holder: r1, number: 1 });
    await pass(2 * renewMs);
    expect(a.told).toEqual([`acquired ${ofR2} 1`, `lost ${ofR2}`]);
    expect(b.told).toEqual([`acquired ${ofR2} 2`]);
    expect(b.writes()).toEqual([ofR2]);
  });

  it('takes nothing before it is renewed', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    a.isCut = true;
    await pass(durationMs + 2 * renewMs);
    a.isCut = false;
    a.clusters = ['c', 'd'];
    await a.leases.balance();
    expect(server.cluster('d').holder).toBeUndefined();
    await pass(renewMs);
    expect(a.writes()).toEqual(['c', 'd']);
  });
});

describe('an attempt', () => {
  it('may begin only when the Lease outlives it', async () => {
    const a = await new Replica(r1, new LeaseServer(), ['c']).start();
    expect(a.writes(durationMs - 1)).toEqual(['c']);
    expect(a.writes(durationMs)).toEqual([]);
    a.isCut = true;
    await pass(10_000);
    expect(a.writes(4900)).toEqual(['c']);
    expect(a.writes(5000)).toEqual([]);
  });

  it('may begin only under the number that is current', async () => {
    const a = await new Replica(r1, new LeaseServer(), ['c']).start();
    expect(a.leases.mayWrite('c', 1, 0)).toBe(true);
    expect(a.leases.mayWrite('c', 0, 0)).toBe(false);
    expect(a.leases.mayWrite('c', 2, 0)).toBe(false);
    expect(a.leases.mayWrite('x', 1, 0)).toBe(false);
    await a.leases.release('c');
    expect(a.leases.mayWrite('c', 1, 0)).toBe(false);
  });
});

describe('the fencing number', () => {
  it('rises at every acquisition, whoever acquires', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    const numbers = [server.cluster('c').number];
    for (let i = 0; i < 3; i++) {
      await a.leases.release('c');
      await pass(renewMs);
      numbers.push(server.cluster('c').number);
    }
    expect(numbers).toEqual([1, 2, 3, 4]);
    expect(a.writes()).toEqual(['c']);
  });

  it('of a restart with the Lease of the process before is another one, and from the dead', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    a.isCut = true;
    const next = await new Replica('r9', server, ['c']).start();
    await pass(durationMs + 2 * renewMs);
    expect(next.told).toEqual(['acquired c 2 from the dead']);
  });

  it('that another replica has raised is a loss', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    const lease = server.get('lattice-hub-cluster-c')!;
    server.write(
      'lattice-hub-cluster-c',
      { ...lease, spec: { ...lease.spec, holderIdentity: 'r9', leaseTransitions: 2 } },
      lease.metadata.resourceVersion,
    );
    await settle();
    expect(a.told.slice(0, 2)).toEqual(['acquired c 1', 'lost c']);
    expect(a.writes()).toEqual([]);
  });
});

describe('a Lease that somebody deletes', () => {
  it('is a loss, and the number rises all the same', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    await pass(renewMs);
    server.delete('lattice-hub-cluster-c');
    await settle();
    expect(a.told).toEqual(['acquired c 1', 'lost c', 'acquired c 2']);
    expect(a.leases.mayWrite('c', 1, 0)).toBe(false);
  });

  it('of a replica that lives is made anew, and nothing changes hands', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    const b = await new Replica(r2, server, both).start();
    await pass(renewMs);
    server.delete('lattice-hub-replica-r1');
    await pass(2 * renewMs);
    expect(server.get('lattice-hub-replica-r1')).toBeDefined();
    expect([a.writes(), b.writes()]).toEqual([[ofR1], [ofR2]]);
  });
});

describe('the Lease of a replica that died', () => {
  /** Long enough for a Lease to count as left over, and for the next look at those that are. */
  const longMs = 45 * durationMs;

  async function oneDead(options: { readonly clockOffsetMs?: number } = {}) {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    const b = await new Replica(r2, server, ['c'], options).start();
    await pass(renewMs);
    a.isCut = true;
    return { server, a, b };
  }

  it.each<{ clock: string; clockOffsetMs: number }>([
    { clock: 'the same clock', clockOffsetMs: 0 },
    { clock: 'a clock that is a year ahead', clockOffsetMs: 31_536_000_000 },
  ])('goes after forty times its duration, by $clock, and not before', async ({ clockOffsetMs }) => {
    const { server, b } = await oneDead({ clockOffsetMs });
    await pass(39 * durationMs);
    expect(server.get('lattice-hub-replica-r1')).toBeDefined();
    await pass(longMs - 39 * durationMs);
    expect(server.get('lattice-hub-replica-r1')).toBeUndefined();
    expect([b.leases.replicas(), b.writes(), b.failures]).toEqual([[r2], ['c'], []]);
  });

  it('stays for forty durations more where it was seen for the first time just now, however old it says it is', async () => {
    const { server, b } = await oneDead();
    b.isCut = true;
    await pass(longMs);
    const late = await new Replica('r3', server, ['c']).start();
    await pass(39 * durationMs);
    expect(server.get('lattice-hub-replica-r1')).toBeDefined();
    await pass(longMs - 39 * durationMs);
    expect([...server.leases.keys()].toSorted()).toEqual(['lattice-hub-cluster-c', 'lattice-hub-replica-r3']);
    expect(late.writes()).toEqual(['c']);
  });

  it('stays where it was renewed meanwhile and only the news is late', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    const b = await new Replica(r2, server, both).start();
    await pass(renewMs);
    b.isWatchBehind = true;
    await pass(longMs);
    expect(server.deleted).toEqual([]);
    expect(a.leases.isValid).toBe(true);
    expect(b.failures).toEqual([]);
  });

  it('stays where it may not be deleted: that is told once in a while, and harms nothing', async () => {
    const { server, b } = await oneDead();
    b.mayNotDelete = true;
    await pass(longMs);
    expect(server.get('lattice-hub-replica-r1')).toBeDefined();
    expect(b.failures.length).toBeGreaterThanOrEqual(1);
    expect(b.failures.length).toBeLessThanOrEqual(2);
    expect(b.leases.isValid).toBe(true);
    expect(b.writes()).toEqual(['c']);
  });

  it('is the only one that goes: others that look like it stay', async () => {
    const server = new LeaseServer();
    const labels = { 'lattice-hub.io/lease': 'replica' };
    const others = [
      { name: 'lattice-hub-replica-of-somebody', labels: {}, annotations: { 'lattice-hub.io/lease-subject': 'of-somebody' } },
      { name: 'my-own', labels, annotations: { 'lattice-hub.io/lease-subject': 'gone' } },
      { name: 'lattice-hub-replica-without-subject', labels, annotations: {} },
    ];
    for (const metadata of others) server.write(metadata.name, { metadata, spec: { holderIdentity: 'gone' } }, undefined);
    const a = await new Replica(r1, server, ['c']).start();
    server.write(
      'lattice-hub-cluster-old',
      {
        metadata: { labels: { 'lattice-hub.io/lease': 'cluster' }, annotations: { 'lattice-hub.io/lease-subject': 'old' } },
        spec: { holderIdentity: '', leaseTransitions: 7 },
      },
      undefined,
    );
    await pass(2 * longMs);
    expect([...server.leases.keys()].toSorted()).toEqual([
      'lattice-hub-cluster-c',
      'lattice-hub-cluster-old',
      'lattice-hub-replica-of-somebody',
      'lattice-hub-replica-r1',
      'lattice-hub-replica-without-subject',
      'my-own',
    ]);
    expect(a.writes()).toEqual(['c']);
  });
});

describe('a cluster that is let go', () => {
  it('and could not be given back is given back later: it does not stay with a replica that does not work on it', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    a.failsWrites = 2;
    const b = await new Replica(r2, server, both).start();
    await settle();
    expect(server.cluster(ofR2).holder).toBe(r1);
    expect([a.writes(), b.writes()]).toEqual([[ofR1], []]);
    await pass(2 * renewMs);
    expect([a.writes(), b.writes()]).toEqual([[ofR1], [ofR2]]);
    expect(b.told).toEqual([`acquired ${ofR2} 2`]);
  });

  it('because it is no member any more has no Lease left', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    a.clusters = [];
    await a.leases.forget('c');
    await pass(renewMs);
    expect([...server.leases.keys()]).toEqual(['lattice-hub-replica-r1']);
  });

  it('because it is no member any more keeps its Lease while another replica holds it still', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, both).start();
    const b = await new Replica(r2, server, both).start();
    await pass(renewMs);
    b.clusters = [ofR2];
    await b.leases.forget(ofR1);
    expect(server.deleted).toEqual([]);
    a.clusters = [ofR2];
    await a.leases.release(ofR1);
    await a.leases.forget(ofR1);
    expect(server.cluster(ofR1).holder).toBeUndefined();
  });

  it('and is a member again keeps the Lease that it has by then', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    await a.leases.forget('c');
    expect(server.deleted).toEqual([]);
    await pass(renewMs);
    expect(server.cluster('c')).toEqual({ holder: r1, number: 2 });
    expect(a.writes()).toEqual(['c']);
  });

  it('because it is no member any more is asked for', async () => {
    const a = await new Replica(r1, new LeaseServer(), ['c']).start();
    a.clusters = [];
    await a.leases.balance();
    expect(a.told).toContain('should release c');
  });
});

describe('a replica that leaves', () => {
  it('takes nothing any more, and its Lease goes', async () => {
    const server = new LeaseServer();
    const a = await new Replica(r1, server, ['c']).start();
    await a.leave();
    await pass(2 * renewMs);
    expect(a.leases.isValid).toBe(false);
    expect(a.leases.replicas()).toEqual([]);
    expect([...server.leases.keys()]).toEqual(['lattice-hub-cluster-c']);
    expect(server.cluster('c').holder).toBe('');
  });
});

describe('a Lease that is read', () => {
  const lease = {
    metadata: {
      name: 'lattice-hub-cluster-c',
      resourceVersion: '9',
      labels: { 'lattice-hub.io/lease': 'cluster' },
      annotations: { 'lattice-hub.io/lease-subject': 'c' },
    },
    spec: { holderIdentity: 'r1', leaseTransitions: 3, renewTime: '2026-08-01T10:00:00.000000Z' },
  };

  it('tells whom it is about, who holds it and when it was renewed', () => {
    expect(readLease(lease)).toEqual({
      name: 'lattice-hub-cluster-c',
      kind: 'cluster',
      subject: 'c',
      holder: 'r1',
      transitions: 3,
      renewTime: '2026-08-01T10:00:00.000000Z',
      resourceVersion: '9',
    });
  });

  it.each<[string, Parameters<typeof readLease>[0]]>([
    ['of somebody else', { ...lease, metadata: { name: 'other' } }],
    ['of a future kind', { ...lease, metadata: { ...lease.metadata, labels: { 'lattice-hub.io/lease': 'other' } } }],
    ['about nobody', { ...lease, metadata: { ...lease.metadata, annotations: null } }],
  ])('%s is none of the hub', (_, other) => {
    expect(readLease(other)).toBeUndefined();
  });

  it('of whatever it holds never throws', () => {
    expect(readLease({ ...lease, spec: { holderIdentity: 7, leaseTransitions: 'x', renewTime: null } })).toMatchObject({
      holder: '',
      transitions: 0,
      renewTime: '',
    });
    expect(readLease({ ...lease, spec: null })).toMatchObject({ holder: '', transitions: 0 });
  });
});
