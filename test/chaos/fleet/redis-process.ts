import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** What the set-up of the repository found. */
interface RedisCommand {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A Redis in a process of its own, to be killed and filled, with nothing kept on disk. The same port serves it after each start. */
export class RedisProcess {
  private child: ChildProcess | undefined;
  /** For whoever looks into it. It connects again by itself. */
  readonly client: Redis;

  private constructor(
    private readonly dir: string,
    readonly port: number,
    private readonly more: readonly string[],
  ) {
    mkdirSync(dir, { recursive: true });
    this.client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, maxRetriesPerRequest: 3, retryStrategy: () => 100 });
    this.client.on('error', () => undefined);
  }

  /** @param more further arguments, such as `--replicaof` */
  static async start(dir: string, port: number, more: readonly string[] = []): Promise<RedisProcess> {
    const redis = new RedisProcess(dir, port, more);
    await redis.begin();
    return redis;
  }

  /** A Sentinel that follows one master. */
  static async startSentinel(dir: string, port: number, master: { readonly name: string; readonly port: number }): Promise<RedisProcess> {
    mkdirSync(dir, { recursive: true });
    const config = join(dir, 'sentinel.conf');
    const lines = [
      `sentinel monitor ${master.name} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${master.name} 1000`,
      `sentinel failover-timeout ${master.name} 3000`,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const sentinel = new RedisProcess(dir, port, [config, '--sentinel']);
    await sentinel.begin();
    return sentinel;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, empty. Does nothing where it runs. */
  async begin(): Promise<void> {
    if (this.child) return;
    const { command, env } = redisCommand();
    const isSentinel = this.more.includes('--sentinel');
    const plain = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
    const [config, ...flags] = isSentinel ? this.more : ['', ...this.more];
    const args = [...(config ? [config] : []), ...flags, '--port', `${this.port}`, '--bind', '127.0.0.1', ...(isSentinel ? [] : plain)];
    const child = spawn(command, [...args, '--dir', this.dir], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    const ready = new Promise<void>((resolve, reject) => {
      let seen = '';
      child.stdout.on('data', (chunk: Buffer) => {
        seen = (seen + String(chunk)).slice(-4096);
        if (/Ready to accept connections|Sentinel ID is/.test(seen)) resolve();
      });
      child.once('exit', (code) => reject(new Error(`redis on port ${this.port} ended with ${code}: ${seen}`)));
    });
    child.stderr.resume();
    await ready;
    if (this.client.status === 'wait' || this.client.status === 'end') await this.client.connect();
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.kill();
  }
}

function redisCommand(): RedisCommand {
  const file = join(import.meta.dirname, '../../../node_modules/.cache/lattice-hub/redis.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RedisCommand;
  } catch {
    return { command: 'redis-server', env: {} };
  }
}
