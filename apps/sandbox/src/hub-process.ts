import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The hub, in a process of its own that knows nothing of being in a sandbox: it gets what it gets in production, by its environment. */
export class HubProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {}

  /** Starts it, without waiting until it is ready. */
  static start(root: string, logFile: string, port: number, environment: Readonly<Record<string, string>>): HubProcess {
    const log = openSync(logFile, 'a', 0o600);
    // Nothing of this process's own environment goes along but what a process needs to run.
    const { PATH = '', HOME = '', TMPDIR } = process.env;
    const env = { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), PORT: String(port), ...environment };
    const child = spawn(process.execPath, [join(root, 'dist/apps/hub/src/main.js')], { env, stdio: ['ignore', log, log] });
    return new HubProcess(`http://127.0.0.1:${port}`, child, logFile);
  }

  /** @throws Error with one line where the hub ends, or is not ready in time */
  async ready(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let reason = 'no answer';
    while (Date.now() < deadline) {
      if (this.hasEnded) throw new Error(this.lastWords());
      try {
        const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) });
        if (answer.ok) return;
        reason = (await answer.text()).trim();
      } catch {
        // It does not listen yet.
      }
      await sleep(50);
    }
    throw new Error(`the hub is not ready after ${timeoutMs / 1000} s (${reason}); ${this.logFile} tells why`);
  }

  /** Resolves when the process ends by itself, with one line on why. */
  async ended(): Promise<string> {
    if (!this.hasEnded) await once(this.child, 'exit');
    return this.lastWords();
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const gone = once(this.child, 'exit').then(() => true);
    this.child.kill('SIGTERM');
    const late = sleep(10_000, false, { ref: false });
    if (!(await Promise.race([gone, late]))) this.child.kill('SIGKILL');
    await gone;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private lastWords(): string {
    const { exitCode, signalCode } = this.child;
    return hubEnd(readFileSync(this.logFile, 'utf8'), exitCode === null ? `by ${signalCode}` : `with code ${exitCode}`, this.logFile);
  }
}

/** Why a hub ended, in one line: what it said last for a person, besides what it logs. */
export function hubEnd(log: string, how: string, logFile: string): string {
  const said = log
    .split('\n')
    .findLast((line) => line.startsWith('lattice-hub'))
    ?.replace(/^lattice-hub: /, '');
  return said === undefined ? `the hub ended ${how}; ${logFile} tells why` : `the hub ended ${how}: ${said}`;
}
