import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** A Redis, a Redis Cluster, or a master found by Sentinels. */
export type RedisConnection = Redis | Cluster;

type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * A connection of which there are many: one for each queue, to wait for work. BullMQ defines its 64 scripts on every connection, and ioredis keeps
 * each definition, 60 KiB a connection; here they are the class's, once for all.
 */
class ConnectionOfMany extends Redis {
  private static readonly definitions = new Redis({ lazyConnect: true });

  override defineCommand(name: string, definition: Parameters<Redis['defineCommand']>[1]): void {
    const { definitions } = ConnectionOfMany;
    definitions.defineCommand(name, definition);
    for (const each of [name, `${name}Buffer`])
      Object.defineProperty(ConnectionOfMany.prototype, each, { value: Reflect.get(definitions, each), configurable: true });
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    return new ConnectionOfMany({ ...this.options, ...override } as ConnectionOptions);
  }
}

/**
 * Connects to the Redis of a URL: `redis://` and `rediss://` one server, `redis-cluster://host:port,host:port` a Redis Cluster,
 * `redis-sentinel://host:port,host:port/master-name` the master that Sentinels tell of (with an `s` more, `rediss-…`, over TLS).
 * User and password may stand before the host.
 * @throws Error that names what is wrong with the URL, and never its password
 */
export function connectRedis(url: string, options: { readonly isBlocking: boolean }): RedisConnection {
  const form = /^(redis|rediss)(-cluster|-sentinel)?:\/\/(?:([^@]*)@)?([^/?@]+)(?:\/([^?@]*))?$/.exec(url);
  if (!form)
    throw new Error('REDIS_URL must be redis://host:port, redis-cluster://host:port,… or redis-sentinel://host:port,…/master-name');
  const [, scheme, kind, userInfo, hosts = '', path = ''] = form;
  const [username, ...password] = (userInfo ?? '').split(':').map((part) => decoded(part, 'user and password'));
  const common = {
    ...(username ? { username } : {}),
    ...(password.length > 0 ? { password: password.join(':') } : {}),
    // For a master that Sentinels tell of, the first alone would leave everything in the clear, the password too.
    ...(scheme === 'rediss' ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    // Whoever adds work must hear at once that there is no Redis; whoever waits for work waits for ever.
    enableOfflineQueue: options.isBlocking,
    maxRetriesPerRequest: options.isBlocking ? null : 1,
    ...(options.isBlocking ? {} : { commandTimeout: 10_000 }),
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 1000),
    connectTimeout: 5000,
    lazyConnect: true,
  } satisfies RedisOptions;
  const nodes = hosts.split(',').map((host) => hostPort(host, kind === '-sentinel' ? 26379 : 6379));
  if (kind === '-cluster') {
    return new Cluster(nodes, {
      redisOptions: common,
      enableOfflineQueue: options.isBlocking,
      clusterRetryStrategy: (times) => Math.min(50 * 2 ** times, 1000),
      lazyConnect: true,
    });
  }
  if (kind === '-sentinel') {
    if (!path) throw new Error('REDIS_URL: redis-sentinel:// needs the name of the master after the hosts');
    return connectionOf({ ...common, sentinels: nodes, name: decoded(path, 'the name of the master') }, options);
  }
  const [node] = nodes;
  if (!node || nodes.length > 1) throw new Error('REDIS_URL: redis:// takes one host; use redis-cluster:// or redis-sentinel:// for more');
  if (!/^\d{0,4}$/.test(path)) throw new Error('REDIS_URL: what follows the host of redis:// is the number of a database');
  return connectionOf({ ...common, ...node, ...(path ? { db: Number(path) } : {}) }, options);
}

function connectionOf(options: ConnectionOptions, { isBlocking }: { readonly isBlocking: boolean }): Redis {
  return isBlocking ? new ConnectionOfMany(options) : new Redis(options);
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`REDIS_URL: ${what} must be percent-encoded`);
  }
}

function hostPort(text: string, defaultPort: number): { readonly host: string; readonly port: number } {
  const form = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text);
  const port = form?.[2] === undefined ? defaultPort : Number(form[2]);
  // Not told in its own words: without its @ a password stands where the host should be.
  if (!form?.[1] || port < 1 || port > 65535) throw new Error('REDIS_URL: every host must be name, name:port or [address]:port');
  return { host: form[1].replace(/^\[|\]$/g, ''), port };
}
