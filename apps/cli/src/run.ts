import { CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import type { CliIo } from './cli-io.js';
import { oneLine } from './output/printable.js';
import { buildProgram } from './program.js';

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    await buildProgram(io).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    return failed(error, io);
  }
}

function failed(error: unknown, io: CliIo): number {
  // What commander has to say it has said: help that was asked for is no failure, anything else is wrong usage.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (io.signal.aborted) return 130;
  const message = error instanceof Error ? error.message : String(error);
  if (message !== '') io.stderr.write(`lattice-hub: ${oneLine(message)}\n`);
  return error instanceof CliError ? error.exitCode : 1;
}
