import { isJsonObject, listAt, objectAt, stringAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { labelsOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Column } from './column.js';
import { builtInAgeColumn, nameColumn, orNone, textColumn, wideColumn } from './common-columns.js';

const infoOf = (node: KubeObject): JsonObject => objectAt(objectAt(node, 'status'), 'nodeInfo') ?? {};
const rolePrefix = 'node-role.kubernetes.io/';
const unknown = '<unknown>';

/** The columns of nodes, as `kubectl get nodes` shows them. */
export const nodeColumns: readonly Column[] = [
  nameColumn,
  textColumn('Status', 'Whether the node is ready, and takes new pods.', statusText),
  textColumn('Roles', 'What the node is for.', rolesText),
  builtInAgeColumn,
  textColumn('Version', 'The version of the kubelet.', (node) => stringAt(infoOf(node), 'kubeletVersion')),
  wideColumn('Internal-IP', 'The address of the node inside the cluster.', (node) => addressText(node, 'InternalIP')),
  wideColumn('External-IP', 'The address of the node outside of the cluster.', (node) => addressText(node, 'ExternalIP')),
  wideColumn('OS-Image', 'The operating system.', (node) => orNone(stringAt(infoOf(node), 'osImage'), unknown)),
  wideColumn('Kernel-Version', 'The version of the kernel, and for which processor it is.', kernelText),
  wideColumn('Container-Runtime', 'What runs the containers.', (node) =>
    orNone(stringAt(infoOf(node), 'containerRuntimeVersion'), unknown),
  ),
];

function statusText(node: KubeObject): string {
  const ready = listAt(objectAt(node, 'status'), 'conditions').find(
    (condition) => isJsonObject(condition) && condition['type'] === 'Ready',
  );
  const words = [isJsonObject(ready) ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (objectAt(node, 'spec')?.['unschedulable'] === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function rolesText(node: KubeObject): string {
  const roles = Object.entries(labelsOf(node)).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)];
    return key === 'kubernetes.io/role' ? [value] : [];
  });
  return orNone([...new Set(roles.filter((role) => role !== ''))].toSorted().join(','));
}

function addressText(node: KubeObject, type: string): string {
  const address = listAt(objectAt(node, 'status'), 'addresses').find((entry) => isJsonObject(entry) && entry['type'] === type);
  return isJsonObject(address) ? stringAt(address, 'address') : '<none>';
}

function kernelText(node: KubeObject): string {
  const architecture = stringAt(infoOf(node), 'architecture');
  return `${orNone(stringAt(infoOf(node), 'kernelVersion'), unknown)}${architecture === '' ? '' : ` (${architecture})`}`;
}
