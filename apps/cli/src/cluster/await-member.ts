import { CliError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { Cluster, type Condition } from '../hub/answers.js';
import type { ApiClient } from '../hub/api-client.js';
import { HubRefusal } from '../hub/hub-refusal.js';
import { durationText } from '../output/age.js';
import { oneLine } from '../output/printable.js';
import { clusterPath } from './cluster-path.js';
import { conditionOf, standingOf } from './cluster-standing.js';

/** How often the hub is asked how far a cluster has come. */
const pollMs = 500;

/**
 * Waits until the hub follows a cluster, and says so.
 * @throws CliError with what a condition says where it cannot, or not in time
 */
export async function awaitMember(name: string, waitMs: number, api: ApiClient, io: CliIo): Promise<void> {
  const untilMs = io.clock.nowMs() + waitMs;
  const more = `lattice-hub cluster describe ${name}`;
  for (;;) {
    const cluster = await look(name, api);
    const standing = cluster ? standingOf(cluster) : ({ kind: 'waiting', why: undefined } as const);
    if (standing.kind === 'refused') throw new CliError(`${name} is registered, but does not work yet: ${told(standing.why)}; see ${more}`);
    if (cluster && standing.kind === 'synced') {
      io.stdout.write(syncedText(cluster));
      return;
    }
    if (io.clock.nowMs() >= untilMs) {
      const why = standing.kind === 'waiting' && standing.why ? told(standing.why) : 'the hub has not told of it yet';
      throw new CliError(`${name} is registered, but not synced within ${durationText(waitMs)}: ${why}; the hub goes on, see ${more}`);
    }
    await io.clock.sleep(pollMs, io.signal);
  }
}

/** Right after it was written, a cluster may not be there yet for the replica that answers. */
async function look(name: string, api: ApiClient): Promise<Cluster | undefined> {
  try {
    return await api.get(clusterPath(name), {}, Cluster);
  } catch (error) {
    if (error instanceof HubRefusal && error.status === 404) return undefined;
    throw error;
  }
}

function told({ type, status, reason, message }: Condition): string {
  return `${type} is ${status} (${reason}): ${message}`;
}

function syncedText(cluster: Cluster): string {
  const { name, spec, status } = cluster;
  const { exports = 0, policies = 0, targetGroups = 0 } = status.counts ?? {};
  const version = status.kubernetesVersion === undefined ? '' : `Kubernetes ${oneLine(status.kubernetesVersion)}, `;
  const aws =
    conditionOf(cluster, 'AwsAuthorized')?.status === 'True' ? '' : `; the role in account ${spec.aws.accountId} was not tried yet`;
  return `membercluster/${name} synced: ${version}exports ${exports}, policies ${policies}, target groups ${targetGroups}${aws}\n`;
}
