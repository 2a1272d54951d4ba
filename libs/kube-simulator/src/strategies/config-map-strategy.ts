import { stringMapAt } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import { validateConfigKey } from '../object/names.js';
import type { Strategy } from '../resources/resource.js';
import { invalid, keyed, tooLong } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import { validateImmutable } from './secret-strategy.js';

const maxBytes = 1024 * 1024;

/** ConfigMaps: well-formed keys, each in one of the two maps only, and not more than a mebibyte. */
export const configMapStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: false,
  statusFields: [],
  validate: validateConfigMap,
  validateUpdate: (configMap, old) => [...validateImmutable(configMap, old, ['data', 'binaryData']), ...validateConfigMap(configMap)],
};

function validateConfigMap(configMap: KubeObject): FieldError[] {
  const data = stringMapAt(configMap, 'data');
  const binaryData = stringMapAt(configMap, 'binaryData');
  const errors: FieldError[] = [];
  for (const key of Object.keys(data)) {
    errors.push(...validateConfigKey(key).map((message) => invalid(keyed('data', key), key, message)));
    if (binaryData[key] !== undefined) errors.push(invalid(keyed('data', key), key, 'duplicate of key present in binaryData'));
  }
  for (const key of Object.keys(binaryData))
    errors.push(...validateConfigKey(key).map((message) => invalid(keyed('binaryData', key), key, message)));
  const bytes =
    Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
    Object.values(binaryData).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  return bytes > maxBytes ? [...errors, tooLong('[]', maxBytes)] : errors;
}
