/** The verb by which a request is authorized; empty for a method that has none. */
export type RequestVerb = '' | 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What a path says of the API: a resource, an object, a subresource. */
export interface ResourceRequest {
  readonly isResource: true;
  readonly verb: RequestVerb;
  readonly group: string;
  readonly version: string;
  /** Empty where the path names no namespace. */
  readonly namespace: string;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
  /** What follows the subresource. */
  readonly rest: readonly string[];
}

/** A path that is no resource: discovery, health, OpenAPI. */
export interface PathRequest {
  readonly isResource: false;
  readonly verb: string;
  readonly path: string;
}

export type RequestInfo = ResourceRequest | PathRequest;

/** Subresources of namespaces, which stand where elsewhere a resource stands. */
const namespaceSubresources: readonly string[] = ['status', 'finalize'];

/** Tells from method, path and query what is asked, as the API server's request info does. */
export function readRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parts = path.split('/').filter((part) => part !== '');
  const nonResource: PathRequest = { isResource: false, verb: method.toLowerCase(), path };
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return nonResource;
  const prefixLength = isCore ? 2 : 3;
  if (parts.length <= prefixLength) return nonResource;
  const group = isCore ? '' : (parts[1] ?? '');
  const version = parts[prefixLength - 1] ?? '';
  let tail = parts.slice(prefixLength);
  const isWatchPath = tail[0] === 'watch';
  if (isWatchPath) tail = tail.slice(1);
  const place = readPlace(tail);
  if (place === undefined) return nonResource;
  return { isResource: true, verb: isWatchPath ? 'watch' : verbOf(method, place.name, query), group, version, ...place };
}

function readPlace(parts: readonly string[]): Omit<ResourceRequest, 'isResource' | 'verb' | 'group' | 'version'> | undefined {
  const [first, second, third] = parts;
  if (first === undefined) return undefined;
  if (first !== 'namespaces' || second === undefined)
    return { namespace: '', plural: first, name: second ?? '', subresource: third ?? '', rest: parts.slice(3) };
  if (third === undefined || namespaceSubresources.includes(third)) {
    return { namespace: second, plural: 'namespaces', name: second, subresource: third ?? '', rest: parts.slice(3) };
  }
  return { namespace: second, plural: third, name: parts[3] ?? '', subresource: parts[4] ?? '', rest: parts.slice(5) };
}

/** The name that a list or a watch is about, where its field selector pins one: such a request is authorized for that object alone. */
export function selectedName({ verb }: ResourceRequest, query: URLSearchParams): string {
  if (verb !== 'list' && verb !== 'watch') return '';
  const name = /^(?:.*,)?metadata\.name==?([^,=\\]+)(?:,.*)?$/s.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';
  return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name;
}

function verbOf(method: string, name: string, query: URLSearchParams): RequestVerb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete';
    case 'GET':
    case 'HEAD': {
      const watch = query.get('watch');
      const isWatch = watch !== null && watch !== '0' && watch.toLowerCase() !== 'false';
      if (name !== '') return 'get';
      return isWatch ? 'watch' : 'list';
    }
    default:
      return '';
  }
}
