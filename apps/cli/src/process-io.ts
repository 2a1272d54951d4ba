import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './cli-error.js';
import type { CliIo, TextSink } from './cli-io.js';

/** The input and output of a process. From then on the first interrupt aborts `signal`; a second one ends the process. */
export function processIo(process: NodeJS.Process): CliIo {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  return {
    stdout: sinkOf(process.stdout, process),
    stderr: sinkOf(process.stderr, process),
    // The stream is opened by the first look at it: only a command that reads it does.
    stdin: {
      get isTerminal() {
        return process.stdin.isTTY;
      },
      text: (mostBytes) => readAll(process.stdin, mostBytes),
      line: (question) => ask(process, question, interrupt.signal),
    },
    env: process.env,
    homeDirectory: homedir(),
    readFile: (path) => readFile(path, 'utf8'),
    clock: { nowMs: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    signal: interrupt.signal,
  };
}

function sinkOf(stream: NodeJS.WriteStream, process: NodeJS.Process): TextSink {
  // Whoever reads has seen enough, as `head` has: that is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    isTerminal: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    write: (text) => void stream.write(text),
    drained: async () => {
      if (stream.writableNeedDrain) await once(stream, 'drain');
    },
  };
}

async function readAll(stream: NodeJS.ReadStream, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new CliError(`stdin is longer than ${mostBytes} bytes: send it in parts`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function ask(process: NodeJS.Process, question: string, signal: AbortSignal): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  // Without `terminal` the keys stay the terminal's own, and an interrupt is one.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false, signal });
  process.stderr.write(question);
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
    });
  } finally {
    lines.close();
    process.stdin.pause();
  }
}
