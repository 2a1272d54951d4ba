import type { CliIo } from '../cli-io.js';
import { clusterPath } from '../cluster/cluster-path.js';
import type { ConnectionOptions } from '../hub/connection-options.js';
import { openApi } from '../hub/open-api.js';
import type { OutputOptions } from '../output/output-options.js';
import { listText } from '../output/resource-printer.js';
import { withheldKind } from './withheld-kind.js';

/** The options of `plan`. */
export interface PlanOptions extends ConnectionOptions, OutputOptions {}

/** `plan`: prints what is called for in a cluster and not done. @throws CliError */
export async function planCluster(cluster: string, options: PlanOptions, io: CliIo): Promise<void> {
  const api = await openApi(options, io);
  const items = await api.list(clusterPath(cluster, 'plan'), {});
  const rows = items.map((item) => withheldKind.row(item));
  io.stdout.write(await listText(rows, withheldKind, options.output, io));
  if (rows.length === 0) io.stderr.write(`No withheld steps found: nothing is held back in ${cluster}.\n`);
}
