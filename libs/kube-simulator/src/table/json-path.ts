import { equalJson, isJsonObject } from '../object/json-value.js';
import type { JsonValue } from '../object/json-value.js';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly Step[]; readonly operator: '==' | '!=' | 'exists'; readonly value: JsonValue };

/** A path into an object, as printer columns use it: fields, indexes, `[*]` and filters such as `[?(@.type=="Ready")]`. */
export type JsonPath = readonly Step[];

/**
 * Parses a simple JSON path.
 * @returns undefined where the text is none
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  const steps: Step[] = [];
  let rest = text.startsWith('$') ? text.slice(1) : text;
  while (rest !== '') {
    const parsed = parseStep(rest);
    if (parsed === undefined) return undefined;
    if (parsed.step !== undefined) steps.push(parsed.step);
    rest = rest.slice(parsed.length);
  }
  return steps;
}

function parseStep(text: string): { step?: Step; length: number } | undefined {
  const field = /^\.((?:[^.[\]\\*]|\\.)+)/.exec(text);
  if (field !== null) return { step: { kind: 'field', name: (field[1] ?? '').replaceAll(/\\(.)/g, '$1') }, length: field[0].length };
  const quoted = /^\.?\[(['"])((?:\\.|(?!\1).)*)\1\]/.exec(text);
  if (quoted !== null) return { step: { kind: 'field', name: (quoted[2] ?? '').replaceAll(/\\(.)/g, '$1') }, length: quoted[0].length };
  const index = /^\.?\[(-?\d+)\]/.exec(text);
  if (index !== null) return { step: { kind: 'index', index: Number(index[1]) }, length: index[0].length };
  const all = /^(\.?\[\*\]|\.\*)/.exec(text);
  if (all !== null) return { step: { kind: 'all' }, length: all[0].length };
  if (text === '.') return { length: 1 };
  return parseFilter(text);
}

function parseFilter(text: string): { step: Step; length: number } | undefined {
  const match = /^\.?\[\?\(\s*@([^=!<>)\s]*)\s*(?:(==|!=)\s*("(?:\\.|[^"])*"|'(?:\\.|[^'])*'|[^)\s]+)\s*)?\)\]/.exec(text);
  if (match === null) return undefined;
  const path = parseJsonPath(match[1] ?? '');
  if (path === undefined) return undefined;
  const operator = match[2] === '==' || match[2] === '!=' ? match[2] : 'exists';
  return { step: { kind: 'filter', path, operator, value: parseLiteral(match[3] ?? 'null') }, length: match[0].length };
}

function parseLiteral(text: string): JsonValue {
  if (/^['"]/.test(text)) return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** Every value that the path leads to. */
export function findAll(value: JsonValue, path: JsonPath): JsonValue[] {
  let found: JsonValue[] = [value];
  for (const step of path) found = found.flatMap((item) => follow(item, step));
  return found;
}

function follow(value: JsonValue, step: Step): JsonValue[] {
  switch (step.kind) {
    case 'field': {
      const child = isJsonObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined;
      return child === undefined ? [] : [child];
    }
    case 'index': {
      const child = Array.isArray(value) ? value.at(step.index) : undefined;
      return child === undefined ? [] : [child];
    }
    case 'all':
      return childrenOf(value);
    case 'filter':
      return childrenOf(value).filter((item) => matches(item, step));
  }
}

function childrenOf(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value).filter((item) => item !== undefined) : [];
}

function matches(item: JsonValue, { path, operator, value }: Extract<Step, { kind: 'filter' }>): boolean {
  const [found] = findAll(item, path);
  if (operator === 'exists') return found !== undefined;
  return found !== undefined && equalJson(found, value) === (operator === '==');
}
