import { isJsonObject, listAt, numberAt, stringAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { ageOf } from './age.js';
import { ageColumn, nameColumn } from './common-columns.js';
import type { Column } from './column.js';
import { findAll, parseJsonPath } from './json-path.js';

/** The columns that one version of a CustomResourceDefinition asks for; name and age where it asks for none. */
export function customColumns(version: JsonObject): Column[] {
  const asked = listAt(version, 'additionalPrinterColumns').filter(isJsonObject);
  return [nameColumn, ...(asked.length === 0 ? [ageColumn] : asked.map(customColumn))];
}

function customColumn(raw: JsonObject): Column {
  const jsonPath = stringAt(raw, 'jsonPath');
  const type = stringAt(raw, 'type') as Column['type'];
  const path = parseJsonPath(jsonPath) ?? [];
  return {
    name: stringAt(raw, 'name'),
    type,
    format: stringAt(raw, 'format'),
    description: stringAt(raw, 'description') || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: numberAt(raw, 'priority') ?? 0,
    cell: (object, nowMs) => {
      const [value] = findAll(object, path);
      return value === undefined || value === null ? null : cellOf(value, type, nowMs);
    },
  };
}

function cellOf(value: JsonValue, type: Column['type'], nowMs: number): JsonValue {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return ageOf(value, nowMs);
    case 'string':
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}
