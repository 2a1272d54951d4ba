import { noRepresentation, notAcceptable } from '../status/api-error.js';

/** How objects are encoded in an answer. */
export type Encoding = 'json' | 'yaml';

/** Into what objects are turned for an answer (Kubernetes API, "Alternate representations of resources"). */
export type Transform = 'none' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** What a client accepts, and the server can do. */
export interface Accepted {
  readonly encoding: Encoding;
  readonly transform: Transform;
  /** The version of the Table or of the metadata. */
  readonly transformVersion: string;
  /** Set by `pretty=1` in the Accept header. */
  readonly pretty: boolean;
}

/** The media types of objects, in the API server's order. Protobuf is named as the real one names it, and not served. */
export const objectMediaTypes: readonly string[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

const streamTypes: readonly string[] = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

/**
 * Refuses what the routes of built-in resources do not produce at all, before anything else is looked at.
 * @throws ApiError 406
 */
export function admitMediaTypes(header: string | undefined, isCollection: boolean): void {
  const clauses = parseAccept(header ?? '');
  if (clauses.length === 0 || clauses.some(({ type }) => objectMediaTypes.includes(type) || type === '*/*')) return;
  throw noRepresentation([...objectMediaTypes, ...(isCollection ? streamTypes : [])]);
}

interface Clause {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
}

/** The clauses of an Accept header, the best liked first. */
export function parseAccept(header: string): Clause[] {
  return header
    .split(',')
    .map((part) => {
      const [type = '', ...rest] = part.trim().split(';');
      const parameters = Object.fromEntries(
        rest.map((parameter) => parameter.trim().split('=', 2)).map(([key = '', value = '']) => [key.toLowerCase(), value]),
      );
      const quality = Number(parameters['q'] ?? '1');
      return { type: type.trim().toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
    })
    .filter(({ type }) => type !== '')
    .toSorted((left, right) => right.quality - left.quality);
}

/** How an error is written for a client: as it likes best, and as JSON where that can't be done. */
export function errorEncoding(header: string | undefined): Encoding {
  const liked = parseAccept(header ?? '').find(({ type }) => encodings[type] !== undefined);
  return encodings[liked?.type ?? ''] ?? 'json';
}

const encodings: Readonly<Record<string, Encoding>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  '*/*': 'json',
  'application/*': 'json',
};
const transforms: readonly string[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/**
 * What a watch is encoded in; there are no streams of YAML, whatever else the client would read.
 * @throws ApiError 406
 */
export function negotiateStream(header: string | undefined): Accepted {
  const accepted = negotiate(header);
  if (accepted.encoding !== 'json') throw notAcceptable(streamTypes);
  return accepted;
}

/** Whether an error can be encoded as a client asks for it. */
export function isNegotiable(header: string | undefined): boolean {
  try {
    negotiate(header, false);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds the first clause of an Accept header that can be served; without a header that is JSON.
 * @param allowTransform whether Tables and bare metadata are there for this request
 * @throws ApiError 406
 */
export function negotiate(header: string | undefined, allowTransform = true): Accepted {
  if (header === undefined || header.trim() === '') return { encoding: 'json', transform: 'none', transformVersion: '', pretty: false };
  for (const { type, parameters } of parseAccept(header)) {
    const encoding = encodings[type];
    if (encoding === undefined) continue;
    const pretty = parameters['pretty'] === '1';
    const wanted = parameters['as'];
    if (wanted === undefined) {
      if (parameters['g'] !== undefined || parameters['stream'] !== undefined) {
        if (parameters['stream'] !== 'watch') continue;
      }
      return { encoding, transform: 'none', transformVersion: '', pretty };
    }
    const version = parameters['v'] ?? '';
    const isKnown = transforms.includes(wanted) && parameters['g'] === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1');
    if (allowTransform && isKnown) return { encoding, transform: wanted as Transform, transformVersion: version, pretty };
  }
  throw notAcceptable(objectMediaTypes);
}
