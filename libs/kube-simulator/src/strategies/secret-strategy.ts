import { decodeJson } from '../object/decode-json.js';
import { ensureObject, equalJson, objectAt, stringAt, stringMapAt } from '../object/json-value.js';
import { annotationsOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { validateConfigKey } from '../object/names.js';
import type { Strategy } from '../resources/resource.js';
import { forbidden, invalid, keyed, required, tooLong } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const maxBytes = 1024 * 1024;
/** The keys that the data of a well-known type must have. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

/** Secrets: `stringData` is folded into `data`, the type is immutable, and everything is where the Secret says so. */
export const secretStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: false,
  statusFields: [],
  applyDefaults: (secret) => {
    const texts = stringMapAt(secret, 'stringData');
    delete secret['stringData'];
    for (const [key, text] of Object.entries(texts)) ensureObject(secret, 'data')[key] = Buffer.from(text).toString('base64');
    if (stringAt(secret, 'type') === '') secret['type'] = 'Opaque';
  },
  prepareForUpdate: (secret, old) => {
    if (stringAt(secret, 'type') === '') secret['type'] = old['type'];
  },
  validate: validateSecret,
  validateUpdate: (secret, old) => [
    ...(secret['type'] === old['type'] ? [] : [invalid('type', secret['type'], 'field is immutable')]),
    ...validateImmutable(secret, old, ['data']),
    ...validateSecret(secret),
  ],
};

function validateSecret(secret: KubeObject): FieldError[] {
  const data = stringMapAt(secret, 'data');
  const type = stringAt(secret, 'type');
  const errors = Object.keys(data).flatMap((key) => validateConfigKey(key).map((message) => invalid(keyed('data', key), key, message)));
  const bytes = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  if (bytes > maxBytes) errors.push(tooLong('data', maxBytes));
  for (const key of requiredKeys[type] ?? []) if (data[key] === undefined) errors.push(required(keyed('data', key)));
  if (type === 'kubernetes.io/basic-auth' && data['username'] === undefined && data['password'] === undefined) {
    errors.push(required(keyed('data', 'username')), required(keyed('data', 'password')));
  }
  if (type === 'kubernetes.io/service-account-token' && (annotationsOf(secret)['kubernetes.io/service-account.name'] ?? '') === '') {
    errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
  }
  for (const key of ['.dockercfg', '.dockerconfigjson'])
    if (requiredKeys[type]?.includes(key) === true) errors.push(...validateJson(key, data[key]));
  return errors;
}

function validateJson(key: string, base64: string | undefined): FieldError[] {
  if (base64 === undefined) return [];
  try {
    decodeJson(Buffer.from(base64, 'base64').toString('utf8'));
    return [];
  } catch (error) {
    return [invalid(keyed('data', key), '<secret contents redacted>', error instanceof Error ? error.message : '')];
  }
}

/** An object that is marked immutable keeps the mark and its data. */
export function validateImmutable(object: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  if (old['immutable'] !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  return [
    ...(object['immutable'] === true ? [] : [forbidden('immutable', why)]),
    ...fields
      .filter((field) => !equalJson(objectAt(object, field) ?? {}, objectAt(old, field) ?? {}))
      .map((field) => forbidden(field, why)),
  ];
}
