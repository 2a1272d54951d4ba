import { parseFaultRule } from '../faults/parse-fault-rule.js';
import { isLatticeOperation } from '../lattice/lattice-operations.js';
import { parseLatticeArn } from '../lattice/resource-arns.js';
import { fieldsOf, isRecord } from '../validation/is-record.js';
import { controlFields } from './control-fields.js';
import type { ControlFields } from './control-fields.js';
import { callFilterNames, callFilterOf, logFilterNames, logFilterOf, needed } from './control-query.js';
import type { ControlledSimulator } from './controlled-simulator.js';

/** A request to the control endpoint, its body parsed. */
interface ControlRequest {
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** What stands after the route's path, such as the id of a fault; empty where nothing. */
  readonly rest: string;
}

interface Route {
  /** The names that the query may have. */
  readonly query?: readonly string[];
  /** The names that the body may have; `free` where what takes the body checks it itself. */
  readonly fields?: readonly string[] | 'free';
  /** Whether something may stand after the path. */
  readonly takesRest?: true;
  readonly run: (simulator: ControlledSimulator, request: ControlRequest, fields: ControlFields) => unknown;
}

const roleFields = [
  'trustedAccounts',
  'trustedPrincipals',
  'externalId',
  'allowedActions',
  'maxSessionDurationSeconds',
  'trustedActions',
  'webIdentityIssuer',
] as const;

/** Every route by method and path; `POST /clock` and the like take JSON, all answer JSON. */
const controlRoutes: Readonly<Record<string, Route>> = {
  'GET /': { run: () => ({ routes: Object.keys(controlRoutes), usage: Object.entries(controlRoutes).map(usageOf) }) },
  'GET /settings': { run: (simulator) => simulator.settings },
  'PATCH /settings': {
    fields: 'free',
    run: (simulator, { body }) => {
      if (!isRecord(body)) throw new Error('settings must be an object');
      simulator.configure(body);
      return simulator.settings;
    },
  },
  'GET /faults': { run: (simulator) => simulator.faults.list().map((fault) => ({ id: fault.id, rule: fault.rule, hits: fault.hits() })) },
  'POST /faults': { fields: 'free', run: (simulator, { body }) => ({ id: simulator.faults.inject(parseFaultRule(body)).id }) },
  'DELETE /faults': { takesRest: true, run: (simulator, { rest }) => removeFaults(simulator, rest) },
  'GET /calls/log': { query: logFilterNames, run: (simulator, { query }) => simulator.calls.entries(logFilterOf(query)) },
  'GET /calls/count': { query: callFilterNames, run: (simulator, { query }) => ({ count: simulator.calls.count(callFilterOf(query)) }) },
  'GET /calls/by-operation': { query: callFilterNames, run: (simulator, { query }) => simulator.calls.byOperation(callFilterOf(query)) },
  'DELETE /calls': { run: (simulator) => done(() => simulator.calls.reset()) },
  'GET /regions': { run: (simulator) => simulator.regions() },
  'GET /state': {
    query: ['account', 'region'],
    run: (simulator, { query }) => simulator.state(needed(query, 'account'), needed(query, 'region')),
  },
  'GET /saved': { run: (simulator) => simulator.save() },
  'PUT /saved': { fields: 'free', run: (simulator, { body }) => done(() => simulator.load(body)) },
  'GET /clock': { run: (simulator) => ({ nowMs: simulator.clock.nowMs() }) },
  'POST /clock': {
    fields: ['advanceMs'],
    run: (simulator, _request, fields) => {
      simulator.clock.advance(fields.number('advanceMs'));
      return { nowMs: simulator.clock.nowMs() };
    },
  },
  'POST /services/attach': {
    fields: ['targetGroupArn'],
    run: (simulator, _request, fields) => ({ serviceArn: simulator.attachService(fields.text('targetGroupArn')) }),
  },
  'POST /services/detach': {
    fields: ['targetGroupArn'],
    run: (simulator, _request, fields) => done(() => simulator.detachService(fields.text('targetGroupArn'))),
  },
  'POST /targets/condition': {
    fields: ['targetGroupArn', 'id', 'port', 'condition'],
    run: (simulator, _request, fields) => done(() => setCondition(simulator, fields)),
  },
  'POST /foreign': {
    fields: ['account', 'region', 'operation', 'input'],
    run: (simulator, _request, fields) => foreignCall(simulator, fields),
  },
  'GET /accounts': { run: (simulator) => simulator.accounts.map((account) => ({ account, ...simulator.credentials(account) })) },
  'POST /accounts': {
    fields: ['account'],
    run: (simulator, _request, fields) => {
      simulator.addAccount(fields.text('account'));
      return simulator.credentials(fields.text('account'));
    },
  },
  'POST /roles': { fields: ['account', 'role', ...roleFields], run: (simulator, _request, fields) => putRole(simulator, fields) },
  'POST /roles/allow': {
    fields: ['account', 'role', 'actions'],
    run: (simulator, _request, fields) =>
      done(() => simulator.allowActions(fields.text('account'), fields.text('role'), fields.textsOrNull('actions'))),
  },
  'POST /roles/revoke': {
    fields: ['account', 'role', 'denySessions'],
    run: (simulator, _request, fields) =>
      done(() => simulator.revokeRole(fields.text('account'), fields.text('role'), { denySessions: fields.flag('denySessions') })),
  },
  'POST /roles/restore': {
    fields: ['account', 'role'],
    run: (simulator, _request, fields) => done(() => simulator.restoreRole(fields.text('account'), fields.text('role'))),
  },
  'POST /sessions/expire': { run: (simulator) => done(() => simulator.expireSessions()) },
  'POST /web-identities': {
    fields: ['token', 'issuer', 'subject', 'audience', 'expiresAtMs'],
    run: (simulator, _request, fields) => done(() => registerWebIdentity(simulator, fields)),
  },
};

/** Finds the route of a request and takes it. Gives undefined where there is none; throws an Error for a request that can't be done. */
export function takeControlRoute(
  simulator: ControlledSimulator,
  request: { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly body: unknown },
): { readonly result: unknown } | undefined {
  const exact = controlRoutes[`${request.method} ${request.path}`];
  const at = request.path.lastIndexOf('/');
  const parent = controlRoutes[`${request.method} ${request.path.slice(0, at)}`];
  const rest = exact ? '' : request.path.slice(at + 1);
  const route = exact ?? (parent?.takesRest && rest !== '' ? parent : undefined);
  if (!route) return undefined;
  refuseStrays(route, request);
  return { result: route.run(simulator, { query: request.query, body: request.body, rest }, controlFields(request.body)) };
}

/** A name that is misspelt would be passed over, and something else be done than was asked for. */
function refuseStrays(route: Route, request: { readonly query: URLSearchParams; readonly body: unknown }): void {
  const queryNames = route.query ?? [];
  const strayQuery = [...request.query.keys()].find((name) => !queryNames.includes(name));
  if (strayQuery !== undefined) throw new Error(`the query has no "${strayQuery}" here; ${listed(queryNames)}`);
  if (route.fields === 'free') return;
  if (request.body !== undefined && !isRecord(request.body)) throw new Error('the body must be an object');
  const fieldNames = route.fields ?? [];
  const strayField = Object.keys(fieldsOf(request.body)).find((name) => !fieldNames.includes(name));
  if (strayField !== undefined) throw new Error(`the body has no "${strayField}" here; ${listed(fieldNames)}`);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`;
}

function usageOf([route, { query = [], fields = [], takesRest }]: readonly [string, Route]): string {
  const queryText = query.length > 0 ? `?${query.join('&')}` : '';
  const bodyText = fields === 'free' ? ' {...}' : fields.length > 0 && ` {${fields.join(', ')}}`;
  return `${route}${takesRest ? '[/id]' : ''}${queryText}${bodyText || ''}`;
}

function done(action: () => void): { readonly done: true } {
  action();
  return { done: true };
}

function removeFaults(simulator: ControlledSimulator, id: string): unknown {
  if (id === '') return done(() => simulator.faults.clear());
  const fault = simulator.faults.list().find((candidate) => String(candidate.id) === id);
  if (!fault) throw new Error(`there is no fault ${id}`);
  return done(() => fault.remove());
}

function setCondition(simulator: ControlledSimulator, fields: ControlFields): void {
  const condition = fields.text('condition');
  if (condition !== 'passing' && condition !== 'failing') throw new Error('"condition" must be "passing" or "failing"');
  const arn = fields.text('targetGroupArn');
  const parsed = parseLatticeArn(arn);
  if (!parsed) throw new Error(`${arn} is not the ARN of a Lattice resource`);
  const port = fields.optionalNumber('port');
  const target = { id: fields.text('id'), ...(port === undefined ? {} : { port }) };
  simulator.foreignWriter(parsed.account, parsed.region).setTargetCondition(arn, target, condition);
}

function foreignCall(simulator: ControlledSimulator, fields: ControlFields): unknown {
  const operation = fields.text('operation');
  if (!isLatticeOperation(operation)) throw new Error(`there is no Lattice operation "${operation}"`);
  return simulator.foreignWriter(fields.text('account'), fields.text('region')).callUntyped(operation, fields.record('input'));
}

function putRole(simulator: ControlledSimulator, fields: ControlFields): { readonly roleArn: string } {
  const [account, role] = [fields.text('account'), fields.text('role')];
  simulator.putRole(account, role, {
    ...given('trustedAccounts', fields.optionalTexts('trustedAccounts')),
    ...given('trustedPrincipals', fields.optionalTexts('trustedPrincipals')),
    ...given('externalId', fields.optionalText('externalId')),
    ...given('allowedActions', fields.optionalTexts('allowedActions')),
    ...given('maxSessionDurationSeconds', fields.optionalNumber('maxSessionDurationSeconds')),
    ...given('trustedActions', fields.optionalTexts('trustedActions')),
    ...given('webIdentityIssuer', fields.optionalText('webIdentityIssuer')),
  });
  return { roleArn: simulator.roleArn(account, role) };
}

function given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  const record: Partial<Record<K, V>> = {};
  if (value !== undefined) record[name] = value;
  return record;
}

function registerWebIdentity(simulator: ControlledSimulator, fields: ControlFields): void {
  simulator.registerWebIdentity({
    token: fields.text('token'),
    issuer: fields.text('issuer'),
    subject: fields.text('subject'),
    audience: fields.text('audience'),
    expiresAtMs: fields.number('expiresAtMs'),
  });
}
