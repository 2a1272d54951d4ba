// Starts one Redis for all integration tests on a free loopback port, with nothing kept on disk, unless REDIS_URL names one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function setup() {
  if (process.env.REDIS_URL) return;
  const record = join(import.meta.dirname, '../node_modules/.cache/lattice-hub/redis.json');
  if (!existsSync(record)) throw new Error('No Redis is set up: run `npm run setup`, or set REDIS_URL.');
  const { command, env } = JSON.parse(readFileSync(record, 'utf8'));
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'lattice-hub-test-redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
  const redis = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of redis.stdout) if (String(chunk).includes('Ready to accept connections')) break;
  redis.stdout.destroy();
  process.env.REDIS_URL = `redis://127.0.0.1:${port}`;
  globalThis.testRedis = { redis, dir };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
