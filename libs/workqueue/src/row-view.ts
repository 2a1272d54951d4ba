import { Redis } from 'ioredis';
import type { RedisConnection } from './redis.js';

/** The rows cannot be read: Redis does not answer. */
export class RowsUnreadable extends Error {
  override readonly name = 'RowsUnreadable';
}

/** What happens to many target groups at once is as many rows: those of so long are written in one go. */
const gatherMs = 50;

/** Commands of one key each, done as one: its name, how many arguments follow, and these. What is there in one call is one message and one answer. */
const manyScript = `
local at = 1
for _, key in ipairs(KEYS) do
  local last = at + 1 + tonumber(ARGV[at + 1])
  redis.call(ARGV[at], key, unpack(ARGV, at + 2, last))
  at = last + 1
end
`;

/** Lua takes no more than 8,000 values from a table at once. */
const mostFields = 4000;

/** The connection, once it knows the script. */
interface CommandTaker {
  doMany(keyCount: number, ...keysAndArguments: readonly string[]): Promise<unknown>;
}

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
  private readonly taker: CommandTaker;

  constructor(
    private readonly connection: RedisConnection,
    private readonly hubId: string,
  ) {
    connection.defineCommand('doMany', { lua: manyScript });
    this.taker = connection as RedisConnection & CommandTaker;
  }

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

  /**
   * One message to one server, where there is more than one command; the keys of a Redis Cluster are on several.
   * A pipeline of the client's would be an object of hundreds of commands, for each batch of rows (docs/performance.md).
   * @throws Error of the first that was not taken
   */
  private async send(commands: readonly Command[]): Promise<void> {
    const { connection } = this;
    if (connection instanceof Redis && commands.length > 1 && commands.every(({ length }) => length <= mostFields)) {
      const keys = commands.map(([, key]) => key);
      const fields = commands.flatMap(([name, , ...rest]) => [name, `${rest.length}`, ...rest]);
      await this.taker.doMany(keys.length, ...keys, ...fields);
      return;
    }
    await Promise.all(commands.map(([name, key, ...fields]) => connection.call(name, key, ...fields)));
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
