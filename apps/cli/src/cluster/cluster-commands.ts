import { Option, type Command } from 'commander';
import { usageError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import type { GetOptions } from '../get/get-resources.js';
import { parseSeconds, type ConnectionOptions } from '../hub/connection-options.js';
import { addWatchOptions } from '../output/output-options.js';
import type { AcknowledgeOptions, AddOptions, DetachOptions, RotateOptions } from './cluster-options.js';

const addHelp = `
CONTEXT is a context of your own kubeconfig. Its certificate and token files are put in, so that
the hub gets data only. A context whose user runs a command (exec), as those of most cloud
providers do, is refused: the hub needs the token of a ServiceAccount of that cluster.

Examples:
  lattice-hub cluster add west --aws-account 111122223333 --region us-west-2 \\
    --vpc vpc-0a1b2c3d4e5f60718 --external-id my-fleet \\
    --role-arn arn:aws:iam::111122223333:role/lattice-hub

  # With the token of a ServiceAccount instead of a command. Some clusters give none that lives
  # longer than a day; a Secret of type kubernetes.io/service-account-token holds one that does.
  kubectl --context west apply -f deploy/rbac/member.yaml
  kubectl --context west create token lattice-hub -n lattice-hub --duration=8760h > west.token
  kubectl config set-credentials west-hub --token="$(cat west.token)"
  kubectl config set-context west-hub --cluster=WEST --user=west-hub
  lattice-hub cluster add west-hub --name west ...`;

const detachHelp = `
Shows first what it means: the target groups of the cluster, and which other clusters lose a
policy that stands in it.

Examples:
  lattice-hub cluster detach west                        as its onDetach says
  lattice-hub cluster detach west --remove               take its target groups away, except those in use
  lattice-hub cluster detach west --keep --yes           without being asked`;

const acknowledgeHelp = `
Shows what is withheld and why, and releases exactly that: where something else is withheld by
then, nothing is released.

Examples:
  lattice-hub cluster acknowledge west
  lattice-hub cluster acknowledge west --yes
  lattice-hub cluster acknowledge --hub                  what is missing in the hub cluster itself`;

/** Adds `cluster` and what is below it. */
export function addClusterCommands(program: Command, io: CliIo): void {
  const cluster = program
    .command('cluster')
    .summary('register member clusters, look at them and let them go')
    .description('Registers member clusters, shows them and lets them go.');
  addLooks(cluster, io);
  addAdd(cluster, io);
  addRotate(cluster, io);
  addPauses(cluster, io);
  addAcknowledge(cluster, io);
  addDetach(cluster, io);
}

function addLooks(cluster: Command, io: CliIo): void {
  const list = cluster
    .command('list')
    .alias('ls')
    .summary('list the member clusters')
    .description('Lists the member clusters, as `get clusters` does.')
    .addHelpText('after', '\nExamples:\n  lattice-hub cluster list\n  lattice-hub cluster list -o wide -w');
  addWatchOptions(list).action(async (_: object, command: Command) => {
    const { getResources } = await import('../get/get-resources.js');
    await getResources('clusters', undefined, command.optsWithGlobals<GetOptions>(), io);
  });
  cluster
    .command('describe')
    .summary('show all that the hub knows of a cluster')
    .description('Shows all that the hub knows of a cluster: conditions, counts, what is withheld and what would release it, and events.')
    .argument('<cluster>', 'name of the cluster')
    .addHelpText('after', '\nExample:\n  lattice-hub cluster describe west')
    .action(async (name: string, _: object, command: Command) => {
      const { describeCluster } = await import('./describe-cluster.js');
      await describeCluster(name, command.optsWithGlobals<ConnectionOptions>(), io);
    });
}

function addAdd(cluster: Command, io: CliIo): void {
  cluster
    .command('add')
    .summary('register a cluster')
    .description('Registers a cluster: takes a context out of your kubeconfig, hands it to the hub, and waits until the hub follows it.')
    .argument('<context>', 'context of your kubeconfig')
    .requiredOption('--aws-account <id>', 'AWS account of its target groups, twelve digits')
    .requiredOption('--region <region>', 'AWS region of its target groups')
    .requiredOption('--vpc <id>', 'VPC of its targets')
    .requiredOption('--role-arn <arn>', 'role in that account which the hub assumes')
    .option('--external-id <id>', "external id that the role asks for; needed outside of the hub's own account")
    .option('--name <name>', 'name of the member; else that of the context')
    .option('--cluster-name <name>', 'name in the ClusterName tag; else that of the member')
    .addOption(new Option('--policy-scope <scope>', 'how far its policies reach').choices(['Fleet', 'Own', 'Ignore']))
    .addOption(new Option('--on-detach <what>', 'what happens to its target groups when it leaves').choices(['Keep', 'Remove']))
    .option('--paused', 'read and plan, and write nothing')
    .option('--kubeconfig <file>', 'kubeconfig with the context; else KUBECONFIG, else ~/.kube/config')
    .addOption(new Option('--wait <seconds>', 'how long to wait until the hub follows it').argParser(parseSeconds).default(30))
    .option('--no-wait', 'do not wait')
    .addHelpText('after', addHelp)
    .action(async (context: string, _: object, command: Command) => {
      const { addCluster } = await import('./add-cluster.js');
      await addCluster(context, command.optsWithGlobals<AddOptions>(), io);
    });
}

function addRotate(cluster: Command, io: CliIo): void {
  cluster
    .command('rotate')
    .summary('give the hub new credentials for a cluster')
    .description('Replaces the kubeconfig that the hub reads a cluster with, by a context of yours.')
    .argument('<cluster>', 'name of the cluster')
    .argument('<context>', 'context of your kubeconfig')
    .option('--kubeconfig <file>', 'kubeconfig with the context; else KUBECONFIG, else ~/.kube/config')
    .addHelpText('after', '\nExample:\n  lattice-hub cluster rotate west west-hub')
    .action(async (name: string, context: string, _: object, command: Command) => {
      const { rotateCluster } = await import('./change-cluster.js');
      await rotateCluster(name, context, command.optsWithGlobals<RotateOptions>(), io);
    });
}

function addPauses(cluster: Command, io: CliIo): void {
  for (const verb of ['pause', 'resume'] as const) {
    cluster
      .command(verb)
      .summary(verb === 'pause' ? 'let the hub write nothing for a cluster' : 'let the hub write again')
      .description(verb === 'pause' ? 'Lets the hub read and plan for a cluster, and write nothing.' : 'Lets the hub write again.')
      .argument('<cluster>', 'name of the cluster')
      .addHelpText('after', `\nExample:\n  lattice-hub cluster ${verb} west`)
      .action(async (name: string, _: object, command: Command) => {
        const { pauseCluster } = await import('./change-cluster.js');
        await pauseCluster(name, verb === 'pause', command.optsWithGlobals<ConnectionOptions>(), io);
      });
  }
}

function addAcknowledge(cluster: Command, io: CliIo): void {
  cluster
    .command('acknowledge')
    .alias('ack')
    .summary('release what is withheld and waits for a person')
    .description('Releases what the hub withholds from a cluster, or of the hub cluster itself, until a person has looked at it.')
    .argument('[cluster]', 'name of the cluster')
    .option('--hub', 'what is held of the hub cluster itself')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', acknowledgeHelp)
    .action(async (name: string | undefined, _: object, command: Command) => {
      const options = command.optsWithGlobals<AcknowledgeOptions>();
      if ((name === undefined) !== (options.hub === true)) throw usageError('name a cluster, or say --hub for the hub cluster itself');
      if (name === undefined) {
        const { acknowledgeHub } = await import('./acknowledge-hub.js');
        await acknowledgeHub(options, io);
        return;
      }
      const { acknowledgeCluster } = await import('./acknowledge-cluster.js');
      await acknowledgeCluster(name, options, io);
    });
}

function addDetach(cluster: Command, io: CliIo): void {
  cluster
    .command('detach')
    .summary('let a cluster go')
    .description('Lets a cluster go: the hub follows it no longer.')
    .argument('<cluster>', 'name of the cluster')
    .addOption(new Option('--keep', 'leave its target groups in AWS as they are').conflicts('remove'))
    .option('--remove', 'take its target groups away, except those that a VPC Lattice service uses')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', detachHelp)
    .action(async (name: string, _: object, command: Command) => {
      const { detachCluster } = await import('./detach-cluster.js');
      await detachCluster(name, command.optsWithGlobals<DetachOptions>(), io);
    });
}
