import { isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Column } from './column.js';
import { createdAtColumn, nameColumn, textColumn, wideColumn } from './common-columns.js';

const specOf = (definition: KubeObject): JsonObject => objectAt(definition, 'spec') ?? {};
const namesOf = (definition: KubeObject): JsonObject => objectAt(specOf(definition), 'names') ?? {};

/** The columns of CustomResourceDefinitions, as `kubectl get crds` shows them. */
export const definitionColumns: readonly Column[] = [
  nameColumn,
  textColumn('Scope', 'Whether the objects are in namespaces.', (definition) => stringAt(specOf(definition), 'scope')),
  textColumn('Versions', 'The versions that are served.', versionsText),
  createdAtColumn,
  wideColumn('Group', 'The API group.', (definition) => stringAt(specOf(definition), 'group')),
  wideColumn('Kind', 'The kind of the objects.', (definition) => stringAt(namesOf(definition), 'kind')),
  wideColumn('ShortNames', 'What may stand for the plural.', (definition) => stringsAt(namesOf(definition), 'shortNames').join(',')),
  { ...wideColumn('Established', 'Whether the objects are served.', isEstablished), type: 'boolean' },
];

function versionsText(definition: KubeObject): string {
  return listAt(specOf(definition), 'versions')
    .filter(isJsonObject)
    .filter((version) => version['served'] === true)
    .map((version) => `${stringAt(version, 'name')}${version['storage'] === true ? '(storage)' : ''}`)
    .toSorted()
    .join(',');
}

function isEstablished(definition: KubeObject): boolean {
  return listAt(objectAt(definition, 'status'), 'conditions').some(
    (condition) => isJsonObject(condition) && condition['type'] === 'Established' && condition['status'] === 'True',
  );
}
