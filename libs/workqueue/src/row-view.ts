import type { RedisConnection } from './redis.js';

/** The rows cannot be read: Redis does not answer. */
export class RowsUnreadable extends Error {
  override readonly name = 'RowsUnreadable';
}

/** Rows of text by cluster and id, for whoever shows them: written where something was decided, and gone with Redis without harm. */
export class RowView {
  constructor(
    private readonly connection: RedisConnection,
    private readonly hubId: string,
  ) {}

  async put(cluster: string, id: string, row: string): Promise<void> {
    await this.connection.hset(this.key(cluster), id, row);
  }

  async remove(cluster: string, id: string): Promise<void> {
    await this.connection.hdel(this.key(cluster), id);
  }

  async clear(cluster: string): Promise<void> {
    await this.connection.del(this.key(cluster));
  }

  /** Every row of some clusters. @throws RowsUnreadable */
  async read(clusters: readonly string[]): Promise<readonly string[]> {
    try {
      const rows = await Promise.all(clusters.map((cluster) => this.connection.hvals(this.key(cluster))));
      return rows.flat();
    } catch (error) {
      throw new RowsUnreadable('Redis does not answer', { cause: error });
    }
  }

  private key(cluster: string): string {
    return `{lattice-hub:${this.hubId}:${cluster}}:rows`;
  }
}
