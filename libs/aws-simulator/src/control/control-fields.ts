import { fieldsOf, isRecord } from '../validation/is-record.js';

/** Reads the fields of a JSON body. Every reader throws an Error that names the field and what it must be. */
export interface ControlFields {
  text(name: string): string;
  number(name: string): number;
  optionalNumber(name: string): number | undefined;
  optionalText(name: string): string | undefined;
  /** False where it is left out. */
  flag(name: string): boolean;
  textsOrNull(name: string): readonly string[] | null;
  optionalTexts(name: string): readonly string[] | undefined;
  record(name: string): Readonly<Record<string, unknown>>;
}

/** Readers for a body; one that is no object has no fields. */
export function controlFields(body: unknown): ControlFields {
  const values = fieldsOf(body);
  const read = <T>(name: string, is: (value: unknown) => value is T, what: string): T => {
    const value = values[name];
    if (!is(value)) throw new Error(`"${name}" must be ${what}`);
    return value;
  };
  const optional = <T>(name: string, is: (value: unknown) => value is T, what: string): T | undefined =>
    values[name] === undefined ? undefined : read(name, is, what);
  return {
    text: (name) => read(name, isText, 'a text'),
    number: (name) => read(name, isNumber, 'a number'),
    optionalNumber: (name) => optional(name, isNumber, 'a number'),
    optionalText: (name) => optional(name, isText, 'a text'),
    flag: (name) => optional(name, isFlag, 'true or false') ?? false,
    textsOrNull: (name) => (values[name] === null ? null : read(name, isTexts, 'a list of texts, or null')),
    optionalTexts: (name) => optional(name, isTexts, 'a list of texts'),
    record: (name) => read(name, isRecord, 'an object'),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
