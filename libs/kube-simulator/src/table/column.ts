import type { JsonValue } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';

/** A column of a Table, as `kubectl get` shows it (Kubernetes API conventions, "Receiving resources as Tables"). */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  /** 0 is always shown; more only with `-o wide`. */
  readonly priority: number;
  /** The cell of an object; `nowMs` is what ages are counted from. */
  cell(object: KubeObject, nowMs: number): JsonValue;
}
