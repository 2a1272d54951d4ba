import type { Cluster, Condition } from '../hub/answers.js';
import type { Tone } from '../output/paint.js';
import type { Cell } from '../output/table.js';

/** Reasons that pass by themselves: what they wait for is on its way. */
const passing: ReadonlySet<string> = new Set(['Pending', 'HubAccountUnknown', 'SecretMissing']);

/** Reasons for which a cluster that is connected is not read whole, and which do not pass by themselves. */
const lasting: ReadonlySet<string> = new Set(['Forbidden', 'KindNotServed', 'IdentityChanged']);

/** What became of a cluster that joins. */
export type Standing =
  | { readonly kind: 'synced' }
  | { readonly kind: 'refused'; readonly why: Condition }
  | { readonly kind: 'waiting'; readonly why: Condition | undefined };

/** Whether a cluster has joined, cannot join as things are, or is still on its way. */
export function standingOf(cluster: Cluster): Standing {
  const trouble = troubleOf(cluster);
  if (trouble && isLasting(trouble)) return { kind: 'refused', why: trouble };
  if (cluster.status.state === 'Synced') return { kind: 'synced' };
  return { kind: 'waiting', why: trouble ?? conditionOf(cluster, 'Reachable') };
}

/** The first condition that tells why the hub does not work with a cluster as it should. */
function troubleOf(cluster: Cluster): Condition | undefined {
  const types = ['Admitted', 'CredentialsValid', 'Reachable', 'Synced', 'AwsAuthorized'];
  const isUntold = ({ reason }: Condition) => reason === cluster.status.state;
  return types
    .map((type) => conditionOf(cluster, type))
    .find((condition): condition is Condition => condition?.status === 'False' && !isUntold(condition));
}

/** The condition of one type. */
export function conditionOf(cluster: Cluster, type: string): Condition | undefined {
  return cluster.status.conditions.find((condition) => condition.type === type);
}

/** The state in one word, and in brackets what is to be known of it. */
export function stateCell(cluster: Cluster): Cell {
  // Of a cluster that is not admitted it says nothing whether it could be read.
  const admitted = conditionOf(cluster, 'Admitted');
  const isRefused = admitted?.status === 'False' && isLasting(admitted) && cluster.status.state !== 'Detaching';
  const state = isRefused ? 'NotAdmitted' : (cluster.status.state ?? 'Pending');
  const trouble = troubleOf(cluster);
  const contested = conditionOf(cluster, 'Contested')?.status === 'True' ? 'Contested' : undefined;
  const notes = [trouble?.reason ?? contested, cluster.spec.paused ? 'paused' : undefined].filter((note) => note !== undefined);
  return { text: notes.length === 0 ? state : `${state} (${notes.join(', ')})`, tone: toneOf(state, trouble) };
}

function toneOf(state: string, trouble: Condition | undefined): Tone {
  if (state === 'Unreachable' || (trouble && isLasting(trouble))) return 'bad';
  return state === 'Synced' && !trouble ? 'good' : 'warn';
}

function isLasting({ type, reason }: Condition): boolean {
  if (type === 'Synced') return lasting.has(reason);
  return !passing.has(reason);
}
