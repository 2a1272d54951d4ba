import { createHmac, timingSafeEqual } from 'node:crypto';
import { RequestFailure } from '../protocol/request-failure.js';
import type { HttpRequest } from '../server/http-message.js';
import { canonicalRequest, sha256Hex } from './canonical-request.js';
import { basicIso } from './parse-authorization.js';
import type { Authorization } from './parse-authorization.js';
import { isRegionName } from './region-names.js';

/** What a scope must say for a service, and how far a date may be off. */
export interface SignatureRules {
  readonly signingName: string;
  /** Regions that exist; null is every well-formed name. */
  readonly regions: readonly string[] | null;
  /** The server's time in milliseconds since the epoch. */
  readonly serverMs: number;
  readonly skewMs: number;
}

const presignedMs = 15 * 60_000;

/** Refuses a scope that is not this service's. Throws a RequestFailure `badSignature` with all that is wrong with it, as AWS lists it. */
export function checkScope(authorization: Authorization, rules: SignatureRules): void {
  const [date, region, service, terminator] = authorization.scope;
  const isRegion = rules.regions === null ? isRegionName(region) : rules.regions.includes(region);
  const day = authorization.timestamp.slice(0, 8);
  const problems = [
    isRegion ? '' : 'Credential should be scoped to a valid region. ',
    service === rules.signingName ? '' : `Credential should be scoped to correct service: '${rules.signingName}'. `,
    terminator === 'aws4_request' ? '' : `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `,
    date === day
      ? ''
      : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${authorization.timestamp}'. `,
  ].join('');
  if (problems !== '') throw new RequestFailure('badSignature', problems);
}

/** Refuses a date too far from the server's. Throws a RequestFailure `badSignature`. */
export function checkDate(authorization: Authorization, rules: SignatureRules): void {
  const signedMs = timeOf(authorization.timestamp);
  const allowedMs = authorization.form === 'query' ? Math.max(presignedMs, rules.skewMs) : rules.skewMs;
  const server = basicIso(rules.serverMs);
  const oldest = rules.serverMs - allowedMs;
  if (signedMs < oldest) {
    const message = `Signature expired: ${authorization.timestamp} is now earlier than ${basicIso(oldest)} (${server} - ${minutes(allowedMs)} min.)`;
    throw new RequestFailure('badSignature', message);
  }
  const newest = rules.serverMs + rules.skewMs;
  if (signedMs > newest) {
    const message = `Signature not yet current: ${authorization.timestamp} is still later than ${basicIso(newest)} (${server} + ${minutes(rules.skewMs)} min.)`;
    throw new RequestFailure('badSignature', message);
  }
}

/** Compares the signature with the one that this signing key gives. Throws a RequestFailure `badSignature`. */
export function checkSignature(request: HttpRequest, authorization: Authorization, signingKey: Buffer): void {
  const text = [
    'AWS4-HMAC-SHA256',
    authorization.timestamp,
    authorization.scope.join('/'),
    sha256Hex(canonicalRequest(request, authorization.signedHeaders)),
  ].join('\n');
  const expected = createHmac('sha256', signingKey).update(text).digest('hex');
  if (isSame(expected, authorization.signature)) return;
  throw new RequestFailure(
    'badSignature',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function isSame(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}

function timeOf(timestamp: string): number {
  return Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function minutes(ms: number): string {
  return String(Math.round(ms / 6_000) / 10);
}
