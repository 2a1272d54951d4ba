import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';

/** Credentials to sign with. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request to be signed by hand. The path is raw and may have a query. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly service: string;
  readonly region?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In milliseconds since the epoch; now where left out. */
  readonly signedAtMs?: number;
  /** What is signed in the place of the body's hash. */
  readonly payloadHash?: string;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** `YYYYMMDDTHHMMSSZ`. */
function amzDate(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** The headers of a request signed with Signature Version 4, written down from AWS's description and sharing nothing with the simulator. */
export function signedHeaders(host: string, keys: Keys, plain: PlainRequest): Record<string, string> {
  const { path = '', query = '' } = /^(?<path>[^?]*)\??(?<query>.*)$/s.exec(plain.path)?.groups ?? {};
  const date = amzDate(plain.signedAtMs ?? Date.now());
  const token: Record<string, string> = keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken };
  const headers: Record<string, string> = { host, 'x-amz-date': date, ...token, ...plain.headers };
  const names = Object.keys(headers).toSorted();
  const scope = `${date.slice(0, 8)}/${plain.region ?? 'us-west-2'}/${plain.service}/aws4_request`;
  const canonical = [
    plain.method,
    path.split('/').map(encode).join('/'),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    plain.payloadHash ?? sha256(plain.body ?? ''),
  ].join('\n');
  const signature = signatureOf(keys, scope, date, canonical);
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** The path of a presigned GET, signed for the headers that are given with it. */
export function presignedPath(
  host: string,
  keys: Keys,
  plain: Omit<PlainRequest, 'method' | 'path' | 'body'> & { readonly query: string },
): string {
  const date = amzDate(plain.signedAtMs ?? Date.now());
  const scope = `${date.slice(0, 8)}/${plain.region ?? 'us-west-2'}/${plain.service}/aws4_request`;
  const headers: Record<string, string> = { host, ...plain.headers };
  const names = Object.keys(headers).toSorted();
  const parameters = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${keys.accessKeyId}/${scope}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': names.join(';'),
    ...(keys.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': keys.sessionToken }),
  };
  const signing = Object.entries(parameters).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const query = [plain.query, ...signing].join('&');
  const canonical = [
    'GET',
    '/',
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha256(''),
  ].join('\n');
  return `/?${query}&X-Amz-Signature=${signatureOf(keys, scope, date, canonical)}`;
}

function canonicalQuery(query: string): string {
  const parts = query === '' ? [] : query.split('&');
  return parts
    .map((part) => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')].map((text) => encode(decodeURIComponent(text))))
    .toSorted(([a = '', b = ''], [c = '', d = '']) => (a === c ? Number(b > d) || -1 : Number(a > c) || -1))
    .map((pair) => pair.join('='))
    .join('&');
}

function signatureOf(keys: Keys, scope: string, date: string, canonical: string): string {
  const signingKey = scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${keys.secretAccessKey}`);
  return hmac(signingKey, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
}

/** Sends a request as it is. */
export function sendRaw(
  url: string,
  plain: { readonly method: string; readonly path: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Promise<PlainResponse> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const isSized = plain.body !== undefined && plain.headers?.['transfer-encoding'] === undefined;
    const length = isSized ? { 'content-length': Buffer.byteLength(plain.body ?? '') } : {};
    const options = { hostname, port, method: plain.method, path: plain.path, headers: { ...length, ...plain.headers }, agent: false };
    const outgoing = httpRequest(options, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (body += chunk));
      incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
      incoming.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(plain.body);
  });
}

/** Signs a request by hand and sends it. */
export function sendSigned(url: string, keys: Keys, plain: PlainRequest): Promise<PlainResponse> {
  const headers = signedHeaders(new URL(url).host, keys, plain);
  return sendRaw(url, { ...plain, headers });
}
