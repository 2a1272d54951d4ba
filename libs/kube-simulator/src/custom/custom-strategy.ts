import { equalJson } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { finalizersOf, generationOf, setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { isKnownFinalizer } from '../operations/object-metadata.js';
import type { Strategy } from '../resources/resource.js';
import { validateListItems } from '../schema/list-items.js';
import type { Schema } from '../schema/schema.js';
import { validateValue } from '../schema/value-validator.js';
import { below, invalid } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

/** The kind that a custom object must say it is. */
export interface CustomKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Custom resources: judged by the schema of their definition. */
export function customStrategy(kind: CustomKind, schema: Schema, hasStatus: boolean): Strategy {
  return {
    allowUnconditionalUpdate: false,
    allowCreateOnUpdate: false,
    statusFields: hasStatus ? ['status'] : [],
    prepareForCreate: (object) => {
      if (hasStatus) delete object['status'];
      setMeta(object, 'generation', 1);
    },
    prepareForUpdate: (object, old) => {
      if (!equalJson(withoutMetadata(object), withoutMetadata(old))) setMeta(object, 'generation', generationOf(old) + 1);
    },
    validate: (object) => {
      const wrongKind = validateKind(object, kind);
      return wrongKind.length > 0
        ? wrongKind
        : [...validateValue(withoutMetadata(object), schema, ''), ...validateListItems(withoutMetadata(object), schema, '')];
    },
    validateUpdate: (object, old) => {
      const wrongKind = validateKind(object, kind);
      if (wrongKind.length > 0) return wrongKind;
      const hadDuplicates = validateListItems(withoutMetadata(old), schema, '').length > 0;
      return [
        ...validateValue(withoutMetadata(object), schema, '', withoutMetadata(old)),
        ...(hadDuplicates ? [] : validateListItems(withoutMetadata(object), schema, '')),
      ];
    },
    validateStatusUpdate: (object, old) => {
      const wrongKind = validateKind(object, kind);
      const statusSchema = schema.properties?.['status'];
      if (wrongKind.length > 0 || statusSchema === undefined) return wrongKind;
      const hadDuplicates = validateListItems(old['status'] ?? null, statusSchema, '').length > 0;
      const errors = [
        ...validateValue(object['status'], statusSchema, '', old['status']),
        ...(hadDuplicates ? [] : validateListItems(object['status'] ?? null, statusSchema, '')),
      ];
      return below('status', errors);
    },
    warnings: (object, old) =>
      warnAboutFinalizers(finalizersOf(object).filter((name) => old === undefined || !finalizersOf(old).includes(name))),
  };
}

function warnAboutFinalizers(added: readonly string[]): string[] {
  return [...new Set(added)]
    .filter((name) => !isKnownFinalizer(name))
    .toSorted()
    .map((name) => {
      const form = name.includes('.') ? 'name including a path (/)' : 'name';
      return `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer ${form} to avoid accidental conflicts with other finalizer writers`;
    });
}

function validateKind(object: KubeObject, { apiVersion, kind }: CustomKind): FieldError[] {
  return [
    ...(object.kind === kind ? [] : [invalid('kind', object.kind, `must be ${kind}`)]),
    ...(object.apiVersion === apiVersion ? [] : [invalid('apiVersion', object.apiVersion, `must be ${apiVersion}`)]),
  ];
}

function withoutMetadata(object: KubeObject): JsonObject {
  return { ...object, metadata: {} };
}
