import { isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { FaultCode, FaultEffect, FaultRule, FaultVerb } from './fault-rule.js';

const verbs: readonly FaultVerb[] = ['connect', 'list', 'watch', 'get', 'create', 'update', 'patch', 'delete'];
const codes: readonly FaultCode[] = [401, 403, 410, 429, 500, 503];
const ruleFields = ['verb', 'resource', 'user', 'namespace', 'times', 'probability', 'effect'];

/** The fields of each effect beside its kind. */
const effectFields: Readonly<Record<FaultEffect['kind'], readonly string[]>> = {
  hang: [],
  reset: ['at', 'afterEvents'],
  status: ['code', 'message', 'retryAfterSeconds'],
  'empty-list': [],
  'truncated-list': [],
  'lost-continue': [],
  slow: ['delayMs', 'dripBytes', 'dripEveryMs'],
  'silent-watch': [],
  'watch-error': ['code', 'message', 'afterEvents'],
};

/**
 * Reads a fault rule out of JSON.
 * @throws Error that names the field and what it must be
 */
export function parseFaultRule(value: unknown): FaultRule {
  if (!isJsonObject(value)) throw new Error('a fault rule must be an object');
  refuseOthers(value, ruleFields, 'a fault rule');
  for (const field of ['resource', 'user', 'namespace']) check(value, field, isText, 'a text');
  check(value, 'times', isPositiveInteger, 'a whole number above 0');
  check(value, 'probability', isProbability, 'a number from 0 to 1');
  check(value, 'verb', isVerbs, `one of ${verbs.join(', ')}, or a list of them`);
  return { ...(value as unknown as FaultRule), effect: parseEffect(value['effect']) };
}

function parseEffect(value: JsonValue | undefined): FaultEffect {
  if (!isJsonObject(value)) throw new Error('"effect" must be an object');
  const { kind } = value;
  if (!isKind(kind)) throw new Error(`"effect.kind" must be one of ${Object.keys(effectFields).join(', ')}`);
  refuseOthers(value, ['kind', ...effectFields[kind]], `the effect ${kind}`);
  if (kind === 'status' || kind === 'watch-error') check(value, 'code', isCode, `one of ${codes.join(', ')}`, true);
  if (kind === 'slow') check(value, 'delayMs', isNatural, 'a whole number', true);
  check(value, 'message', isText, 'a text');
  check(value, 'at', (at) => at === 'start' || at === 'mid-body', '"start" or "mid-body"');
  for (const field of ['afterEvents', 'retryAfterSeconds']) check(value, field, isNatural, 'a whole number');
  for (const field of ['dripBytes', 'dripEveryMs']) check(value, field, isPositiveInteger, 'a whole number above 0');
  return value as unknown as FaultEffect;
}

const isKind = (kind: JsonValue | undefined): kind is FaultEffect['kind'] => typeof kind === 'string' && Object.hasOwn(effectFields, kind);
const isText = (value: JsonValue): boolean => typeof value === 'string';
const isNatural = (value: JsonValue): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isPositiveInteger = (value: JsonValue): boolean => isNatural(value) && value !== 0;
const isProbability = (value: JsonValue): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const isCode = (value: JsonValue): boolean => codes.some((code) => code === value);
const isVerb = (value: JsonValue): boolean => verbs.some((verb) => verb === value);
const isVerbs = (value: JsonValue): boolean => isVerb(value) || (Array.isArray(value) && value.every(isVerb));

function check(parent: JsonObject, field: string, isRight: (value: JsonValue) => boolean, what: string, isNeeded = false): void {
  const value = parent[field];
  if (value === undefined ? isNeeded : !isRight(value)) throw new Error(`"${field}" must be ${what}`);
}

function refuseOthers(value: JsonObject, known: readonly string[], what: string): void {
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) throw new Error(`"${other}" is no field of ${what}`);
}
