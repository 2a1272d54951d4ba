import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { processUsage, type ProcessUsage } from '../measure/process-usage.js';
import type { Answer, Call, Remote } from './remote.js';

/** A process of the bench that serves one object, and ends with it. */
export class ChildService<T extends object> {
  private readonly pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private nextId = 1;
  /** The object that the process serves. */
  readonly remote: Remote<T>;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer) => this.settle(answer as Answer));
    child.on('exit', (code) => this.fail(new Error(`a process of the bench ended with code ${code}`)));
    this.remote = new Proxy({} as Remote<T>, {
      get: (_, method) => (method === 'then' ? undefined : (...args: unknown[]) => this.call(String(method), args)),
    });
  }

  /**
   * Starts the process whose entry is this file. Its heap begins large, and is marked by one thread, or its collections would stand in the figures
   * of the hub: by V8's default four threads mark, on however few cores.
   */
  static start<T extends object>(entry: URL, memoryMiB: number): ChildService<T> {
    const hooks = fileURLToPath(new URL('../register.mjs', import.meta.url));
    const child = fork(fileURLToPath(entry), {
      execArgv: [
        '--import',
        hooks,
        `--max-old-space-size=${memoryMiB}`,
        `--initial-old-space-size=${memoryMiB / 4}`,
        '--heap-growing-percent=300',
        '--no-memory-reducer',
        '--concurrent-marking-max-worker-num=1',
      ],
      serialization: 'advanced',
    });
    return new ChildService<T>(child);
  }

  usage(): ProcessUsage {
    return processUsage(this.child.pid ?? 0);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  private call(method: string, args: readonly unknown[]): Promise<unknown> {
    const call: Call = { id: this.nextId++, method, args };
    return new Promise((resolve, reject) => {
      this.pending.set(call.id, { resolve, reject });
      this.child.send(call, (error) => error && reject(error));
    });
  }

  private settle({ id, result, error }: Answer): void {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }

  private fail(error: Error): void {
    for (const waiting of this.pending.values()) waiting.reject(error);
    this.pending.clear();
  }
}
