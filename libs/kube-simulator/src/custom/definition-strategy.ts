import { ensureObject, equalJson, isJsonObject, listAt, objectAt, stringAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { generationOf, nameOf, setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Strategy } from '../resources/resource.js';
import { invalid } from '../status/field-error.js';
import { validateDefinition } from './validate-definition.js';

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
    return [
      ...(name === wanted || name === '' ? [] : [invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
      ...validateDefinition(definition),
    ];
  },
  validateUpdate: (definition, old) => [...validateDefinition(definition), ...validateImmutable(definition, old)],
  validateStatusUpdate: () => [],
};

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
