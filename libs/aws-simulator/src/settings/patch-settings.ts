import { parseSubnet } from '../lattice/subnet.js';
import { apiFamilies } from '../throttle/api-family.js';
import { isRecord } from '../validation/is-record.js';
import { defaultSettings } from './simulator-settings.js';
import type { Quotas, SimulatorSettings, ThrottleRule, UnverifiedSwitches } from './simulator-settings.js';

/** Settings to change; what is left out stays. */
export type SettingsPatch = Partial<Omit<SimulatorSettings, 'quotas' | 'unverified'>> & {
  readonly quotas?: Partial<Quotas>;
  readonly unverified?: Partial<UnverifiedSwitches>;
};

/** Says what is wrong with a value, or nothing. */
type Check = (value: unknown) => string | undefined;

const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value) ? undefined : `must be one of ${allowed.join(', ')}`;

/** A thousand years: times that are further away than any story, and still dates. */
const longestMs = 1_000 * 365 * 24 * 3_600_000;

/** The longest time that a timer of Node.js waits. */
const longestTimerMs = 2 ** 31 - 1;

const numberUpTo =
  (most: number): Check =>
  (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return 'must be a number, not negative';
    return value <= most ? undefined : `must be at most ${most}`;
  };

const number = numberUpTo(longestMs);

const wholeNumber = (least: number, most: number): Check => {
  const isFit = (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  return (value) => (isFit(value) ? undefined : `must be a whole number from ${least} to ${most}`);
};

const shift: Check = (value) =>
  typeof value === 'number' && Math.abs(value) <= longestMs ? undefined : `must be a number from -${longestMs} to ${longestMs}`;

const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) ? value.map(check).find((problem) => problem !== undefined) : 'must be a list';

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);

const text: Check = (value) => (typeof value === 'string' ? undefined : 'must be a text');

const range: Check = (value) => (typeof value === 'string' && parseSubnet(value) ? undefined : 'has ranges such as 10.0.0.0/16');

/** The settings whose rule is not plain from the type of their default. */
const rules: Readonly<Record<string, Check>> = {
  healthProgressMs: orNull(number),
  clockSkewMs: shift,
  latencyMs: numberUpTo(longestTimerMs),
  defaultPageSize: wholeNumber(1, 100),
  maxBodyBytes: wholeNumber(1, 1_000_000_000),
  callLogSize: wholeNumber(0, 10_000_000),
  regions: orNull(listOf(text)),
  listOrder: oneOf('id', 'created', 'name'),
  targetAddresses: (value) => (Array.isArray(value) ? listOf(range)(value) : oneOf('private', 'any')(value)),
  throttles: listOf(throttleProblem),
  'unverified.nameOfFailedGroup': oneOf('taken', 'free'),
  'unverified.clientTokenMismatch': oneOf('ConflictException', 'ValidationException'),
  'unverified.deregisterUnknown': oneOf('unsuccessful', 'successful'),
  'unverified.deleteWithTargets': oneOf('conflict', 'allow'),
  'unverified.omittedHealthCheckFields': oneOf('keep', 'reset'),
  'unverified.healthCheckProtocol': oneOf('group', 'HTTP'),
  'unverified.crossAccountIdentifier': oneOf('AccessDeniedException', 'ResourceNotFoundException'),
  'unverified.lastUpdatedAtMovesOn': listOf(oneOf('tags', 'targets', 'services', 'status')),
  'unverified.cannotParse': oneOf('ValidationException', 'SerializationException'),
  'unverified.taggingValidation': oneOf('ValidationException', 'InvalidParameterException'),
};

/**
 * Changes settings in place. Throws an Error that names the first setting that does not exist or has a value it can't take; nothing is
 * changed then.
 */
export function patchSettings(settings: SimulatorSettings, patch: unknown): void {
  const changes = [...changesOf(patch)];
  for (const { group, name, value } of changes) {
    const target: object = group === undefined ? settings : settings[group];
    Object.assign(target, { [name]: value });
  }
}

interface Change {
  readonly group: 'quotas' | 'unverified' | undefined;
  readonly name: string;
  readonly value: unknown;
}

function* changesOf(patch: unknown): Generator<Change> {
  for (const [name, value] of Object.entries(asRecord(patch, 'settings'))) {
    if (value === undefined) continue;
    if (name !== 'quotas' && name !== 'unverified') {
      yield checked(undefined, name, value);
      continue;
    }
    for (const [inner, innerValue] of Object.entries(asRecord(value, name))) {
      if (innerValue !== undefined) yield checked(name, inner, innerValue);
    }
  }
}

function checked(group: Change['group'], name: string, value: unknown): Change {
  const defaults = defaultSettings();
  const section: object = group === undefined ? defaults : defaults[group];
  const fullName = group === undefined ? name : `${group}.${name}`;
  if (!Object.hasOwn(section, name)) throw new Error(`there is no setting "${fullName}"`);
  const problem = (rules[fullName] ?? plainCheck(section, name))(value);
  if (problem !== undefined) throw new Error(`the setting "${fullName}" ${problem}`);
  return { group, name, value };
}

function plainCheck(section: object, name: string): Check {
  const standard: unknown = Reflect.get(section, name);
  if (typeof standard === 'number') return number;
  return (value) => (typeof value === typeof standard ? undefined : `must be a ${typeof standard}`);
}

const throttleNames: readonly string[] = ['account', 'region', 'families', 'isShared', 'ratePerSecond', 'burst'];

function throttleProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'must be a list of rules';
  const rule: Partial<Record<keyof ThrottleRule, unknown>> = value;
  const { ratePerSecond } = rule;
  const unknown = Object.keys(value).find((name) => !throttleNames.includes(name));
  if (unknown !== undefined) return `has no "${unknown}" in a rule, but ${throttleNames.join(', ')}`;
  if (rule.isShared !== undefined && typeof rule.isShared !== 'boolean') return 'has true or false for isShared';
  if (typeof ratePerSecond !== 'number' || !(ratePerSecond > 0)) return 'needs a positive ratePerSecond in every rule';
  if (typeof rule.burst !== 'number' || !(rule.burst >= 1)) return 'needs a burst of at least 1 in every rule';
  if (rule.families !== undefined && listOf(oneOf(...apiFamilies))(rule.families)) return `knows these families: ${apiFamilies.join(', ')}`;
  const stray = [rule.account, rule.region].find((field) => field !== undefined && typeof field !== 'string');
  return stray === undefined ? undefined : 'has texts for account and region';
}

function asRecord(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Error(`${name} must be an object`);
  return value;
}
