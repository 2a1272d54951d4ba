import { isRecord } from '../validation/is-record.js';
import type { FaultRule } from './fault-rule.js';

type Kind = 'text' | 'number' | 'texts' | 'moment';

const ruleFields: Readonly<Record<string, Kind>> = {
  operations: 'texts',
  account: 'text',
  region: 'text',
  caller: 'text',
  resource: 'text',
  userAgent: 'text',
  skip: 'number',
  times: 'number',
  probability: 'number',
};

const failureFields: Readonly<Record<string, Kind>> = { failureCode: 'text', failureMessage: 'text' };

/** What each kind of effect may say beside its kind; an exclamation mark stands after what it must say. */
const fieldsByKind: Readonly<Record<FaultRule['effect']['kind'], Readonly<Record<string, Kind>>>> = {
  throttle: { retryAfterSeconds: 'number' },
  internalError: { moment: 'moment' },
  unavailable: { moment: 'moment' },
  accessDenied: {},
  expiredToken: {},
  error: { 'code!': 'text', 'status!': 'number', 'message!': 'text', moment: 'moment' },
  latency: { 'latencyMs!': 'number' },
  hang: { moment: 'moment' },
  reset: { moment: 'moment' },
  createFailed: failureFields,
  deleteFailed: failureFields,
  partialFailure: { targetIds: 'texts', ...failureFields },
};
const effectFields: ReadonlyMap<string, Readonly<Record<string, Kind>>> = new Map(Object.entries(fieldsByKind));

/** A fault rule out of JSON. Throws an Error that names what is wrong with it. */
export function parseFaultRule(value: unknown): FaultRule {
  if (isFaultRule(value)) return value;
  throw new Error('a fault must be an object');
}

/** Throws an Error rather than say no, so that the reason is told. */
function isFaultRule(value: unknown): value is FaultRule {
  if (!isRecord(value)) return false;
  const effect = value['effect'];
  if (!isRecord(effect)) throw new Error('the effect of a fault must be an object');
  const fields = effectFields.get(String(effect['kind']));
  if (!fields) throw new Error(`there is no fault effect "${String(effect['kind'])}"; there are ${[...effectFields.keys()].join(', ')}`);
  checkFields(effect, fields, ['kind']);
  checkFields(value, ruleFields, ['effect']);
  return true;
}

function checkFields(record: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, Kind>>, others: readonly string[]): void {
  for (const [field, kind] of Object.entries(fields)) {
    const name = field.replace('!', '');
    const isMissing = record[name] === undefined;
    if (isMissing ? field.endsWith('!') : !checks[kind](record[name])) throw new Error(`"${name}" of a fault must be ${words[kind]}`);
  }
  const known = new Set([...others, ...Object.keys(fields).map((field) => field.replace('!', ''))]);
  const stray = Object.keys(record).find((name) => !known.has(name));
  if (stray !== undefined) throw new Error(`a fault has no "${stray}" here`);
}

const words: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a number',
  texts: 'a list of texts',
  moment: '"before" or "after"',
};

const checks: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  texts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  moment: (value) => value === 'before' || value === 'after',
};
