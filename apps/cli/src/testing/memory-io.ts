import type { CliIo } from '../cli-io.js';

/** What stands around a command in a test. */
export interface MemorySettings {
  readonly env?: CliIo['env'];
  readonly homeDirectory?: string;
  /** Texts by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** What is piped in, or what the person at the terminal answers, line by line. */
  readonly stdin?: string;
  readonly nowMs?: number;
}

/** Input and output in memory: with a clock that goes only while somebody sleeps, and no disk. */
export class MemoryIo implements CliIo {
  out = '';
  err = '';
  readonly env: CliIo['env'];
  readonly homeDirectory: string;
  readonly interrupt = new AbortController();
  readonly signal = this.interrupt.signal;
  readonly stdout: CliIo['stdout'];
  readonly stderr: CliIo['stderr'];
  readonly stdin: CliIo['stdin'];
  readonly clock: CliIo['clock'];
  private timeMs: number;

  constructor(private readonly settings: MemorySettings = {}) {
    const { isTerminal = false, stdin = '' } = settings;
    this.env = settings.env ?? {};
    this.homeDirectory = settings.homeDirectory ?? '/home/nobody';
    this.timeMs = settings.nowMs ?? 0;
    this.stdout = { isTerminal, write: (text) => void (this.out += text), drained: () => Promise.resolve() };
    this.stderr = { isTerminal, write: (text) => void (this.err += text), drained: () => Promise.resolve() };
    const lines = stdin === '' ? [] : stdin.split('\n');
    this.stdin = {
      isTerminal,
      text: () => Promise.resolve(stdin),
      line: (question) => {
        this.err += question;
        return Promise.resolve(lines.shift());
      },
    };
    this.clock = {
      nowMs: () => this.timeMs,
      sleep: (ms, signal) => {
        signal.throwIfAborted();
        this.timeMs += ms;
        return Promise.resolve();
      },
    };
  }

  readFile(path: string): Promise<string> {
    const text = this.settings.files?.[path];
    return text === undefined ? Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' })) : Promise.resolve(text);
  }
}
