import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { SimulatorControl } from './control/simulator-control.js';
import { KubeSimulator } from './kube-simulator.js';

/** The command line as parsed. */
interface Arguments {
  readonly clusters: number;
  readonly port: number;
  readonly out: string;
  readonly controlPort?: number;
}

function wholeNumber(text: string, least: number, most: number, what: string): number {
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text) || value < least || value > most)
    throw new InvalidArgumentError(`${what} is a whole number from ${least} to ${most}.`);
  return value;
}

const portNumber = (text: string): number => wholeNumber(text, 0, 65_535, 'A port');
const clusterCount = (text: string): number => wholeNumber(text, 1, 10_000, 'The number of clusters');

function commandLine(): Command {
  return new Command('kube-simulator')
    .description('Simulated Kubernetes clusters, bare: each an API server on a local port of its own')
    .option('--clusters <number>', 'how many clusters', clusterCount, 1)
    .option('--port <port>', 'port of the first cluster; the others follow; 0 takes free ones', portNumber, 16_443)
    .option('--out <folder>', 'folder for one kubeconfig of an administrator for each cluster', '.kube-simulator')
    .option('--control-port <port>', 'also serve the control endpoint on this port, without a password', portNumber)
    .allowExcessArguments(false)
    .addHelpText('after', examples);
}

const examples = `
Try it:
  npm run kube-simulator -- --clusters 2 --out /tmp/clusters --control-port 16400
  export KUBECONFIG=/tmp/clusters/cluster-1.kubeconfig
  kubectl create configmap seen --from-literal=a=b && kubectl get configmaps -A

  # Every list of cluster-2 is refused from now on, until the faults are taken away.
  curl -X POST http://127.0.0.1:16400/clusters/cluster-2/faults -d '{"verb": "list", "effect": {"kind": "status", "code": 503}}'
  curl -X DELETE http://127.0.0.1:16400/clusters/cluster-2/faults
  curl http://127.0.0.1:16400        # what else the control endpoint does

Clusters are kept in memory and end with Ctrl-C. libs/kube-simulator/README.md says what they cover, and what they do not.
`;

/** A folder that can be written; made where it is missing, with those above it. */
function makeFolder(folder: string): void {
  // Not `recursive`: where a file system refuses with ENOENT, as /proc does, that never ends.
  if (!existsSync(folder)) {
    if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
  accessSync(folder, constants.W_OK);
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
}

/** The mode of a file that exists already would stay as it is. */
function writeOwnerOnly(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

async function startClusters({ clusters, port }: Arguments, started: KubeSimulator[]): Promise<void> {
  if (port !== 0 && port + clusters - 1 > 65_535) throw new Error(`there are no ${clusters} ports from ${port} on`);
  for (let number = 1; number <= clusters; number += 1) {
    started.push(await KubeSimulator.start({ name: `cluster-${number}`, port: port === 0 ? 0 : port + number - 1 }));
  }
}

/** Where clusters listen: one address, a range of ports, or ports that were free. */
function placeOf(clusters: readonly KubeSimulator[]): string {
  const [first, last] = [clusters[0], clusters.at(-1)];
  if (first === undefined || last === undefined || first === last) return first?.url ?? '';
  return last.port - first.port === clusters.length - 1 ? `${first.url} to ${last.url}` : 'free ports of 127.0.0.1';
}

function startLine(clusters: readonly KubeSimulator[], folder: string, control: SimulatorControl | undefined): string {
  const names = clusters.length === 1 ? 'cluster-1' : `cluster-1 to cluster-${clusters.length}`;
  const endpoint = control === undefined ? '' : ` Control endpoint: ${control.url}.`;
  return `Kubernetes simulator: ${names} on ${placeOf(clusters)}.${endpoint} In a client's shell: export KUBECONFIG=${join(folder, 'cluster-1.kubeconfig')}\n`;
}

async function run(options: Arguments): Promise<void> {
  const clusters: KubeSimulator[] = [];
  let control: SimulatorControl | undefined;
  const stop = async (): Promise<void> => {
    await control?.stop();
    await Promise.all(clusters.map(async (cluster) => cluster.stop()));
  };
  try {
    const folder = resolve(options.out);
    makeFolder(folder);
    await startClusters(options, clusters);
    if (options.controlPort !== undefined) control = await SimulatorControl.start(clusters, options.controlPort);
    for (const cluster of clusters) writeOwnerOnly(join(folder, `${cluster.name}.kubeconfig`), cluster.kubeconfig());
    process.stdout.write(startLine(clusters, folder, control));
  } catch (error) {
    await stop();
    throw error;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
}

/** What went wrong, in a line. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, path } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === 'EADDRINUSE') return `port ${port ?? ''} is taken`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be used`;
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ENOSPC'].includes(code))
    return `${path ?? 'the folder'} can't be written (${code})`;
  return error.message;
}

const command = commandLine().parse();
try {
  await run(command.opts<Arguments>());
} catch (error) {
  process.stderr.write(`kube-simulator: ${explain(error)}\n`);
  process.exitCode = 1;
}
