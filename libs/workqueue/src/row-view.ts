import { Redis } from 'ioredis';
import type { RedisConnection } from './redis.js';

/** The rows cannot be read: Redis does not answer. */
export class RowsUnreadable extends Error {
  override readonly name = 'RowsUnreadable';
}

/** What happens to many target groups at once is as many rows: those of so long are written in one go. */
const gatherMs = 50;

/** What is written in one go: rows by cluster and id, undefined for one that is to go. */
interface Batch {
  readonly rows: Map<string, Map<string, string | undefined>>;
  readonly timer: NodeJS.Timeout;
  readonly written: PromiseWithResolvers<void>;
}

/**
 * Rows of text by cluster and id, for whoever shows them: written a moment after something was decided, and gone with Redis without harm. Whoever
 * reads sees what was written here.
 */
export class RowView {
  private next: Batch | undefined;

  constructor(
    private readonly connection: RedisConnection,
    private readonly hubId: string,
  ) {}

  /** @returns when it is written @throws Error where Redis does not take it */
  put(cluster: string, id: string, row: string): Promise<void> {
    return this.note(cluster, id, row);
  }

  /** @returns when it is gone @throws Error where Redis does not take it */
  remove(cluster: string, id: string): Promise<void> {
    return this.note(cluster, id, undefined);
  }

  async clear(cluster: string): Promise<void> {
    this.next?.rows.delete(cluster);
    await this.connection.del(this.key(cluster));
  }

  /** Every row of some clusters. @throws RowsUnreadable */
  async read(clusters: readonly string[]): Promise<readonly string[]> {
    // On one connection, what is asked for after it was written is answered with it.
    this.write();
    try {
      const rows = await Promise.all(clusters.map((cluster) => this.connection.hvals(this.key(cluster))));
      return rows.flat();
    } catch (error) {
      throw new RowsUnreadable('Redis does not answer', { cause: error });
    }
  }

  private note(cluster: string, id: string, row: string | undefined): Promise<void> {
    this.next ??= { rows: new Map(), timer: setTimeout(() => this.write(), gatherMs).unref(), written: Promise.withResolvers() };
    const { rows, written } = this.next;
    const ofCluster = rows.get(cluster);
    if (ofCluster) ofCluster.set(id, row);
    else rows.set(cluster, new Map([[id, row]]));
    return written.promise;
  }

  private write(): void {
    const batch = this.next;
    if (!batch) return;
    this.next = undefined;
    clearTimeout(batch.timer);
    this.send([...batch.rows].flatMap(([cluster, rows]) => commandsOf(this.key(cluster), rows))).then(
      batch.written.resolve,
      batch.written.reject,
    );
  }

  /** One message to one server, where there is more than one command; the keys of a Redis Cluster are on several. @throws Error of the first that was not taken */
  private async send(commands: readonly Command[]): Promise<void> {
    const { connection } = this;
    if (!(connection instanceof Redis) || commands.length === 1) {
      await Promise.all(commands.map(([name, key, ...fields]) => connection.call(name, key, ...fields)));
      return;
    }
    const answers = await connection.pipeline(commands.map((command) => [...command])).exec();
    for (const [error] of answers ?? []) if (error) throw error;
  }

  private key(cluster: string): string {
    return `{lattice-hub:${this.hubId}:${cluster}}:rows`;
  }
}

type Command = readonly [name: 'hset' | 'hdel', key: string, ...fields: readonly string[]];

function commandsOf(key: string, rows: ReadonlyMap<string, string | undefined>): readonly Command[] {
  const kept: string[] = [];
  const gone: string[] = [];
  for (const [id, row] of rows) {
    if (row === undefined) gone.push(id);
    else kept.push(id, row);
  }
  return [...(kept.length > 0 ? [['hset', key, ...kept] as const] : []), ...(gone.length > 0 ? [['hdel', key, ...gone] as const] : [])];
}
