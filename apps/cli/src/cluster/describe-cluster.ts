import type { CliIo } from '../cli-io.js';
import { eventKind } from '../get/event-kind.js';
import { Cluster } from '../hub/answers.js';
import type { ApiClient } from '../hub/api-client.js';
import type { ConnectionOptions } from '../hub/connection-options.js';
import { HubRefusal } from '../hub/hub-refusal.js';
import { openApi } from '../hub/open-api.js';
import { ageOf } from '../output/age.js';
import { paintFor, type Paint, type Tone } from '../output/paint.js';
import { oneLine } from '../output/printable.js';
import { fieldLines, indented, tableText, type Cell } from '../output/table.js';
import { clusterPath } from './cluster-path.js';
import { stateCell } from './cluster-standing.js';
import { holdsText, withheldText } from './withheld-text.js';

/** How many events are shown. */
const mostEvents = 15;

/** `cluster describe`. @throws CliError */
export async function describeCluster(name: string, options: ConnectionOptions, io: CliIo): Promise<void> {
  const path = clusterPath(name);
  const api = await openApi(options, io);
  const cluster = await api.get(path, {}, Cluster);
  const paint = paintFor(io.stdout, io.env);
  const nowMs = io.clock.nowMs();
  const sections: readonly (readonly [title: string, text: string])[] = [
    ['AWS', fieldLines(awsFields(cluster))],
    ['Identity', identityText(cluster)],
    ['Counts', fieldLines(countFields(cluster))],
    ['Conditions', conditionsText(cluster, nowMs, paint)],
    ['Holds', holdsText(cluster.status.holds, nowMs)],
    ['Withheld', withheldText(cluster)],
    ['Events', await eventsText(name, api, nowMs, paint)],
  ];
  const shown = sections.map(([title, text]) => `${title}:${text === '' ? '   none\n' : `\n${indented(text)}`}`);
  io.stdout.write(fieldLines(fieldsOf(cluster, nowMs), paint) + shown.join(''));
}

function fieldsOf(cluster: Cluster, nowMs: number): readonly (readonly [string, Cell])[] {
  const { name, spec, status, heldBy } = cluster;
  const { kubeconfigSecretRef: ref } = spec;
  return [
    ['Name', name],
    ['State', stateCell(cluster)],
    ['Paused', spec.paused ? { text: 'yes, nothing is written', tone: 'warn' } : 'no'],
    ['Mode', spec.mode],
    ['Policy scope', spec.policyScope],
    ['On detach', spec.onDetach],
    ['Kubeconfig', ref ? `secret/${ref.name}, key ${ref.key}` : ''],
    ['Kubernetes', status.kubernetesVersion ?? ''],
    ['Last sync', status.lastSyncTime === undefined ? '' : `${status.lastSyncTime} (${ageOf(status.lastSyncTime, nowMs)} ago)`],
    ['Held by', heldBy ?? ''],
  ];
}

function awsFields({ name, spec }: Cluster): readonly (readonly [string, string])[] {
  const { accountId, region, vpcId, roleArn, externalId } = spec.aws;
  return [
    ['Account', accountId],
    ['Region', region],
    ['VPC', vpcId],
    ['Cluster name', spec.clusterName ?? name],
    ['Role', roleArn],
    ['External id', externalId ?? ''],
  ];
}

function identityText({ status }: Cluster): string {
  const { identity } = status;
  if (!identity) return '';
  const { uid, accountId, region, vpcId, clusterName } = identity;
  return fieldLines([
    ['UID of kube-system', uid],
    ['Joined as', `${clusterName} in ${accountId}, ${region}, ${vpcId}`],
  ]);
}

function countFields({ status }: Cluster): readonly (readonly [string, string])[] {
  const { exports, policies, targetGroups, withheld } = status.counts ?? {};
  const text = (count: number | undefined) => (count === undefined ? '' : String(count));
  return [
    ['Exports', text(exports)],
    ['Policies', text(policies)],
    ['Target groups', text(targetGroups)],
    ['Withheld', text(withheld)],
  ];
}

function conditionsText({ status }: Cluster, nowMs: number, paint: Paint): string {
  const rows = status.conditions.map(({ type, status: holds, reason, message, lastTransitionTime }) => {
    const wanted = type === 'Contested' ? 'False' : 'True';
    const tone: Tone = holds === wanted ? 'good' : holds === 'Unknown' ? 'warn' : 'bad';
    return [type, { text: holds, tone }, reason, ageOf(lastTransitionTime, nowMs), message];
  });
  return rows.length === 0 ? '' : tableText(['TYPE', 'STATUS', 'REASON', 'AGE', 'MESSAGE'], rows, paint);
}

/** Whoever may see clusters need not be one who may see events. */
async function eventsText(cluster: string, api: ApiClient, nowMs: number, paint: Paint): Promise<string> {
  try {
    const items = await api.list(eventKind.path, { cluster });
    const rows = items.slice(0, mostEvents).map((item) => eventKind.row(item).cells(false, nowMs));
    return rows.length === 0 ? '' : tableText(eventKind.headers(false), rows, paint);
  } catch (error) {
    if (error instanceof HubRefusal && error.status !== 401) return `not shown: ${oneLine(error.message)}\n`;
    throw error;
  }
}
