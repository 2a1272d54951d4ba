import { encodeJson, orderAsCustom } from '../object/encode-json.js';
import { cloneJson, isJsonObject, objectAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { annotationsOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Schema } from '../schema/schema.js';
import { compareTyped, fieldSetOf } from './comparison.js';
import type { FieldSet } from './field-set.js';
import { validateTyped } from './validate-typed.js';

/** Where client-side `kubectl apply` keeps what it applied last. */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The fields of the last client-side apply that are still as it left them; undefined where there was none. */
export function lastAppliedFields(
  live: KubeObject,
  annotations: Readonly<Record<string, string>>,
  schema: Schema,
  apiVersion: string,
): FieldSet | undefined {
  const text = annotations[annotation];
  const config = text === undefined ? undefined : parse(text);
  if (config === undefined || config['apiVersion'] !== apiVersion) return undefined;
  if (validateTyped(config, schema).length > 0) return undefined;
  const { added, modified, removed } = compareTyped(config, live, schema);
  return fieldSetOf(config, schema).difference(modified).difference(added).difference(removed);
}

/** Keeps the annotation true when kubectl applies on the server side, in place. */
export function refreshLastApplied(object: KubeObject, config: KubeObject, manager: string): void {
  if (manager !== 'kubectl' || (annotationsOf(object)[annotation] ?? '') === '') return;
  const applied = cloneJson(config);
  const annotations = objectAt(objectAt(applied, 'metadata'), 'annotations');
  if (annotations !== undefined) delete annotations[annotation];
  const target = objectAt(object.metadata, 'annotations');
  if (target !== undefined) target[annotation] = `${encodeJson(orderAsCustom(applied))}\n`;
}

function parse(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
