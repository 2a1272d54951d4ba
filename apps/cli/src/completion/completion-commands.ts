import { Argument, type Command } from 'commander';
import type { CliIo } from '../cli-io.js';
import type { Shell } from './completion-scripts.js';

const help = `
Examples:
  source <(lattice-hub completion bash)                                      # this bash; for all, in ~/.bashrc
  lattice-hub completion zsh > "\${fpath[1]}/_lattice-hub"
  lattice-hub completion fish > ~/.config/fish/completions/lattice-hub.fish`;

/** Adds `completion`, and the hidden command that its scripts ask. */
export function addCompletionCommands(program: Command, io: CliIo): void {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints the script by which a shell completes commands, options, and the names of clusters.')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', help)
    .action(async (shell: Shell) => {
      const { completionScripts } = await import('./completion-scripts.js');
      io.stdout.write(completionScripts[shell]);
    });
  program
    .command('__complete', { hidden: true })
    .description('Prints what the last of some words can become, one a line, with what it means after a tab.')
    .argument('[words...]')
    .action(async (words: readonly string[]) => {
      const { complete } = await import('./complete.js');
      const candidates = await complete(program, words, io);
      io.stdout.write(candidates.map(({ text, meaning }) => `${text}${meaning === '' ? '' : `\t${meaning}`}\n`).join(''));
    });
}
