import { RequestFailure } from '../protocol/request-failure.js';
import { headerOf } from '../server/http-message.js';
import type { HttpRequest } from '../server/http-message.js';
import { queryPairs } from '../server/query-parameters.js';

/** What a Signature Version 4 request says about itself, in a header or in the query. */
export interface Authorization {
  readonly form: 'header' | 'query';
  readonly accessKeyId: string;
  /** The scope as given: date, region, service and terminator. */
  readonly scope: readonly [date: string, region: string, service: string, terminator: string];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ`, as signed. */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
}

const algorithm = 'AWS4-HMAC-SHA256';
const basicIsoDate = /^\d{8}T\d{6}Z$/;

/** Reads the signature's parameters. Throws a RequestFailure `missingToken` or `incompleteSignature`. */
export function parseAuthorization(request: HttpRequest): Authorization {
  const header = headerOf(request, 'authorization');
  if (header !== undefined) return fromHeader(request, header);
  const query = new Map(queryPairs(request.rawQuery));
  if (query.has('X-Amz-Algorithm')) return fromQuery(query);
  throw new RequestFailure('missingToken', 'Missing Authentication Token');
}

function fromHeader(request: HttpRequest, header: string): Authorization {
  const [scheme = '', ...rest] = header.trim().split(/\s+/);
  if (scheme !== algorithm && scheme.startsWith('AWS4-')) throw unsupported(scheme);
  const parameters = new Map(
    rest
      .join('')
      .split(',')
      .map((part) => [part.slice(0, Math.max(0, part.indexOf('='))), part.slice(part.indexOf('=') + 1)] as const),
  );
  const timestamp = headerOf(request, 'x-amz-date') ?? dateOf(headerOf(request, 'date'));
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => scheme !== algorithm || !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `);
  if (timestamp === undefined) missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  if (missing.length > 0) throw new RequestFailure('incompleteSignature', `${missing.join('')}Authorization=${scheme}`);
  return authorization('header', (name) => parameters.get(name), timestamp ?? '', headerOf(request, 'x-amz-security-token'));
}

function fromQuery(query: ReadonlyMap<string, string>): Authorization {
  const given = query.get('X-Amz-Algorithm');
  if (given !== algorithm) throw unsupported(given ?? '');
  const names = ['Credential', 'Signature', 'SignedHeaders', 'Date'];
  const missing = names
    .filter((name) => !query.get(`X-Amz-${name}`))
    .map((name) => `AWS query-string parameters must include 'X-Amz-${name}'. `);
  if (missing.length > 0) throw new RequestFailure('incompleteSignature', `${missing.join('')}Re-examine the query-string parameters.`);
  return authorization('query', (name) => query.get(`X-Amz-${name}`), query.get('X-Amz-Date') ?? '', query.get('X-Amz-Security-Token'));
}

function authorization(
  form: Authorization['form'],
  parameter: (name: string) => string | undefined,
  timestamp: string,
  sessionToken: string | undefined,
): Authorization {
  if (!basicIsoDate.test(timestamp)) {
    const message = `Date must be in ISO-8601 'basic format'. Got '${timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601`;
    throw new RequestFailure('incompleteSignature', message);
  }
  const credential = parameter('Credential') ?? '';
  const [accessKeyId = '', date, region, service, terminator, ...more] = credential.split('/');
  if (date === undefined || region === undefined || service === undefined || terminator === undefined || more.length > 0) {
    throw new RequestFailure(
      'incompleteSignature',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const signedHeaders = (parameter('SignedHeaders') ?? '').split(';');
  if (!signedHeaders.includes('host')) {
    throw new RequestFailure('badSignature', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  return {
    form,
    accessKeyId,
    scope: [date, region, service, terminator],
    signedHeaders,
    signature: parameter('Signature') ?? '',
    timestamp,
    sessionToken,
  };
}

function unsupported(scheme: string): RequestFailure {
  return new RequestFailure('incompleteSignature', `Unsupported AWS 'algorithm': '${scheme}'`);
}

/** A `Date` header in the basic form that a string to sign has; undefined where there is none. */
function dateOf(header: string | undefined): string | undefined {
  if (header === undefined || basicIsoDate.test(header)) return header;
  const ms = Date.parse(header);
  return Number.isNaN(ms) ? header : basicIso(ms);
}

/** `YYYYMMDDTHHMMSSZ` of a time in milliseconds since the epoch. */
export function basicIso(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, '');
}
