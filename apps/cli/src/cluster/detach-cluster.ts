import type { CliIo } from '../cli-io.js';
import { DetachPreview, Named } from '../hub/answers.js';
import { openApi } from '../hub/open-api.js';
import { oneLine } from '../output/printable.js';
import { indented, tableText } from '../output/table.js';
import type { DetachOptions } from './cluster-options.js';
import { clusterPath } from './cluster-path.js';
import { confirm } from './confirm.js';
import { shownOf } from './shown-list.js';

/** `cluster detach`. @throws CliError; also where nobody agrees */
export async function detachCluster(name: string, options: DetachOptions, io: CliIo): Promise<void> {
  const path = clusterPath(name);
  const api = await openApi(options, io);
  const onDetach = options.remove ? 'Remove' : options.keep ? 'Keep' : undefined;
  const preview = await api.get(clusterPath(name, 'detach-preview'), { onDetach }, DetachPreview);
  io.stdout.write(previewText(name, preview));
  await confirm(`Detach ${name}?`, options.yes ?? false, io);
  await api.call({ method: 'DELETE', path, query: { onDetach } }, Named);
  io.stdout.write(`membercluster/${name} is being detached; it is gone from \`lattice-hub cluster list\` when that is done\n`);
}

function previewText(name: string, { onDetach, targetGroups, losesPolicy }: DetachPreview): string {
  const fate =
    onDetach === 'Keep'
      ? 'stay in AWS as they are, with their targets and tags'
      : 'are taken away, except those that a VPC Lattice service uses';
  const groups = shownOf(targetGroups, `lattice-hub get target-groups --cluster ${name}`);
  const lost = shownOf(losesPolicy, `lattice-hub get exports -o wide`);
  const heading =
    targetGroups.length === 0
      ? `${name} has no target groups.\n`
      : `Detaching ${name} (${onDetach}): its target groups, ${targetGroups.length} in all, ${fate}:\n`;
  return [
    heading,
    groups.shown.map((group) => `  ${oneLine(group)}\n`).join(''),
    groups.rest,
    losesPolicy.length === 0
      ? 'No other cluster loses a policy.\n'
      : `Exports of other clusters that lose a policy which stands in ${name}:\n`,
    lost.shown.length === 0 ? '' : indented(tableText(['CLUSTER', 'NAMESPACE', 'EXPORT', 'POLICY'], lost.shown.map(lostRow))),
    lost.rest,
  ].join('');
}

function lostRow(lost: DetachPreview['losesPolicy'][number]): readonly string[] {
  return [lost.cluster, lost.namespace, lost.export, lost.policy];
}
