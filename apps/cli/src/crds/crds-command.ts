import type { Command } from 'commander';
import type { CliIo } from '../cli-io.js';

const help = `
Members need only those of the exports and their policies, and not even these where the AWS Gateway
API Controller brought its own.

Examples:
  lattice-hub crds | kubectl apply -f -                           the hub cluster
  lattice-hub crds --member | kubectl --context west apply -f -   a member
  lattice-hub crds | kubectl diff -f -`;

/** Adds `crds`. */
export function addCrdsCommand(program: Command, io: CliIo): void {
  program
    .command('crds')
    .summary('print the CRDs')
    .description('Prints the CustomResourceDefinitions of this version as one stream of YAML.')
    .option('--member', 'only those that a member needs', false)
    .addHelpText('after', help)
    .action(async ({ member }: { readonly member: boolean }) => {
      const { crdStream } = await import('./crd-stream.js');
      io.stdout.write(crdStream(member));
    });
}
