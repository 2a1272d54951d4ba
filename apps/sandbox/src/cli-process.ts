import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs `lattice-hub` as a person would, in a process of its own. @throws Error with what it said, where it fails */
export async function runCli(root: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const cli = join(root, 'dist/apps/cli/src/main.js');
  const child = spawn(process.execPath, [cli, ...args], { env: { PATH, HOME, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => out.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const text = Buffer.concat(out).toString('utf8');
  if (code !== 0) throw new Error(`lattice-hub ${args.slice(0, 3).join(' ')}: ${text.trim()}`);
  return text;
}
