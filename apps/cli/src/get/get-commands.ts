import { InvalidArgumentError, type Command } from 'commander';
import type { CliIo } from '../cli-io.js';
import { addOutputOption, addWatchOptions } from '../output/output-options.js';
import type { GetOptions } from './get-resources.js';
import type { PlanOptions } from './plan-cluster.js';
import { resourceNamed, resourceNames, type ResourceName } from './resource-names.js';

const getHelp = `
NAME is the name of a cluster, an export, a policy, a target group or the export behind it, or of
what an event is about.
A policy of the hub cluster stands in the cluster "hub".

Examples:
  lattice-hub get target-groups                          all of them, in every account
  lattice-hub get target-groups inventory -n shop -o wide
  lattice-hub get exports --cluster west -w              go on and print what changes
  lattice-hub get policies --cluster hub -o yaml
  lattice-hub get clusters -o name`;

const planHelp = `
Examples:
  lattice-hub plan west
  lattice-hub plan west -o wide                          also what each step would do`;

/** Adds `get` and `plan`. */
export function addGetCommands(program: Command, io: CliIo): void {
  const get = program
    .command('get')
    .summary('show clusters, exports, policies, target groups or events')
    .description('Shows what there is in the fleet.')
    .argument('<resource>', resourceNames.join(', '), parseResource)
    .argument('[name]', 'only what is named so')
    .option('-n, --namespace <namespace>', 'only what stands in this namespace')
    .option('--cluster <cluster>', 'only what stands in this cluster')
    .addHelpText('after', getHelp);
  addWatchOptions(get).action(async (resource: ResourceName, name: string | undefined, _: object, command: Command) => {
    const { getResources } = await import('./get-resources.js');
    await getResources(resource, name, command.optsWithGlobals<GetOptions>(), io);
  });
  const plan = program
    .command('plan')
    .summary('show what is called for in a cluster and held back')
    .description('Shows every step that is called for in a cluster and held back, why, and what would release it.')
    .argument('<cluster>', 'name of the cluster')
    .addHelpText('after', planHelp);
  addOutputOption(plan).action(async (cluster: string, _: object, command: Command) => {
    const { planCluster } = await import('./plan-cluster.js');
    await planCluster(cluster, command.optsWithGlobals<PlanOptions>(), io);
  });
}

function parseResource(text: string): ResourceName {
  const resource = resourceNamed(text);
  if (!resource) throw new InvalidArgumentError(`It must be one of ${resourceNames.join(', ')}.`);
  return resource;
}
