import type { TokenUser } from '../auth/token-registry.js';
import { parseFaultRule } from '../faults/parse-fault-rule.js';
import type { KubeSimulator } from '../kube-simulator.js';
import { isJsonObject, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import type { RequestFilter } from '../requests/request-log.js';
import type { SimulatorState } from '../simulator-state.js';

/** A request to the control endpoint about one cluster, its body parsed. */
export interface ControlRequest {
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** What stands behind the path of the route, such as the number of a fault. */
  readonly rest: string;
}

type Route = (cluster: KubeSimulator, request: ControlRequest) => unknown;

/** What can be asked of a cluster, by method and path below the cluster's own; all take and answer JSON. */
export const controlRoutes: Readonly<Record<string, Route>> = {
  'GET ': describeCluster,
  'GET kubeconfig': (cluster) => ({ kubeconfig: cluster.kubeconfig() }),
  'GET faults': (cluster) => cluster.faults.list(),
  'POST faults': (cluster, { body }) => ({ id: cluster.faults.inject(parseFaultRule(body)).id }),
  'DELETE faults': (cluster, { rest }) => done(() => removeFaults(cluster, rest)),
  'GET requests': (cluster, { query }) => ({
    count: cluster.requests.count(filterOf(query)),
    connections: cluster.requests.connectionCount,
    counters: cluster.requests.counters(filterOf(query)),
  }),
  'GET requests/recent': (cluster, { query }) => cluster.requests.recent(filterOf(query)),
  'DELETE requests': (cluster) => done(() => cluster.requests.reset()),
  'GET checkpoint': (cluster) => cluster.checkpoint(),
  'PUT checkpoint': (cluster, { body }) => done(() => cluster.restore(body as SimulatorState)),
  'POST suspend': async (cluster, { body }) => done(async () => cluster.suspend({ graceful: objectOf(body)['graceful'] === true })),
  'POST resume': async (cluster) => done(async () => cluster.resume()),
  'POST cut-connections': (cluster) => done(() => cluster.cutConnections()),
  'POST bookmarks': (cluster) => done(() => cluster.sendBookmarks()),
  'POST end-watches': (cluster) => done(() => cluster.endWatches()),
  'POST compact': (cluster) => done(() => cluster.compact()),
  'POST advance': (cluster, { body }) => done(() => cluster.advanceResourceVersion(positiveInteger(objectOf(body), 'by'))),
  'POST clock': (cluster, { body }) => done(() => cluster.advanceClock(positiveInteger(objectOf(body), 'advanceMs'))),
  'POST tokens': (cluster, { body }) => ({ token: cluster.issueToken(tokenUser(objectOf(body))) }),
  'DELETE tokens': (cluster, { body }) => done(() => cluster.revokeToken(text(objectOf(body), 'token'))),
};

/** What is known of a cluster from outside. */
export function describeCluster(cluster: KubeSimulator): JsonObject {
  const { name, url, port, clusterUid, resourceVersion, watchCount, isListening } = cluster;
  return { name, url, port, clusterUid, resourceVersion, watchCount, isListening };
}

async function done(action: () => void | Promise<void>): Promise<{ readonly done: true }> {
  await action();
  return { done: true };
}

function removeFaults(cluster: KubeSimulator, id: string): void {
  if (id === '') {
    cluster.faults.clear();
    return;
  }
  if (!cluster.faults.list().some((fault) => String(fault.id) === id)) throw new Error(`there is no fault ${id}`);
  cluster.faults.remove(Number(id));
}

function tokenUser(body: JsonObject): TokenUser {
  const user = { name: text(body, 'name'), groups: stringsAt(body, 'groups') };
  return body['expirationSeconds'] === undefined ? user : { ...user, expirationSeconds: positiveInteger(body, 'expirationSeconds') };
}

const objectOf = (body: unknown): JsonObject => (isJsonObject(body) ? body : {});

function text(body: JsonObject, field: string): string {
  const value = stringAt(body, field);
  if (value === '') throw new Error(`"${field}" must be a text`);
  return value;
}

function positiveInteger(body: JsonObject, field: string): number {
  const value = body[field];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw new Error(`"${field}" must be a whole number above 0`);
  return value;
}

function filterOf(query: URLSearchParams): RequestFilter {
  const names = ['verb', 'resource', 'namespace', 'user', 'userAgent'].filter((name) => query.has(name));
  const filter = Object.fromEntries(names.map((name) => [name, query.get(name)])) as RequestFilter;
  return query.has('status') ? { ...filter, status: Number(query.get('status')) } : filter;
}
