import type { CliIo } from '../cli-io.js';
import { readLocalKubeconfig } from '../kubeconfig/local-kubeconfig.js';
import { selfContained } from '../kubeconfig/self-contained.js';
import { tokenExpiryMs } from '../kubeconfig/token-expiry.js';
import { durationText } from '../output/age.js';

/** A token that ends sooner is worth a word: the hub loses the cluster then. */
const shortMs = 30 * 24 * 3_600_000;

/**
 * A context of the operator's kubeconfig as the hub takes it. Says on stderr where its token does not live long.
 * @throws CliError
 */
export async function memberKubeconfig(context: string, path: string | undefined, io: CliIo): Promise<string> {
  const { yaml, token } = await selfContained(await readLocalKubeconfig(path, io), context, io);
  const endsMs = token === undefined ? undefined : tokenExpiryMs(token);
  const leftMs = endsMs === undefined ? Infinity : endsMs - io.clock.nowMs();
  if (leftMs < shortMs) {
    const when = leftMs <= 0 ? 'has expired' : `expires in ${durationText(leftMs)}`;
    io.stderr.write(
      `The token of this context ${when}. The hub cannot read the cluster after that: renew it with lattice-hub cluster rotate.\n`,
    );
  }
  return yaml;
}
