import { ensureObject, isJsonObject, listAt, objectAt, stringAt } from '../object/json-value.js';
import { isTerminating, metadataOf, nameOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { validateDnsLabel } from '../object/names.js';
import type { Strategy } from '../resources/resource.js';
import { invalid } from '../status/field-error.js';

/** Namespaces: active from the start, with the finalizer of the namespace controller and a label with their own name. */
export const namespaceStrategy: Strategy = {
  nameRule: validateDnsLabel,
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: false,
  statusFields: ['status'],
  applyDefaults: (namespace) => labelWithName(namespace),
  prepareForCreate: (namespace) => {
    namespace['status'] = { phase: 'Active' };
    const spec = ensureObject(namespace, 'spec');
    const finalizers = listAt(spec, 'finalizers');
    if (!finalizers.includes('kubernetes')) spec['finalizers'] = [...finalizers, 'kubernetes'];
    labelWithName(namespace);
  },
  prepareForUpdate: (namespace, old) => {
    const spec = objectAt(old, 'spec');
    namespace['spec'] = isJsonObject(spec) ? { ...spec } : {};
  },
  validateStatusUpdate: (namespace) => {
    const phase = stringAt(objectAt(namespace, 'status'), 'phase');
    if (isTerminating(namespace))
      return phase === 'Terminating'
        ? []
        : [invalid('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
    return phase === 'Active' ? [] : [invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  },
};

function labelWithName(namespace: KubeObject): void {
  const name = nameOf(namespace);
  if (name !== '') ensureObject(metadataOf(namespace), 'labels')['kubernetes.io/metadata.name'] = name;
}
