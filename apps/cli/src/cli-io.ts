/** Where text goes. */
export interface TextSink {
  readonly isTerminal: boolean;
  /** The width of the terminal in characters, where it is one. */
  readonly columns?: number | undefined;
  write(text: string): void;
  /** Resolves when the reader has kept up, so that a stream to a slow reader does not pile up. */
  drained(): Promise<void>;
}

/** Everything that a command touches besides the hub: so that it runs in a process of its own and in a test alike. */
export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly stdin: {
    readonly isTerminal: boolean;
    /** All of it. @throws CliError where it is longer than so many bytes */
    text(mostBytes: number): Promise<string>;
    /** One line, as answer to a question on stderr; undefined where there is none any more. */
    line(question: string): Promise<string | undefined>;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  /** @throws Error with a `code`, as of node:fs */
  readFile(path: string): Promise<string>;
  readonly clock: {
    /** Wall-clock time. */
    nowMs(): number;
    /** @throws the reason of the signal */
    sleep(ms: number, signal: AbortSignal): Promise<void>;
  };
  /** Aborts when the person at the keyboard stops the command. */
  readonly signal: AbortSignal;
}
