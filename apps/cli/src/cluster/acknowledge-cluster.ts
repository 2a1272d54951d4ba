import type { CliIo } from '../cli-io.js';
import { Cluster, Named } from '../hub/answers.js';
import { openApi } from '../hub/open-api.js';
import { indented } from '../output/table.js';
import type { ConfirmedOptions } from './cluster-options.js';
import { clusterPath } from './cluster-path.js';
import { confirm } from './confirm.js';
import { holdsText, withheldText } from './withheld-text.js';

/**
 * `cluster acknowledge`. The id that is sent is the one that was read together with what is shown: whatever is withheld by then besides, the hub
 * refuses to release it.
 * @throws CliError; also where nobody agrees
 */
export async function acknowledgeCluster(name: string, options: ConfirmedOptions, io: CliIo): Promise<void> {
  const path = clusterPath(name);
  const api = await openApi(options, io);
  const cluster = await api.get(path, {}, Cluster);
  io.stdout.write(whatText(cluster, io.clock.nowMs()));
  const id = cluster.status.withheld?.acknowledgementId;
  if (id === undefined) {
    io.stdout.write(`Nothing in ${name} waits for an acknowledgement.\n`);
    return;
  }
  await confirm(`Release what waits for a person in ${name}?`, options.yes ?? false, io);
  await api.call({ method: 'POST', path: clusterPath(name, 'acknowledgement'), body: { id } }, Named);
  io.stdout.write(`membercluster/${name} acknowledged\n`);
}

function whatText(cluster: Cluster, nowMs: number): string {
  const holds = holdsText(cluster.status.holds, nowMs);
  const withheld = withheldText(cluster);
  const { name, status } = cluster;
  const heldBack = holds === '' ? '' : `What makes the hub hold back in ${name}:\n${indented(holds)}`;
  return heldBack + (withheld === '' ? '' : `Withheld, ${status.withheld?.count ?? 0} in all:\n${indented(withheld)}`);
}
