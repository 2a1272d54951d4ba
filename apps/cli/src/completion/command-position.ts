import type { Argument, Command, Option } from 'commander';

/** Where the last of some words stands on the command line. */
export interface Position {
  readonly command: Command;
  /** The word itself, as far as it is typed. */
  readonly current: string;
  /** The option whose value it is. */
  readonly option: Option | undefined;
  /** What stands before the value in the same word, as in `--output=`. */
  readonly prefix: string;
  /** The argument that it would be. */
  readonly argument: Argument | undefined;
  /** The arguments before it. */
  readonly before: readonly string[];
  /** The options that were given a value, by their attribute name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Goes through the words as the parser would, and finds where the last of them stands. */
export function positionOf(program: Command, words: readonly string[]): Position {
  const current = words.at(-1) ?? '';
  const walk = new Walk(program);
  for (const word of words.slice(0, -1)) walk.take(word);
  const { command, before, values } = walk;
  const inline = walk.pending ? undefined : /^(--[^=]+=)(.*)$/s.exec(current);
  const inlineOption = inline ? findOption(command, inline[1]?.slice(0, -1) ?? '') : undefined;
  return {
    command,
    current: inline?.[2] ?? current,
    option: walk.pending ?? inlineOption,
    prefix: inline?.[1] ?? '',
    argument: argumentAt(command, before.length),
    before,
    values,
  };
}

/** The options of a command and of those above it. */
export function optionsOf(command: Command): readonly Option[] {
  return command.parent ? [...command.options, ...optionsOf(command.parent)] : command.options;
}

class Walk {
  readonly before: string[] = [];
  readonly values: Record<string, string> = {};
  pending: Option | undefined;

  constructor(public command: Command) {}

  take(word: string): void {
    if (this.pending) {
      this.values[this.pending.attributeName()] = word;
      this.pending = undefined;
      return;
    }
    if (word.startsWith('-') && word !== '-') {
      this.takeOption(word);
      return;
    }
    const below = this.before.length === 0 ? this.command.commands.find((c) => c.name() === word || c.aliases().includes(word)) : undefined;
    if (below) this.command = below;
    else this.before.push(word);
  }

  private takeOption(word: string): void {
    const [flag = '', ...value] = word.split('=');
    const option = findOption(this.command, flag);
    if (!option?.required) return;
    if (value.length > 0) this.values[option.attributeName()] = value.join('=');
    else this.pending = option;
  }
}

function findOption(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find((option) => option.short === flag || option.long === flag);
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}
