import { isRecord } from '../validation/is-record.js';

/** Says what is wrong with a value, such as `must be a text`, after where it stands; nothing where it is right. */
type Check = (value: unknown, place: string) => string | undefined;

const must =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, place) =>
    holds(value) ? undefined : `${place} must be ${what}`;

const text = must('a text', (value) => typeof value === 'string');
const flag = must('true or false', (value) => typeof value === 'boolean');
const number = must('a number', (value) => typeof value === 'number' && Number.isFinite(value));
const date = must(
  'milliseconds since the epoch, up to the year 9999',
  (value) => typeof value === 'number' && value >= 0 && value <= 253e12,
);
const account = must('an account id of twelve digits', (value) => typeof value === 'string' && /^\d{12}$/.test(value));
const record = must('an object', isRecord);

const optional =
  (check: Check): Check =>
  (value, place) =>
    value === undefined || value === null ? undefined : check(value, place);

const listOf =
  (check: Check): Check =>
  (value, place) =>
    Array.isArray(value)
      ? firstProblem(value.map((item: unknown, index) => () => check(item, `${place}[${index}]`)))
      : `${place} must be a list`;

const mapOf =
  (check: Check): Check =>
  (value, place) =>
    value instanceof Map
      ? firstProblem(
          [...value].map(
            ([key, item]) =>
              () =>
                text(key, place) ?? check(item, `${place}["${String(key)}"]`),
          ),
        )
      : `${place} must be a map`;

/** A pair of a key and a value, as a map is saved. */
const entryOf =
  (check: Check): Check =>
  (value, place) =>
    Array.isArray(value) && value.length === 2
      ? (text(value[0], `${place}[0]`) ?? check(value[1], `${place}[1]`))
      : `${place} must be a pair`;

const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, place) => {
    if (!isRecord(value)) return `${place || 'it'} must be an object`;
    const prefix = place === '' ? '' : `${place}.`;
    return firstProblem(
      Object.entries(checks).map(
        ([name, check]) =>
          () =>
            check(value[name], prefix + name),
      ),
    );
  };

function firstProblem(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const texts = listOf(text);
const tags = mapOf(text);
const failure = fields({ failureCode: text, failureMessage: text });
const lifecycle = fields({
  activeAtMs: date,
  createFailure: optional(failure),
  deletion: optional(fields({ endsAtMs: date, failure: optional(failure) })),
});
const dated = { createdAtMs: date, lastUpdatedAtMs: date };
const named = { id: text, arn: text, name: text };

const target = fields({
  id: text,
  port: optional(number),
  visibleFromMs: date,
  condition: text,
  verdict: text,
  sinceMs: date,
  leaving: optional(fields({ atMs: date, isDraining: flag })),
});

const targetGroup = fields({
  ...named,
  ...dated,
  type: text,
  config: record,
  healthCheck: optional(fields({ enabled: flag, healthCheckIntervalSeconds: number, matcher: record })),
  lifecycle,
  tags,
  targets: mapOf(target),
  uses: tags,
  formerServices: listOf(fields({ arn: text, untilMs: date })),
});

const rule = fields({ ...named, ...dated, isDefault: flag, priority: optional(number), action: record, tags });
const listener = fields({ ...named, ...dated, protocol: text, port: number, tags, rules: mapOf(rule) });
const service = fields({ ...named, ...dated, authType: text, dnsEntry: record, lifecycle, tags, listeners: mapOf(listener) });

const region = fields({
  account,
  region: text,
  targetGroups: listOf(targetGroup),
  services: listOf(service),
  clientTokens: listOf(entryOf(fields({ fingerprint: text, resourceId: text, untilMs: date }))),
  tagIndex: listOf(
    entryOf(fields({ visible: optional(tags), wasTagged: flag, pending: listOf(fields({ atMs: date, tags: optional(tags) })) })),
  ),
});

const role = fields({
  account,
  name: text,
  id: text,
  trustedAccounts: optional(texts),
  trustedPrincipals: texts,
  trustedActions: texts,
  externalId: optional(text),
  allowedActions: texts,
  maxSessionDurationSeconds: number,
  webIdentityIssuer: optional(text),
  isRevoked: flag,
  sessionsDeniedUntilMs: date,
});

const session = fields({
  accessKeyId: text,
  secretAccessKey: text,
  sessionToken: text,
  expiresAtMs: date,
  tags: listOf(fields({ key: text, value: text, isTransitive: flag })),
  sourceIdentity: optional(text),
  caller: fields({
    account,
    arn: text,
    userId: text,
    accessKeyId: text,
    role: optional(text),
    sessionActions: optional(texts),
    issuedAtMs: date,
  }),
});

const savedState = fields({
  clockMs: date,
  settings: record,
  accounts: listOf(account),
  roles: listOf(role),
  sessions: listOf(session),
  webIdentities: listOf(fields({ token: text, issuer: text, subject: text, audience: text, expiresAtMs: number })),
  random: number,
  pageTokenKey: must('32 bytes in base64', (value) => typeof value === 'string' && Buffer.from(value, 'base64').length === 32),
  regions: listOf(region),
});

/** What is wrong with a saved state and where, such as `regions[0].targetGroups[1].arn must be a text`; nothing where it can be gone on from. */
export function savedStateProblem(state: unknown): string | undefined {
  return savedState(state, '');
}
