import { ensureObject, equalJson, isJsonObject, listAt, objectAt, stringAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { generationOf, nameOf, setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Strategy } from '../resources/resource.js';
import { isKnownFormat } from '../schema/formats.js';
import { invalid } from '../status/field-error.js';
import { validateApproval, validateDefinition, validateStoredRemain } from './validate-definition.js';

/** CustomResourceDefinitions: their names, versions and structural schemas. What happens after that is the lifecycle's business. */
export const definitionStrategy: Strategy = {
  allowUnconditionalUpdate: false,
  allowCreateOnUpdate: false,
  statusFields: ['status'],
  applyDefaults,
  prepareForCreate: (definition) => {
    definition['status'] = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: storageVersions(definition) };
    setMeta(definition, 'generation', 1);
  },
  prepareForUpdate: (definition, old) => {
    if (!equalJson(definition['spec'], old['spec'])) setMeta(definition, 'generation', generationOf(old) + 1);
    const status = ensureObject(definition, 'status');
    const stored = listAt(status, 'storedVersions');
    status['storedVersions'] = [...stored, ...storageVersions(definition).filter((name) => !stored.includes(name))];
  },
  validate: (definition) => {
    const spec = objectAt(definition, 'spec') ?? {};
    const name = nameOf(definition);
    const wanted = `${stringAt(objectAt(spec, 'names'), 'plural')}.${stringAt(spec, 'group')}`;
    const prefix = definition.metadata.generateName ?? '';
    const why = 'must be spec.names.plural+"."+spec.group';
    return [
      ...(prefix === '' || prefix === wanted ? [] : [invalid('metadata.generateName', prefix, why)]),
      ...(name === wanted || name === '' ? [] : [invalid('metadata.name', name, why)]),
      ...validateApproval(definition),
      ...validateDefinition(definition),
    ];
  },
  validateUpdate: (definition, old) => [
    ...validateDefinition(definition),
    ...validateStoredRemain(definition),
    ...validateImmutable(definition, old),
  ],
  validateStatusUpdate: () => [],
  warnings: (definition) => unknownFormats(definition),
};

/** The formats of schemas that mean nothing to the API server. */
function unknownFormats(definition: KubeObject): string[] {
  const formats = new Set<string>();
  const look = (value: JsonValue | undefined): void => {
    if (Array.isArray(value)) for (const item of value) look(item);
    if (!isJsonObject(value)) return;
    const [type, format] = [stringAt(value, 'type'), stringAt(value, 'format')];
    if (type !== '' && format !== '' && !isKnownFormat(type, format)) formats.add(format);
    for (const child of Object.values(value)) look(child);
  };
  for (const version of listAt(objectAt(definition, 'spec'), 'versions').filter(isJsonObject))
    look(objectAt(objectAt(version, 'schema'), 'openAPIV3Schema'));
  return [...formats].map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

function applyDefaults(definition: KubeObject): void {
  const spec = ensureObject(definition, 'spec');
  const names = ensureObject(spec, 'names');
  const kind = stringAt(names, 'kind');
  if (stringAt(names, 'singular') === '' && kind !== '') names['singular'] = kind.toLowerCase();
  if (stringAt(names, 'listKind') === '' && kind !== '') names['listKind'] = `${kind}List`;
  spec['conversion'] ??= { strategy: 'None' };
  const status = ensureObject(definition, 'status');
  if (listAt(status, 'storedVersions').length === 0) status['storedVersions'] = storageVersions(definition);
}

function storageVersions(definition: KubeObject): string[] {
  return listAt(objectAt(definition, 'spec'), 'versions')
    .filter((version): version is JsonObject => isJsonObject(version) && version['storage'] === true)
    .slice(0, 1)
    .map((version) => stringAt(version, 'name'));
}

/** What can't change once the names are accepted. */
function validateImmutable(definition: KubeObject, old: KubeObject): ReturnType<typeof invalid>[] {
  const isEstablished = listAt(objectAt(old, 'status'), 'conditions').some(
    (condition) => isJsonObject(condition) && condition['type'] === 'Established' && condition['status'] === 'True',
  );
  const now = objectAt(definition, 'spec') ?? {};
  const before = objectAt(old, 'spec') ?? {};
  const fields: readonly (readonly [string, JsonObject, JsonObject, string])[] = [
    ['group', now, before, 'spec.group'],
    ...(isEstablished
      ? ([
          ['scope', now, before, 'spec.scope'],
          ['kind', objectAt(now, 'names') ?? {}, objectAt(before, 'names') ?? {}, 'spec.names.kind'],
        ] as const)
      : []),
    ['plural', objectAt(now, 'names') ?? {}, objectAt(before, 'names') ?? {}, 'spec.names.plural'],
  ];
  return fields.flatMap(([field, left, right, path]) =>
    left[field] === right[field] ? [] : [invalid(path, left[field] ?? '', 'field is immutable')],
  );
}
