import { Option, type Command } from 'commander';

const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;

/** How a list is printed. */
export type OutputFormat = (typeof formats)[number];

/** The options of what prints a list. */
export interface OutputOptions {
  readonly output: OutputFormat;
}

/** The options of what prints a list or what changes in it. */
export interface WatchOptions extends OutputOptions {
  readonly watch?: boolean;
  readonly outputWatchEvents?: boolean;
}

/** Adds `-o`. */
export function addOutputOption(command: Command): Command {
  return command.addOption(new Option('-o, --output <format>', 'how it is printed').choices(formats).default('table'));
}

/** Adds `-o` and `-w`. */
export function addWatchOptions(command: Command): Command {
  return addOutputOption(command)
    .option('-w, --watch', 'go on and print what changes')
    .option('--output-watch-events', 'while watching, also print whether it was ADDED, MODIFIED or DELETED');
}
