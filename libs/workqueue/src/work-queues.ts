import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { ClusterQueue, type QueueOptions, type Urgency, type Work } from './cluster-queue.js';
import { connectRedis, type RedisConnection } from './redis.js';
import { RowView } from './row-view.js';
import { TokenBuckets } from './token-buckets.js';

export interface WorkQueuesOptions extends QueueOptions {
  readonly redisUrl: string;
  /** Keeps hubs that share a Redis apart. */
  readonly hubId: string;
  /** How often to look whether Redis was emptied. */
  readonly emptiedCheckMs: number;
  /** Whatever was in the queues of these clusters is gone, because a connection broke or Redis was emptied: they have to be gone through. */
  readonly forgot: (why: 'connected' | 'emptied', clusters: readonly string[]) => void;
}

/** How soon to look whether a Redis that was full takes something in again. */
const fullAgainMs = 500;

/** Redis, as far as the hub goes: queues to be woken up by, budgets and a view. None of it is the truth (design law 3). */
export class WorkQueues {
  private readonly connection: RedisConnection;
  private readonly queues = new Map<string, ClusterQueue>();
  private readonly epochKey: string;
  private epoch: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Clusters whose queue lost a connection, and has not begun anew. */
  private readonly cutOff = new Set<string>();
  private renewal: NodeJS.Timeout | undefined;
  /** Queues of holdings that are over and that Redis did not remove, by cluster and name. */
  private readonly leftOver = new Map<string, { readonly prefix: string; readonly name: string }>();
  readonly rows: RowView;
  readonly budgets: TokenBuckets;

  constructor(private readonly options: WorkQueuesOptions) {
    this.connection = connectRedis(options.redisUrl);
    this.connection.on('error', options.troubled);
    this.epochKey = `{lattice-hub:${options.hubId}}:epoch`;
    this.rows = new RowView(this.connection, options.hubId);
    this.budgets = new TokenBuckets(this.connection, options.hubId);
  }

  /** Connects. @throws Error where Redis can't be reached */
  async start(): Promise<void> {
    await this.connect();
    await this.checkEpoch();
    // From here on: what is connected the first time has nothing to begin anew.
    this.connection.on('ready', () => {
      for (const cluster of this.queues.keys()) this.noteCutOff(cluster);
    });
    this.timer = setInterval(() => void this.lookAfter(), this.options.emptiedCheckMs).unref();
  }

  /** The client says only that a connection was closed; why it could not be made it tells beside that. */
  private async connect(): Promise<void> {
    let why: Error | undefined;
    const note = (error: Error) => (why = error);
    this.connection.on('error', note);
    try {
      await this.connection.connect();
    } catch (error) {
      throw why ?? error;
    } finally {
      this.connection.off('error', note);
    }
  }

  /**
   * Begins to work on a cluster's requests. Each holding of a cluster has a queue of its own: a process that was stopped stands in line for the work
   * of the one before, and whatever is given to it is lost.
   * @param holding the number under which the cluster is held
   * @throws Error where Redis can't be reached
   */
  async open(cluster: string, work: Work, holding = 0): Promise<void> {
    if (this.queues.has(cluster)) return;
    const prefix = this.prefixOf(cluster);
    const name = `target-groups-${holding}`;
    const queue = new ClusterQueue({ name, prefix, connection: this.connection }, work, {
      ...this.options,
      cutOff: () => this.noteCutOff(cluster),
    });
    this.queues.set(cluster, queue);
    this.leftOver.delete(`${cluster} ${name}`);
    try {
      await this.removeFormer(prefix, name);
      await queue.start();
    } catch (error) {
      // One that never began would look as if it worked.
      if (this.queues.get(cluster) === queue) this.queues.delete(cluster);
      await queue.close(new Error('Redis did not answer'), 0);
      throw error;
    }
  }

  /** Adds requests to a cluster that is worked on here; for any other it does nothing, because its holder hears of the same change. */
  async add(cluster: string, requests: readonly string[], urgency: Urgency): Promise<void> {
    await this.queues.get(cluster)?.add(requests, urgency);
  }

  /** Ends the work on a cluster; resolves when nothing of it is under way any more. */
  async close(cluster: string, reason: Error, drainMs: number): Promise<void> {
    const queue = this.queues.get(cluster);
    this.queues.delete(cluster);
    if (!queue) return;
    const isRemoved = await queue.close(reason, drainMs);
    // Redis may have been emptied a moment ago. Whoever comes next asks later, on a connection of its own.
    if (drainMs > 0) this.nameQueue(cluster, queue.name).catch(this.options.troubled);
    if (isRemoved) return;
    this.leftOver.set(`${cluster} ${queue.name}`, { prefix: this.prefixOf(cluster), name: queue.name });
  }

  /** The queues that are worked on here, for whoever shows them. */
  all(): readonly Queue[] {
    return [...this.queues.values()].map((queue) => queue.shown);
  }

  async depth(cluster: string): Promise<number> {
    return (await this.queues.get(cluster)?.depth()) ?? 0;
  }

  /** Whether Redis answers. */
  async isReachable(): Promise<boolean> {
    try {
      return (await this.connection.ping()) === 'PONG';
    } catch {
      return false;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.renewal);
    await Promise.all([...this.queues.keys()].map((cluster) => this.close(cluster, new Error('the hub stops'), 0)));
    this.connection.disconnect();
  }

  /** What the holding before has left of its queue goes. */
  private async removeFormer(prefix: string, name: string): Promise<void> {
    const current = `${prefix}:queue`;
    const former = await this.connection.get(current);
    if (former !== null && former !== name) await this.remove(prefix, former);
    await this.connection.set(current, name);
  }

  private async remove(prefix: string, name: string): Promise<void> {
    // Whoever only removes a queue leaves no word about itself there.
    const queue = new Queue(name, { connection: this.connection, prefix, skipVersionCheck: true, skipMetasUpdate: true });
    queue.on('error', this.options.troubled);
    try {
      await queue.obliterate({ force: true });
    } finally {
      await queue.close();
    }
  }

  /** Nobody else knows of what a Redis that was full or away kept of a holding that is over, unless it is named still. */
  private async removeLeftOver(): Promise<void> {
    for (const [place, { prefix, name }] of this.leftOver) {
      if ((await this.connection.get(`${prefix}:queue`)) !== name) await this.remove(prefix, name);
      this.leftOver.delete(place);
    }
  }

  /** Whoever holds the cluster next finds the queue by its name, and removes it; a Redis that was emptied has forgotten which it is. */
  private async nameQueue(cluster: string, name: string): Promise<void> {
    await this.connection.set(`${this.prefixOf(cluster)}:queue`, name, 'NX');
  }

  private prefixOf(cluster: string): string {
    return `{lattice-hub:${this.options.hubId}:${cluster}}`;
  }

  /** A queue's connection broke. Once Redis is there, it begins to wait anew; those of a moment together. */
  private noteCutOff(cluster: string): void {
    this.cutOff.add(cluster);
    this.renewal ??= setTimeout(() => void this.renew(), 100).unref();
  }

  private async renew(): Promise<void> {
    this.renewal = undefined;
    // While Redis is away there is nothing to wait for; when it is back, everybody begins anew.
    if (this.connection.status !== 'ready') this.cutOff.clear();
    if (this.cutOff.size === 0) return;
    if (!(await this.takesWrites())) {
      this.renewal ??= setTimeout(() => void this.renew(), fullAgainMs).unref();
      return;
    }
    const cut = [...this.cutOff];
    this.cutOff.clear();
    await Promise.all(cut.map(async (cluster) => this.queues.get(cluster)?.renew().catch(this.options.troubled)));
    this.options.forgot('connected', cut);
  }

  /** A Redis that is full refuses what begins anew, and everybody who does would only burden it. */
  private async takesWrites(): Promise<boolean> {
    try {
      await this.connection.set(`{lattice-hub:${this.options.hubId}}:room`, '', 'PX', fullAgainMs);
      return true;
    } catch {
      return false;
    }
  }

  private async lookAfter(): Promise<void> {
    try {
      if (await this.checkEpoch()) {
        await Promise.all([...this.queues].map(([cluster, { name }]) => this.nameQueue(cluster, name)));
        this.options.forgot('emptied', [...this.queues.keys()]);
      }
      await this.removeLeftOver();
    } catch {
      // Without Redis there is nothing to notice; the connection tells when it is back.
    }
  }

  /** A key that only an emptied Redis lacks. @returns whether it is another than before */
  private async checkEpoch(): Promise<boolean> {
    await this.connection.set(this.epochKey, randomUUID(), 'NX');
    const epoch = (await this.connection.get(this.epochKey)) ?? undefined;
    const isNew = this.epoch !== undefined && epoch !== this.epoch;
    this.epoch = epoch;
    return isNew;
  }
}
