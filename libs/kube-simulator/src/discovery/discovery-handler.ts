import { createHash } from 'node:crypto';

import type { User } from '../auth/user.js';
import type { JsonObject } from '../object/json-value.js';
import { encodeJson } from '../object/encode-json.js';
import type { Registry } from '../resources/registry.js';
import type { HttpExchange } from '../server/http-exchange.js';
import { admitMediaTypes, negotiate, objectMediaTypes, parseAccept } from '../server/media-type.js';
import type { PathHandler } from '../server/router.js';
import { methodNotAllowed, notAcceptable } from '../status/api-error.js';
import {
  aggregatedDocument,
  apiVersionsDocument,
  groupListDocument,
  oneGroupDocument,
  resourceListDocument,
} from './discovery-documents.js';

/** What the simulator says it is: the version that it is true to. */
export const serverVersion = {
  major: '1',
  minor: '37',
  emulationMajor: '1',
  emulationMinor: '37',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '36',
  gitVersion: 'v1.37.2',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** `/`, `/version`, `/api` and `/apis` with everything below. */
export class DiscoveryHandler implements PathHandler {
  constructor(
    private readonly registry: Registry,
    private readonly address: () => string,
  ) {}

  async handle(exchange: HttpExchange, _user: User): Promise<boolean> {
    const parts = exchange.path.split('/').filter((part) => part !== '');
    const [root] = parts;
    if (root !== undefined && root !== 'api' && root !== 'apis' && exchange.path !== '/version' && exchange.path !== '/version/')
      return false;
    const document = parts.length > 1 ? this.findPart(parts) : undefined;
    if (parts.length > 1 && document === undefined) return false;
    if (exchange.method !== 'GET' && !this.takesAnyMethod(parts)) throw methodNotAllowed();
    if (document !== undefined) await sendPart(exchange, document);
    else if (root === undefined) await exchange.sendObject(200, { paths: this.paths() });
    else if (root === 'version') await exchange.sendIndented(200, { ...serverVersion });
    else await this.sendRoot(exchange, root === 'api');
    return true;
  }

  /** The parts of the API server that list groups, and those that serve definitions, do not look at the method. */
  private takesAnyMethod([root, group]: readonly string[]): boolean {
    if (root !== 'apis') return root === undefined;
    return group === undefined || this.registry.all().some((resource) => resource.group === group && resource.isCustom);
  }

  private async sendRoot(exchange: HttpExchange, isCore: boolean): Promise<void> {
    const wanted = chooseForm(exchange.header('accept'));
    if (wanted === 'aggregated') await sendAggregated(exchange, aggregatedDocument(this.registry, isCore));
    else await exchange.sendObject(200, isCore ? apiVersionsDocument(this.address()) : groupListDocument(this.registry), wanted);
  }

  private findPart([root, first = '', second]: readonly string[]): JsonObject | undefined {
    if (root === 'api') return second === undefined ? resourceListDocument(this.registry, '', first) : undefined;
    return second === undefined ? oneGroupDocument(this.registry, first) : resourceListDocument(this.registry, first, second);
  }

  private paths(): string[] {
    const groups = groupListDocument(this.registry)['groups'] as { name: string; versions: { groupVersion: string }[] }[];
    const apis = groups.flatMap(({ name, versions }) => [`/apis/${name}`, ...versions.map(({ groupVersion }) => `/apis/${groupVersion}`)]);
    return [
      '/api',
      '/api/v1',
      '/apis',
      '/apis/',
      ...apis,
      '/healthz',
      '/livez',
      '/openapi/v2',
      '/openapi/v3',
      '/openapi/v3/',
      '/readyz',
      '/version',
    ].toSorted();
  }
}

/** Aggregated discovery, or the older form, by what the client likes best. */
function chooseForm(header: string | undefined): 'aggregated' | 'json' | 'yaml' {
  for (const { type, parameters } of parseAccept(header ?? '')) {
    const isAggregated = parameters['as'] === 'APIGroupDiscoveryList';
    if (isAggregated && type === 'application/json' && parameters['g'] === 'apidiscovery.k8s.io' && parameters['v'] === 'v2')
      return 'aggregated';
    if (isAggregated) continue;
    if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
    if (type === 'application/yaml') return 'yaml';
  }
  if (header === undefined || header.trim() === '') return 'json';
  throw notAcceptable(objectMediaTypes);
}

async function sendPart(exchange: HttpExchange, document: JsonObject): Promise<void> {
  admitMediaTypes(exchange.header('accept'), false);
  await exchange.sendObject(200, document, negotiate(exchange.header('accept'), false).encoding);
}

async function sendAggregated(exchange: HttpExchange, document: JsonObject): Promise<void> {
  const text = `${encodeJson(document)}\n`;
  const etag = `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"`;
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' };
  if (exchange.header('if-none-match') === etag) exchange.sendUnchanged(headers);
  else await exchange.sendText(200, aggregatedType, text, headers);
}
