import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processUsage, type ProcessUsage } from '../measure/process-usage.js';

/** How the hub is run. */
export interface HubCommand {
  /** Its built entry. */
  readonly entry: string;
  /** The cores that it may use, as taskset names them; all where it is undefined. */
  readonly cores: string | undefined;
  readonly nodeFlags: readonly string[];
  readonly logFile: string;
}

/** The hub as in production: a process of its own that gets all it knows by its environment. */
export class HubProcess {
  readonly startedAtMs = performance.now();

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly logFile: string,
  ) {
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
  }

  static start(command: HubCommand, port: number, environment: Readonly<Record<string, string>>): HubProcess {
    const { PATH = '', HOME = '' } = process.env;
    const log = openSync(command.logFile, 'a', 0o600);
    const node = [...command.nodeFlags, command.entry];
    const [program, args] =
      command.cores === undefined ? [process.execPath, node] : ['taskset', ['-c', command.cores, process.execPath, ...node]];
    const child = spawn(program, args, { env: { PATH, HOME, PORT: String(port), ...environment }, stdio: ['ignore', log, log] });
    return new HubProcess(child, `http://127.0.0.1:${port}`, command.logFile);
  }

  /** @throws Error where it ends, or is not ready in time */
  async ready(timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      if (this.child.exitCode !== null) throw new Error(`the hub ended with code ${this.child.exitCode}; ${this.logFile} tells why`);
      const isReady = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5000) }).then(
        (answer) => answer.ok,
        () => false,
      );
      if (isReady) return;
      await sleep(50);
    }
    throw new Error(`the hub is not ready after ${timeoutMs / 1000} s; ${this.logFile} tells why`);
  }

  usage(): ProcessUsage {
    return processUsage(this.child.pid ?? 0);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit').then(() => true);
    this.child.kill('SIGTERM');
    const late = sleep(30_000, false, { ref: false });
    if (!(await Promise.race([gone, late]))) this.child.kill('SIGKILL');
    await gone;
  }
}
