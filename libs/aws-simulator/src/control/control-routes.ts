import type { CallFilter } from '../calls/call-log.js';
import { parseFaultRule } from '../faults/parse-fault-rule.js';
import { isLatticeOperation } from '../lattice/lattice-operations.js';
import { controlFields } from './control-fields.js';
import type { ControlFields } from './control-fields.js';
import type { ControlledSimulator } from './controlled-simulator.js';

/** A request to the control endpoint, its body parsed. */
interface ControlRequest {
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** What stands after the route's path, such as the id of a fault; empty where nothing. */
  readonly rest: string;
}

type Route = (simulator: ControlledSimulator, request: ControlRequest, fields: ControlFields) => unknown;

/** Every route by method and path; `POST /clock` and the like take JSON, all answer JSON. */
const controlRoutes: Readonly<Record<string, Route>> = {
  'GET /': () => ({ routes: Object.keys(controlRoutes) }),
  'GET /settings': (simulator) => simulator.settings,
  'PATCH /settings': (simulator, { body }) => {
    simulator.configure(Object(body));
    return simulator.settings;
  },
  'GET /faults': (simulator) => simulator.faults.list().map((fault) => ({ id: fault.id, rule: fault.rule, hits: fault.hits() })),
  'POST /faults': (simulator, { body }) => ({ id: simulator.faults.inject(parseFaultRule(body)).id }),
  'DELETE /faults': (simulator, { rest }) => removeFaults(simulator, rest),
  'GET /calls/log': (simulator, { query }) => simulator.calls.log.slice(-Number(query.get('last') ?? 100)),
  'GET /calls/count': (simulator, { query }) => ({ count: simulator.calls.count(filterOf(query)) }),
  'GET /calls/by-operation': (simulator, { query }) => simulator.calls.byOperation(filterOf(query)),
  'DELETE /calls': (simulator) => done(() => simulator.calls.reset()),
  'GET /regions': (simulator) => simulator.regions(),
  'GET /state': (simulator, { query }) => simulator.state(needed(query, 'account'), needed(query, 'region')),
  'GET /saved': (simulator) => simulator.save(),
  'PUT /saved': (simulator, { body }) => done(() => simulator.load(body)),
  'GET /clock': (simulator) => ({ nowMs: simulator.clock.nowMs() }),
  'POST /clock': (simulator, _request, fields) => {
    simulator.clock.advance(fields.number('advanceMs'));
    return { nowMs: simulator.clock.nowMs() };
  },
  'POST /services/attach': (simulator, _request, fields) => ({ serviceArn: simulator.attachService(fields.text('targetGroupArn')) }),
  'POST /services/detach': (simulator, _request, fields) => done(() => simulator.detachService(fields.text('targetGroupArn'))),
  'POST /targets/condition': (simulator, _request, fields) => done(() => setCondition(simulator, fields)),
  'POST /foreign': (simulator, _request, fields) => foreignCall(simulator, fields),
  'POST /accounts': (simulator, _request, fields) => {
    simulator.addAccount(fields.text('account'));
    return simulator.credentials(fields.text('account'));
  },
  'POST /roles/allow': (simulator, _request, fields) =>
    done(() => simulator.allowActions(fields.text('account'), fields.text('role'), fields.textsOrNull('actions'))),
  'POST /roles/revoke': (simulator, _request, fields) =>
    done(() => simulator.revokeRole(fields.text('account'), fields.text('role'), { denySessions: fields.flag('denySessions') })),
  'POST /roles/restore': (simulator, _request, fields) => done(() => simulator.restoreRole(fields.text('account'), fields.text('role'))),
  'POST /sessions/expire': (simulator) => done(() => simulator.expireSessions()),
};

/** Finds the route of a request and takes it. Gives undefined where there is none; throws an Error for a request that can't be done. */
export function takeControlRoute(
  simulator: ControlledSimulator,
  request: { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly body: unknown },
): { readonly result: unknown } | undefined {
  const exact = controlRoutes[`${request.method} ${request.path}`];
  const at = request.path.lastIndexOf('/');
  const withRest = at > 0 && request.method === 'DELETE' ? controlRoutes[`${request.method} ${request.path.slice(0, at)}`] : undefined;
  const route = exact ?? withRest;
  if (!route) return undefined;
  const rest = exact ? '' : request.path.slice(at + 1);
  return { result: route(simulator, { query: request.query, body: request.body, rest }, controlFields(request.body)) };
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
  const [account = '', region = ''] = placeOfArn(fields.text('targetGroupArn'));
  const port = fields.optionalNumber('port');
  const target = { id: fields.text('id'), ...(port === undefined ? {} : { port }) };
  simulator.foreignWriter(account, region).setTargetCondition(fields.text('targetGroupArn'), target, condition);
}

function placeOfArn(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [parts[4] ?? '', parts[3] ?? ''];
}

function foreignCall(simulator: ControlledSimulator, fields: ControlFields): unknown {
  const operation = fields.text('operation');
  if (!isLatticeOperation(operation)) throw new Error(`there is no Lattice operation "${operation}"`);
  return simulator.foreignWriter(fields.text('account'), fields.text('region')).callUntyped(operation, fields.record('input'));
}

function filterOf(query: URLSearchParams): CallFilter {
  const texts = ['service', 'operation', 'account', 'region', 'callerArn', 'errorCode'].filter((name) => query.has(name));
  const filter: Record<string, unknown> = Object.fromEntries(texts.map((name) => [name, query.get(name)]));
  if (query.has('status')) filter['status'] = Number(query.get('status'));
  if (query.has('isError')) filter['isError'] = query.get('isError') === 'true';
  return filter;
}

function needed(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw new Error(`the query needs "${name}"`);
  return value;
}
