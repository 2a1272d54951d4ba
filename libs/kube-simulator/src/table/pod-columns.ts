import { isJsonObject, listAt, numberAt, objectAt, stringAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { isTerminating } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { ageOf } from './age.js';
import type { Column } from './column.js';
import { builtInAgeColumn, nameColumn, orNone, textColumn, wideColumn } from './common-columns.js';

const statusOf = (pod: KubeObject): JsonObject => objectAt(pod, 'status') ?? {};
const specOf = (pod: KubeObject): JsonObject => objectAt(pod, 'spec') ?? {};
const containerStatuses = (pod: KubeObject, field: 'containerStatuses' | 'initContainerStatuses'): JsonObject[] =>
  listAt(statusOf(pod), field).filter(isJsonObject);
const conditionsOf = (pod: KubeObject): JsonObject[] => listAt(statusOf(pod), 'conditions').filter(isJsonObject);
const isTrue = (pod: KubeObject, type: string): boolean =>
  conditionsOf(pod).some((condition) => condition['type'] === type && condition['status'] === 'True');

/** The columns of pods, as `kubectl get pods` shows them. */
export const podColumns: readonly Column[] = [
  nameColumn,
  textColumn('Ready', 'How many containers of the pod are ready.', readyText),
  textColumn('Status', 'What the containers of the pod do, in a word.', statusText),
  textColumn('Restarts', 'How often the containers of the pod were restarted, and when last.', restartsText),
  builtInAgeColumn,
  wideColumn('IP', 'The address of the pod.', (pod) => orNone(stringAt(listAt(statusOf(pod), 'podIPs').find(isJsonObject), 'ip'))),
  wideColumn('Node', 'The node on which the pod runs.', (pod) => orNone(stringAt(specOf(pod), 'nodeName'))),
  wideColumn('Nominated Node', 'The node on which room is made for the pod.', (pod) =>
    orNone(stringAt(statusOf(pod), 'nominatedNodeName')),
  ),
  wideColumn('Readiness Gates', 'How many of the conditions hold that the pod waits for.', gatesText),
];

/** What a row says of a pod that has ended, so that clients may leave it out. */
export function podRowConditions(pod: KubeObject): JsonObject[] {
  const phase = stringAt(statusOf(pod), 'phase');
  if (phase !== 'Succeeded' && phase !== 'Failed') return [];
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return [{ type: 'Completed', status: 'True', reason: phase, message }];
}

/** An init container that goes on running beside the others. */
function isSidecar(pod: KubeObject, name: string): boolean {
  return listAt(specOf(pod), 'initContainers').some(
    (container) => isJsonObject(container) && container['name'] === name && container['restartPolicy'] === 'Always',
  );
}

function readyText(pod: KubeObject): string {
  const sidecars = listAt(specOf(pod), 'initContainers').filter(
    (container) => isJsonObject(container) && container['restartPolicy'] === 'Always',
  );
  const total = listAt(specOf(pod), 'containers').length + sidecars.length;
  const readySidecars = containerStatuses(pod, 'initContainerStatuses').filter(
    (status) => isSidecar(pod, stringAt(status, 'name')) && status['ready'] === true,
  );
  const initializing = initProblem(pod) !== undefined && !isTrue(pod, 'Initialized');
  const ready = initializing ? [] : containerStatuses(pod, 'containerStatuses').filter(isRunningReady);
  return `${ready.length + readySidecars.length}/${total}`;
}

const isRunningReady = (status: JsonObject): boolean =>
  status['ready'] === true && objectAt(objectAt(status, 'state'), 'running') !== undefined;

function statusText(pod: KubeObject): string {
  const phase = stringAt(statusOf(pod), 'phase');
  const ownReason = stringAt(statusOf(pod), 'reason');
  if (isTerminating(pod) && ownReason === 'NodeLost') return 'Unknown';
  if (isTerminating(pod) && phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  const isGated = conditionsOf(pod).some((condition) => condition['type'] === 'PodScheduled' && condition['reason'] === 'SchedulingGated');
  const start = isGated ? 'SchedulingGated' : orNone(ownReason, phase);
  const problem = initProblem(pod);
  if (problem !== undefined && !isTrue(pod, 'Initialized')) return problem;
  return containersReason(pod, problem ?? start);
}

/** What the first init container that has not ended well does. */
function initProblem(pod: KubeObject): string | undefined {
  for (const [index, status] of containerStatuses(pod, 'initContainerStatuses').entries()) {
    const state = objectAt(status, 'state');
    const terminated = objectAt(state, 'terminated');
    const waiting = stringAt(objectAt(state, 'waiting'), 'reason');
    if (terminated !== undefined && (numberAt(terminated, 'exitCode') ?? 0) === 0) continue;
    if (isSidecar(pod, stringAt(status, 'name')) && status['started'] === true) continue;
    if (terminated !== undefined) return `Init:${terminatedReason(terminated)}`;
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${listAt(specOf(pod), 'initContainers').length}`;
  }
  return undefined;
}

function terminatedReason(terminated: JsonObject): string {
  const signal = numberAt(terminated, 'signal') ?? 0;
  return orNone(stringAt(terminated, 'reason'), signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`);
}

function containersReason(pod: KubeObject, start: string): string {
  let reason = start;
  let errorReason = '';
  const statuses = containerStatuses(pod, 'containerStatuses');
  for (const status of statuses.toReversed()) {
    const state = objectAt(status, 'state');
    const terminated = objectAt(state, 'terminated');
    const waiting = stringAt(objectAt(state, 'waiting'), 'reason');
    if (waiting !== '') reason = waiting;
    else if (terminated !== undefined) {
      reason = terminatedReason(terminated);
      if ((numberAt(terminated, 'exitCode') ?? 0) !== 0) errorReason = reason;
    }
  }
  if (reason !== 'Completed') return reason;
  const isRunning = statuses.some(isRunningReady);
  if (isRunning && isTrue(pod, 'Ready')) return 'Running';
  return orNone(errorReason, isRunning ? 'NotReady' : reason);
}

function restartsText(pod: KubeObject, nowMs: number): string {
  const initializing = initProblem(pod) !== undefined && !isTrue(pod, 'Initialized');
  const init = containerStatuses(pod, 'initContainerStatuses');
  const counted = initializing
    ? init
    : [...init.filter((status) => isSidecar(pod, stringAt(status, 'name'))), ...containerStatuses(pod, 'containerStatuses')];
  const restarts = counted.reduce((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
  const last = counted
    .map((status) => stringAt(objectAt(objectAt(status, 'lastState'), 'terminated'), 'finishedAt'))
    .toSorted()
    .at(-1);
  return restarts === 0 || last === undefined || last === '' ? String(restarts) : `${restarts} (${ageOf(last, nowMs)} ago)`;
}

function gatesText(pod: KubeObject): string {
  const gates = listAt(specOf(pod), 'readinessGates').filter(isJsonObject);
  if (gates.length === 0) return '<none>';
  return `${gates.filter((gate) => isTrue(pod, stringAt(gate, 'conditionType'))).length}/${gates.length}`;
}
