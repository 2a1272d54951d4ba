import { describe, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { connectRedis, type RedisConnection } from './redis.js';

const password = 'c2VjcmV0';

/** Nothing is connected to: connections are lazy. */
function connection(url: string): RedisConnection {
  return connectRedis(url);
}

function one(url: string): Redis['options'] {
  const made = connection(url);
  if (!(made instanceof Redis)) throw new Error('it is a Redis Cluster');
  return made.options;
}

describe('the URL of one Redis', () => {
  it.each<{ url: string; options: object }>([
    { url: 'redis://redis', options: { host: 'redis', port: 6379, db: 0, username: null, password: null } },
    { url: 'redis://redis:6380', options: { host: 'redis', port: 6380 } },
    { url: 'redis://redis:6380/', options: { host: 'redis', port: 6380, db: 0 } },
    { url: 'redis://redis:6380/3', options: { db: 3 } },
    { url: 'redis://127.0.0.1:6379', options: { host: '127.0.0.1' } },
    { url: 'redis://[::1]:6380', options: { host: '::1', port: 6380 } },
    { url: 'redis://[::1]', options: { host: '::1', port: 6379 } },
    { url: 'redis://:word@redis', options: { username: null, password: 'word' } },
    { url: 'redis://user:word@redis', options: { username: 'user', password: 'word' } },
    { url: 'redis://user:p%40s%3As%2F@redis', options: { username: 'user', password: 'p@s:s/' } },
    { url: 'redis://user:a:b@redis', options: { password: 'a:b' } },
    { url: 'redis://user:a/b@redis', options: { password: 'a/b', host: 'redis' } },
    { url: 'rediss://redis:6380', options: { tls: {}, port: 6380 } },
  ])('$url', ({ url, options }) => {
    expect(one(url)).toMatchObject(options);
  });

  it('is in the clear where it does not say otherwise', () => {
    expect(one('redis://redis').tls).toBeUndefined();
  });
});

describe('the URL of Sentinels', () => {
  it('names the master that they tell of', () => {
    const options = one('redis-sentinel://:word@a:26380,b,[::1]:26381/my%20master');
    expect(options).toMatchObject({ name: 'my master', password: 'word' });
    expect(options.sentinels).toEqual([
      { host: 'a', port: 26380 },
      { host: 'b', port: 26379 },
      { host: '::1', port: 26381 },
    ]);
    expect([options.tls, options.sentinelTLS, options.enableTLSForSentinelMode]).toEqual([undefined, undefined, false]);
  });

  it('with an s more means TLS to them and to the master', () => {
    expect(one('rediss-sentinel://a,b/main')).toMatchObject({ tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true });
  });
});

describe('the URL of a Redis Cluster', () => {
  it.each<{ url: string; options: object }>([
    { url: 'redis-cluster://a:7000,b', options: {} },
    { url: 'rediss-cluster://user:word@a:7000,b', options: { tls: {}, username: 'user', password: 'word' } },
  ])('$url', ({ url, options }) => {
    const made = connection(url);
    expect(made).toBeInstanceOf(Cluster);
    const { startupNodes, options: given } = made as unknown as { startupNodes: unknown; options: { redisOptions: object } };
    expect(startupNodes).toEqual([
      { host: 'a', port: 7000 },
      { host: 'b', port: 6379 },
    ]);
    expect(given.redisOptions).toMatchObject(options);
  });
});

describe('a URL that leads nowhere', () => {
  it.each<{ url: string; says: string }>([
    { url: '', says: 'must be redis://host:port' },
    { url: 'redis', says: 'must be redis://host:port' },
    { url: 'http://redis', says: 'must be redis://host:port' },
    { url: 'redis://', says: 'must be redis://host:port' },
    { url: 'redis-other://redis', says: 'must be redis://host:port' },
    { url: 'REDIS://redis', says: 'must be redis://host:port' },
    { url: 'redis://redis?password=c2VjcmV0', says: 'must be redis://host:port' },
    { url: `redis://user:${password}@more@redis`, says: 'must be redis://host:port' },
    { url: `redis://user:${password}`, says: 'every host must be name' },
    { url: `redis://:${password}`, says: 'every host must be name' },
    { url: `redis://user:${password}%zz@redis`, says: 'user and password must be percent-encoded' },
    { url: 'redis://redis:port', says: 'every host must be name' },
    { url: 'redis://redis:0', says: 'every host must be name' },
    { url: 'redis://redis:65536', says: 'every host must be name' },
    { url: 'redis://::1', says: 'every host must be name' },
    { url: 'redis://redis/first', says: 'the number of a database' },
    { url: 'redis://redis/-1', says: 'the number of a database' },
    { url: 'redis://a,b', says: 'redis:// takes one host' },
    { url: 'redis-cluster://a,,b', says: 'every host must be name' },
    { url: 'redis-sentinel://a,b', says: 'the name of the master' },
    { url: 'redis-sentinel://a,b/', says: 'the name of the master' },
    { url: 'redis-sentinel://a/%zz', says: 'the name of the master must be percent-encoded' },
  ])('$url says why, and no password', ({ url, says }) => {
    const refusal = () => connection(url);
    expect(refusal).toThrow(says);
    expect(refusal).toThrow(/^REDIS_URL/);
    expect(refusal).not.toThrow(password);
  });
});

describe('a connection', () => {
  it('fails at once where there is no Redis, and after a while where it is silent', () => {
    const { options } = connection('redis://redis') as Redis;
    expect(options).toMatchObject({ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 10_000 });
  });

  it.each<{ url: string }>([{ url: 'redis://redis' }, { url: 'redis-cluster://a,b' }])('of $url is tried again for ever', ({ url }) => {
    const { options } = connection(url) as unknown as { options: Record<string, (times: number) => number> };
    const delays = [1, 3, 50, 5000].map((times) => (options['clusterRetryStrategy'] ?? options['retryStrategy'])?.(times));
    expect(delays).toEqual([100, 400, 1000, 1000]);
  });
});
