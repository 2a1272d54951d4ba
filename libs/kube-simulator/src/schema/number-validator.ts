import { invalid, nowhere } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import type { Schema } from './schema.js';

/** Validates a number against its format and bounds, with the API server's words. */
export function validateNumber(value: number, schema: Schema, path: string): FieldError[] {
  const errors = validateRange(value, schema, path);
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema.values ?? {};
  const place = `${path} in body`;
  // A whole number is divided as one, by what is left of the factor without its fraction.
  if (multipleOf !== undefined && Number.isInteger(value) && Math.trunc(multipleOf) < 1)
    errors.push(invalid(path, 0, `factor MultipleOf declared for ${path} must be positive: ${Math.trunc(multipleOf)}`));
  else if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    errors.push(invalid(path, value, `${place} should be a multiple of ${multipleOf}`));
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    errors.push(invalid(path, value, `${place} should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`));
  }
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    errors.push(invalid(path, value, `${place} should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`));
  }
  return errors;
}

function isMultiple(value: number, factor: number): boolean {
  const quotient = value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function validateRange(value: number, schema: Schema, path: string): FieldError[] {
  if (schema.type !== 'integer' || schema.format === undefined) return [];
  const limit = schema.format === 'int32' ? 2 ** 31 : 2 ** 63;
  if (Number.isInteger(value) && value >= -limit && value < limit) return [];
  return [invalid(nowhere, '', `Checked value must be of type integer with format ${schema.format} in ${path}`)];
}
