import { stsModel } from '../models/sts.generated.js';
import { taggingModel } from '../models/tagging.generated.js';
import { vpcLatticeModel } from '../models/vpc-lattice.generated.js';
import { isRecord } from '../validation/is-record.js';
import type { FaultRule } from './fault-rule.js';

type Kind = 'text' | 'texts' | 'moment' | 'operations' | 'account' | 'count' | 'share' | 'seconds' | 'timerMs' | 'status' | 'code';

const models = [vpcLatticeModel, stsModel, taggingModel];

const ruleFields: Readonly<Record<string, Kind>> = {
  operations: 'operations',
  account: 'account',
  region: 'text',
  caller: 'text',
  resource: 'text',
  userAgent: 'text',
  skip: 'count',
  times: 'count',
  probability: 'share',
};

const failureFields: Readonly<Record<string, Kind>> = { failureCode: 'text', failureMessage: 'text' };

/** What each kind of effect may say beside its kind; an exclamation mark stands after what it must say. */
const fieldsByKind: Readonly<Record<FaultRule['effect']['kind'], Readonly<Record<string, Kind>>>> = {
  throttle: { retryAfterSeconds: 'seconds' },
  internalError: { retryAfterSeconds: 'seconds', moment: 'moment' },
  unavailable: { retryAfterSeconds: 'seconds', moment: 'moment' },
  accessDenied: {},
  expiredToken: {},
  error: { 'code!': 'code', 'status!': 'status', 'message!': 'text', moment: 'moment' },
  latency: { 'latencyMs!': 'timerMs' },
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
  texts: 'a list of texts',
  moment: '"before" or "after"',
  operations: 'a list of operations that are served, such as "RegisterTargets"',
  account: 'an account id of twelve digits',
  count: 'a whole number, not negative',
  share: 'a number from 0 to 1',
  seconds: 'a number of seconds, not negative',
  timerMs: 'a number of milliseconds up to 2147483647',
  status: 'a whole number from 400 to 599',
  code: 'a name such as "ConflictException"',
};

const checks: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  texts: isTexts,
  moment: (value) => value === 'before' || value === 'after',
  operations: (value) => isTexts(value) && value.every((name) => models.some(({ operations }) => Object.hasOwn(operations, name))),
  account: (value) => typeof value === 'string' && /^\d{12}$/.test(value),
  count: (value) => Number.isInteger(value) && Number(value) >= 0,
  share: (value) => isFrom(value, 0, 1),
  seconds: (value) => isFrom(value, 0, 1_000_000_000),
  timerMs: (value) => isFrom(value, 0, 2 ** 31 - 1),
  status: (value) => Number.isInteger(value) && isFrom(value, 400, 599),
  // It stands in a header.
  code: (value) => typeof value === 'string' && /^[\w.:#-]{1,128}$/.test(value),
};

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isFrom(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}
