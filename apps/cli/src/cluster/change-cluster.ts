import type { CliIo } from '../cli-io.js';
import { Named } from '../hub/answers.js';
import type { ConnectionOptions } from '../hub/connection-options.js';
import { openApi } from '../hub/open-api.js';
import type { RotateOptions } from './cluster-options.js';
import { clusterPath } from './cluster-path.js';
import { memberKubeconfig } from './member-kubeconfig.js';

/** `cluster pause` and `cluster resume`. @throws CliError */
export async function pauseCluster(name: string, paused: boolean, options: ConnectionOptions, io: CliIo): Promise<void> {
  const path = clusterPath(name);
  const api = await openApi(options, io);
  await api.call({ method: 'PATCH', path, body: { paused } }, Named);
  io.stdout.write(`membercluster/${name} ${paused ? 'paused' : 'resumed'}\n`);
}

/** `cluster rotate`. @throws CliError */
export async function rotateCluster(name: string, context: string, options: RotateOptions, io: CliIo): Promise<void> {
  const path = clusterPath(name);
  const kubeconfig = await memberKubeconfig(context, options.kubeconfig, io);
  const api = await openApi(options, io);
  await api.call({ method: 'PATCH', path, body: { kubeconfig }, optionOf: { kubeconfig: 'CONTEXT' } }, Named);
  io.stdout.write(`membercluster/${name} has a new kubeconfig; see lattice-hub cluster describe ${name} for whether it works\n`);
}
