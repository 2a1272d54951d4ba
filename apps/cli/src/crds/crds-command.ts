import type { Command } from 'commander';
import type { CliIo } from '../cli-io.js';

const help = `
Examples:
  lattice-hub crds | kubectl apply -f -
  lattice-hub crds | kubectl diff -f -`;

/** Adds `crds`. */
export function addCrdsCommand(program: Command, io: CliIo): void {
  program
    .command('crds')
    .summary('print the CRDs')
    .description('Prints the CustomResourceDefinitions of this version as one stream of YAML.')
    .addHelpText('after', help)
    .action(async () => {
      const { crdStream } = await import('./crd-stream.js');
      io.stdout.write(crdStream());
    });
}
