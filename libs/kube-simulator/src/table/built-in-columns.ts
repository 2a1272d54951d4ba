import { isJsonObject, listAt, numberAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Column } from './column.js';
import { builtInAgeColumn, createdAtColumn, nameColumn, textColumn, wideColumn } from './common-columns.js';
import { definitionColumns } from './definition-columns.js';
import { eventColumns } from './event-columns.js';
import { nodeColumns } from './node-columns.js';
import { podColumns } from './pod-columns.js';
import { serviceColumns } from './service-columns.js';

const maxListed = 3;

/** The columns of a built-in kind, as `kubectl get` shows them. */
export function builtInColumns(kind: string): readonly Column[] {
  return columnsByKind[kind] ?? [nameColumn, createdAtColumn];
}

const bindingColumns: readonly Column[] = [
  nameColumn,
  textColumn(
    'Role',
    'What is bound.',
    (binding) => `${stringAt(objectAt(binding, 'roleRef'), 'kind')}/${stringAt(objectAt(binding, 'roleRef'), 'name')}`,
  ),
  builtInAgeColumn,
  wideColumn('Users', 'The users who are bound.', (binding) => subjects(binding, 'User')),
  wideColumn('Groups', 'The groups that are bound.', (binding) => subjects(binding, 'Group')),
  wideColumn('ServiceAccounts', 'The service accounts that are bound.', (binding) => subjects(binding, 'ServiceAccount')),
];

const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  ConfigMap: [
    nameColumn,
    textColumn('Data', 'How many entries there are.', (map) => countOf(map, 'data') + countOf(map, 'binaryData')),
    builtInAgeColumn,
  ],
  CustomResourceDefinition: definitionColumns,
  EndpointSlice: [
    nameColumn,
    textColumn('AddressType', 'Of which type the addresses are.', (slice) => stringAt(slice, 'addressType')),
    textColumn('Ports', 'The ports of the endpoints.', portsText),
    textColumn('Endpoints', 'The addresses of the endpoints.', endpointsText),
    builtInAgeColumn,
  ],
  Event: eventColumns,
  Lease: [
    nameColumn,
    textColumn('Holder', 'Who holds the lease.', (lease) => stringAt(objectAt(lease, 'spec'), 'holderIdentity')),
    builtInAgeColumn,
  ],
  Namespace: [
    nameColumn,
    textColumn('Status', 'Whether the namespace is there to stay.', (namespace) => stringAt(objectAt(namespace, 'status'), 'phase')),
    builtInAgeColumn,
  ],
  Node: nodeColumns,
  Pod: podColumns,
  ClusterRoleBinding: bindingColumns,
  RoleBinding: bindingColumns,
  Secret: [
    nameColumn,
    textColumn('Type', 'What the secret is for.', (secret) => stringAt(secret, 'type')),
    textColumn('Data', 'How many entries there are.', (secret) => countOf(secret, 'data')),
    builtInAgeColumn,
  ],
  Service: serviceColumns,
  ServiceAccount: [nameColumn, builtInAgeColumn],
};

const countOf = (object: KubeObject, field: string): number => Object.keys(objectAt(object, field) ?? {}).length;

function subjects(binding: KubeObject, kind: string): string {
  return listAt(binding, 'subjects')
    .filter(isJsonObject)
    .filter((subject) => subject['kind'] === kind)
    .map((subject) =>
      kind === 'ServiceAccount' ? `${stringAt(subject, 'namespace')}/${stringAt(subject, 'name')}` : stringAt(subject, 'name'),
    )
    .join(', ');
}

/** The first few, and how many more there are. */
function firstOf(texts: readonly string[]): string {
  const shown = texts.slice(0, maxListed).join(',');
  if (texts.length > maxListed) return `${shown} + ${texts.length - maxListed} more...`;
  return shown === '' ? '<unset>' : shown;
}

function portsText(slice: KubeObject): string {
  const ports = listAt(slice, 'ports').filter(isJsonObject);
  return firstOf(ports.map((port) => String(numberAt(port, 'port') ?? (stringAt(port, 'name') || '*'))));
}

function endpointsText(slice: KubeObject): string {
  return firstOf(
    listAt(slice, 'endpoints')
      .filter(isJsonObject)
      .flatMap((endpoint) => stringsAt(endpoint, 'addresses')),
  );
}
