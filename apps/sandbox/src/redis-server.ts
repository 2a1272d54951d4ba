import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Redis of the sandbox: its own, on a free port, with nothing kept on disk; or the one that REDIS_URL names. */
export class RedisServer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess | undefined,
  ) {}

  /** @throws Error with one line where there is no Redis to be had */
  static async start(root: string, dir: string, port: number, redisUrl: string | undefined): Promise<RedisServer> {
    if (redisUrl !== undefined) return new RedisServer(redisUrl, undefined);
    const { command, env } = readRecord(root);
    mkdirSync(dir, { recursive: true });
    const args = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--maxmemory-policy',
      'noeviction',
      '--dir',
      dir,
    ];
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(child, 'exit').then(() => 'exited' as const);
    const ready = waitFor(child, 'Ready to accept connections').then(() => 'ready' as const);
    if ((await Promise.race([exited, ready])) === 'exited') throw new Error(`Redis (${command}) does not start on port ${port}`);
    child.stdout.resume();
    child.stderr.resume();
    return new RedisServer(`redis://127.0.0.1:${port}`, child);
  }

  async stop(): Promise<void> {
    if (!this.process || this.process.exitCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
  }
}

/** What the set-up found. */
function readRecord(root: string): { readonly command: string; readonly env: Readonly<Record<string, string>> } {
  try {
    return JSON.parse(readFileSync(join(root, 'node_modules/.cache/lattice-hub/redis.json'), 'utf8')) as ReturnType<typeof readRecord>;
  } catch {
    throw new Error('there is no Redis: run npm run setup, or set REDIS_URL');
  }
}

async function waitFor(child: ChildProcess, text: string): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      seen = (seen + String(chunk)).slice(-4096);
      if (seen.includes(text)) resolve();
    });
  });
}
