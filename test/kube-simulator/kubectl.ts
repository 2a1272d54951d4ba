import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const timeoutMs = 30_000;

/** What a run of kubectl came to. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** kubectl with a kubeconfig and a cache of its own. */
export class Kubectl {
  constructor(
    private readonly command: string,
    private readonly folder: string,
    private readonly kubeconfig: string,
  ) {}

  /** Runs it with arguments, given one by one, and what it reads. */
  async run(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Promise<KubectlResult> {
    const child = spawn(this.command, this.withConfig(args), { env: { ...process.env, ...env }, timeout: timeoutMs });
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString('utf8')));
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? -1, ...texts }));
    });
  }

  /**
   * Runs it with arguments in one text, separated by spaces, and gives what it wrote.
   * @throws Error where it fails
   */
  async out(line: string, input = ''): Promise<string> {
    const { code, stdout, stderr } = await this.run(line.split(' '), input);
    if (code !== 0) throw new Error(`kubectl ${line} ended with ${code}: ${stderr}`);
    return stdout;
  }

  /** Runs it until it has written so many lines, and then ends it. */
  async lines(line: string, count: number, whileRunning: () => Promise<void>): Promise<string[]> {
    const child = spawn(this.command, this.withConfig(line.split(' ')), { timeout: timeoutMs });
    let text = '';
    const seen = Promise.withResolvers<string[]>();
    const check = (): void => {
      // The last line may not be there whole.
      const lines = text.split('\n').slice(0, -1).filter(Boolean);
      if (lines.length >= count) seen.resolve(lines);
    };
    const first = Promise.withResolvers<undefined>();
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      first.resolve(undefined);
      check();
    });
    child.once('close', () => {
      first.resolve(undefined);
      seen.resolve(text.split('\n').filter(Boolean));
    });
    await first.promise;
    await whileRunning();
    const lines = await seen.promise;
    child.kill();
    return lines;
  }

  private withConfig(args: readonly string[]): string[] {
    return ['--kubeconfig', this.kubeconfig, '--cache-dir', join(this.folder, 'cache'), ...args];
  }
}

/** Where test/kube-assets keeps what it has built, one folder a version. */
const builtFolder = join(homedir(), '.cache/kube-assets');

/** The kubectl of KUBEBUILDER_ASSETS, or the newest that was built here, or that of the PATH; undefined where there is none that works. */
export async function findKubectl(): Promise<string | undefined> {
  const assets = process.env['KUBEBUILDER_ASSETS'] ?? '';
  const built = existsSync(builtFolder) ? readdirSync(builtFolder).toSorted().toReversed() : [];
  const folders = [assets, ...built.map((version) => join(builtFolder, version)), ...(process.env['PATH'] ?? '').split(delimiter)].filter(
    (folder) => folder !== '',
  );
  for (const folder of folders) {
    const command = join(folder, 'kubectl');
    if (existsSync(command) && (await isKubectl(command))) return command;
  }
  return undefined;
}

async function isKubectl(command: string): Promise<boolean> {
  try {
    const { stdout } = await execute(command, ['version', '--client', '-o', 'json'], { timeout: timeoutMs });
    return (JSON.parse(stdout) as { readonly clientVersion?: unknown }).clientVersion !== undefined;
  } catch {
    return false;
  }
}
