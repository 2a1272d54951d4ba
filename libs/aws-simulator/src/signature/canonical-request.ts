import { createHash } from 'node:crypto';
import type { HttpRequest } from '../server/http-message.js';
import { queryPairs } from '../server/query-parameters.js';

/**
 * The canonical request of Signature Version 4, as every service but S3 builds it: the path as sent is normalised and encoded once more, the
 * payload hash is of the body that came.
 */
export function canonicalRequest(request: HttpRequest, signedHeaders: readonly string[]): string {
  return [
    request.method,
    canonicalPath(request.rawPath),
    canonicalQuery(request.rawQuery),
    ...signedHeaders.map((name) => `${name}:${canonicalHeader(request.headers.get(name))}`),
    '',
    signedHeaders.join(';'),
    sha256Hex(request.body),
  ].join('\n');
}

/** The lower-case hexadecimal SHA-256 of a text or of bytes. */
export function sha256Hex(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function canonicalPath(rawPath: string): string {
  const kept: string[] = [];
  for (const segment of rawPath.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const isFolder = kept.length > 0 && rawPath.endsWith('/');
  return `/${kept.map(encodeStrictly).join('/')}${isFolder ? '/' : ''}`;
}

function canonicalQuery(rawQuery: string): string {
  return queryPairs(rawQuery)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .toSorted(byCodeUnit)
    .join('&');
}

/** Names sort before values: `a=` must come before `a-b=`, which a plain sort of the joined pairs gets wrong. */
function byCodeUnit(left: string, right: string): number {
  const [leftName = '', leftValue = ''] = left.split('=');
  const [rightName = '', rightValue = ''] = right.split('=');
  return compare(leftName, rightName) || compare(leftValue, rightValue);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function canonicalHeader(values: readonly string[] | undefined): string {
  return (values ?? []).map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
}

/** RFC 3986 with nothing spared but the unreserved characters. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
