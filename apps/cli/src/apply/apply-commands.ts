import type { Command } from 'commander';
import type { CliIo } from '../cli-io.js';
import type { ApplyOptions } from './apply-files.js';

const help = `
What can be applied: TargetGroupPolicy, ServiceExport, ServiceImport and MemberCluster. It is
written to the hub cluster in your name, and a policy there reaches every cluster.

Examples:
  lattice-hub apply -f policy.yaml
  lattice-hub apply -f policy.yaml -f export.yaml -n shop --dry-run
  kustomize build . | lattice-hub apply -f -`;

/** Adds `apply`. */
export function addApplyCommand(program: Command, io: CliIo): void {
  program
    .command('apply')
    .summary('apply YAML or JSON to the hub cluster')
    .description('Applies the objects of some files to the hub cluster, in your name.')
    .requiredOption('-f, --filename <file>', 'file with one or more documents, or - for stdin; may be repeated', collect)
    .option('-n, --namespace <namespace>', 'namespace of what names none', 'default')
    .option('--dry-run', 'let the hub cluster check it, and write nothing')
    .addHelpText('after', help)
    .action(async (_: object, command: Command) => {
      const { applyFiles } = await import('./apply-files.js');
      await applyFiles(command.optsWithGlobals<ApplyOptions>(), io);
    });
}

function collect(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}
