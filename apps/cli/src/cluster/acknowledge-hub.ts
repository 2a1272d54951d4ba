import type { CliIo } from '../cli-io.js';
import { HubCluster, Named } from '../hub/answers.js';
import { openApi } from '../hub/open-api.js';
import { indented } from '../output/table.js';
import type { ConfirmedOptions } from './cluster-options.js';
import { confirm } from './confirm.js';
import { holdsText } from './withheld-text.js';

/**
 * `cluster acknowledge --hub`: as of a member, of the hub cluster itself.
 * @throws CliError; also where nobody agrees
 */
export async function acknowledgeHub(options: ConfirmedOptions, io: CliIo): Promise<void> {
  const api = await openApi(options, io);
  const { holds, acknowledgementId: id } = await api.get('hub', {}, HubCluster);
  if (id === undefined) {
    io.stdout.write('Nothing of the hub cluster waits for an acknowledgement.\n');
    return;
  }
  io.stdout.write(`What makes the hub hold back what is missing in the hub cluster:\n${indented(holdsText(holds, io.clock.nowMs()))}`);
  await confirm('Release what waits for a person in the hub cluster?', options.yes ?? false, io);
  const { name } = await api.call({ method: 'POST', path: 'hub/acknowledgement', body: { id } }, Named);
  io.stdout.write(`membersnapshot/${name} acknowledged\n`);
}
