import type { IntegerModel, ListModel, MapModel, ServiceModel, ShapeModel, StringModel, StructureModel } from '../models/service-model.js';
import { isRecord } from './is-record.js';

/** One way in which a value breaks its shape. */
export interface Violation {
  /** From the input inwards, in AWS's lower camel case; a list adds its one-based place and the word `member`. */
  readonly path: readonly string[];
  /** `type` where the value has not even the right type: such a request could not be parsed. */
  readonly kind: 'type' | 'constraint';
  readonly value: unknown;
  /** In AWS's words, such as "Member must not be null". */
  readonly constraint: string;
}

/** Where a list goes on breaking its shape for ever, so many are told. */
const violationLimit = 100;

const typeWords: Readonly<Record<ShapeModel['type'], string>> = {
  structure: 'an object',
  map: 'an object',
  list: 'a list',
  string: 'a string',
  integer: 'an integer',
  boolean: 'a boolean',
  timestamp: 'a timestamp',
};

/** Checks values against the shapes of one model. Unknown members are ignored, as AWS ignores them. */
export class ShapeValidator {
  readonly #patterns = new Map<string, RegExp>();

  constructor(private readonly model: ServiceModel) {
    for (const shape of Object.values(model.shapes)) {
      if (shape.type === 'string' && shape.pattern !== undefined) this.#patterns.set(shape.pattern, wholeMatch(shape.pattern));
    }
  }

  /** Every violation of a value, outermost first; empty where it is valid. */
  validate(shapeName: string, value: unknown): readonly Violation[] {
    const violations: Violation[] = [];
    this.#visit(shapeName, value, [], violations);
    return violations;
  }

  #visit(shapeName: string, value: unknown, path: readonly string[], into: Violation[]): void {
    const shape = this.model.shapes[shapeName];
    if (!shape) throw new Error(`the model has no shape "${shapeName}"`);
    if (shape.type === 'structure' && isRecord(value)) return this.#structure(shape, value, path, into);
    if (shape.type === 'list' && Array.isArray(value)) return this.#list(shape, value, path, into);
    if (shape.type === 'map' && isRecord(value)) return this.#map(shape, value, path, into);
    if (shape.type === 'string' && typeof value === 'string') return this.#string(shape, value, path, into);
    if (shape.type === 'integer' && isInt32(value)) return pushRange(shape, value, path, into);
    if (shape.type === 'boolean' && typeof value === 'boolean') return undefined;
    if (shape.type === 'timestamp' && value instanceof Date) return undefined;
    into.push({ path, kind: 'type', value, constraint: `Expected ${typeWords[shape.type]}` });
    return undefined;
  }

  #structure(shape: StructureModel, value: Readonly<Record<string, unknown>>, path: readonly string[], into: Violation[]): void {
    const given = Object.entries(shape.members).filter(([name]) => isGiven(ownValue(value, name)));
    for (const name of shape.required ?? []) {
      if (!isGiven(ownValue(value, name))) {
        into.push({ path: [...path, memberPath(name)], kind: 'constraint', value: null, constraint: 'Member must not be null' });
      }
    }
    if (shape.union && given.length !== 1) {
      const names = Object.keys(shape.members).join(', ');
      into.push({ path, kind: 'constraint', value, constraint: `Member must have exactly one of these members set: ${names}` });
    }
    for (const [name, member] of given) this.#visit(member.shape, ownValue(value, name), [...path, memberPath(name)], into);
  }

  /** The members of a list that is too long are not looked at: there may be millions of them. */
  #list(shape: ListModel, value: readonly unknown[], path: readonly string[], into: Violation[]): void {
    pushLength(shape, value.length, value, path, into);
    if (shape.max !== undefined && value.length > shape.max) return;
    for (const [index, item] of value.entries()) {
      if (into.length >= violationLimit) return;
      this.#element(shape.member, item, [...path, String(index + 1), 'member'], into);
    }
  }

  #map(shape: MapModel, value: Readonly<Record<string, unknown>>, path: readonly string[], into: Violation[]): void {
    const entries = Object.entries(value);
    pushLength(shape, entries.length, value, path, into);
    if (shape.max !== undefined && entries.length > shape.max) return;
    for (const [key, item] of entries) {
      this.#visit(shape.key, key, [...path, 'key'], into);
      this.#element(shape.value, item, [...path, key, 'member'], into);
    }
  }

  #element(shapeName: string, item: unknown, path: readonly string[], into: Violation[]): void {
    if (isGiven(item)) return this.#visit(shapeName, item, path, into);
    into.push({ path, kind: 'constraint', value: null, constraint: 'Member must not be null' });
  }

  #string(shape: StringModel, value: string, path: readonly string[], into: Violation[]): void {
    if (shape.enum && !shape.enum.includes(value)) {
      into.push({ path, kind: 'constraint', value, constraint: `Member must satisfy enum value set: [${shape.enum.join(', ')}]` });
    }
    pushLength(shape, codePoints(value), value, path, into);
    const pattern = shape.pattern === undefined ? undefined : this.#patterns.get(shape.pattern);
    if (pattern && !pattern.test(value)) {
      into.push({ path, kind: 'constraint', value, constraint: `Member must satisfy regular expression pattern: ${shape.pattern}` });
    }
  }
}

function wholeMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'su');
}

/** Null is absent in every AWS protocol. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function ownValue(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** `RoleSessionName` stands as `roleSessionName` in every message of AWS's validation framework. */
function memberPath(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Lengths count Unicode characters, as Smithy says. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function pushLength(
  limits: { readonly min?: number; readonly max?: number },
  length: number,
  value: unknown,
  path: readonly string[],
  into: Violation[],
): void {
  const push = (constraint: string) => into.push({ path, kind: 'constraint', value, constraint });
  if (limits.min !== undefined && length < limits.min) push(`Member must have length greater than or equal to ${limits.min}`);
  if (limits.max !== undefined && length > limits.max) push(`Member must have length less than or equal to ${limits.max}`);
}

function pushRange(limits: IntegerModel, value: number, path: readonly string[], into: Violation[]): void {
  const push = (constraint: string) => into.push({ path, kind: 'constraint', value, constraint });
  if (limits.min !== undefined && value < limits.min) push(`Member must have value greater than or equal to ${limits.min}`);
  if (limits.max !== undefined && value > limits.max) push(`Member must have value less than or equal to ${limits.max}`);
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}
