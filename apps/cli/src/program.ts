import { Command, CommanderError } from 'commander';
import { addApplyCommand } from './apply/apply-commands.js';
import type { CliIo } from './cli-io.js';
import { addClusterCommands } from './cluster/cluster-commands.js';
import { addCompletionCommands } from './completion/completion-commands.js';
import { addCrdsCommand } from './crds/crds-command.js';
import { addGetCommands } from './get/get-commands.js';
import { addConnectionOptions } from './hub/connection-options.js';
import { oneLine } from './output/printable.js';
import { ownVersion } from './version.js';

const help = `
Examples:
  lattice-hub cluster add west --aws-account 111122223333 --region us-west-2 \\
    --vpc vpc-0a1b2c3d4e5f60718 --external-id my-fleet \\
    --role-arn arn:aws:iam::111122223333:role/lattice-hub
  lattice-hub get target-groups
  lattice-hub apply -f policy.yaml

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted.`;

/** The width of help where there is no terminal, in characters. */
const helpColumns = 120;

/** The command line of `lattice-hub`. What a command does is loaded when it is called, so that help and completion are there at once. */
export function buildProgram(io: CliIo): Command {
  const program = new Command('lattice-hub')
    .description(
      "Keeps the Amazon VPC Lattice target groups of many Kubernetes clusters as one TargetGroupPolicy says: the operator's command.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(`lattice-hub: ${oneLine(text.replace(/^error: /, ''))}`),
      getOutHelpWidth: () => io.stdout.columns ?? helpColumns,
      getErrHelpWidth: () => io.stderr.columns ?? helpColumns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(' (--help shows how)')
    .option('-V, --version', 'print the version')
    .on('option:version', () => {
      printVersion(io);
      throw new CommanderError(0, 'commander.version', '');
    })
    .addHelpText('after', help);
  addConnectionOptions(program);
  addClusterCommands(program, io);
  addGetCommands(program, io);
  addApplyCommand(program, io);
  addCrdsCommand(program, io);
  program
    .command('version')
    .summary('print the version')
    .description('Prints the version of this command.')
    .action(() => printVersion(io));
  addCompletionCommands(program, io);
  return program;
}

function printVersion(io: CliIo): void {
  io.stdout.write(`lattice-hub ${ownVersion()}\n`);
}
