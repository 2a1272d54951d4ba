import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** A Redis, a Redis Cluster, or a master found by Sentinels. */
export type RedisConnection = Redis | Cluster;

/**
 * Connects to the Redis of a URL: `redis://` and `rediss://` one server, `redis-cluster://host:port,host:port` a Redis Cluster,
 * `redis-sentinel://host:port,host:port/master-name` the master that Sentinels tell of (with an `s` more, `rediss-…`, over TLS).
 * User and password may stand before the host.
 * @throws Error that names what is wrong with the URL, and never its password
 */
export function connectRedis(url: string): RedisConnection {
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
    // Whoever adds work must hear at once that there is no Redis.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 10_000,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 1000),
    connectTimeout: 5000,
    // A connection that is given up while there is no server holds the process for so long.
    disconnectTimeout: 200,
    lazyConnect: true,
  } satisfies RedisOptions;
  const nodes = hosts.split(',').map((host) => hostPort(host, kind === '-sentinel' ? 26379 : 6379));
  if (kind === '-cluster') {
    return new Cluster(nodes, {
      redisOptions: common,
      enableOfflineQueue: false,
      clusterRetryStrategy: (times) => Math.min(50 * 2 ** times, 1000),
      lazyConnect: true,
    });
  }
  if (kind === '-sentinel') {
    if (!path) throw new Error('REDIS_URL: redis-sentinel:// needs the name of the master after the hosts');
    return new Redis({ ...common, sentinels: nodes, name: decoded(path, 'the name of the master') });
  }
  const [node] = nodes;
  if (!node || nodes.length > 1) throw new Error('REDIS_URL: redis:// takes one host; use redis-cluster:// or redis-sentinel:// for more');
  if (!/^\d{0,4}$/.test(path)) throw new Error('REDIS_URL: what follows the host of redis:// is the number of a database');
  return new Redis({ ...common, ...node, ...(path ? { db: Number(path) } : {}) });
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
