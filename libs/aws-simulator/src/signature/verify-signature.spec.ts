import { describe, expect, it } from '@jest/globals';
import { RequestFailure } from '../protocol/request-failure.js';
import type { HttpRequest } from '../server/http-message.js';
import { canonicalRequest, sha256Hex } from './canonical-request.js';
import { parseAuthorization } from './parse-authorization.js';
import { SigningKeys } from './signing-keys.js';
import { checkDate, checkScope, checkSignature } from './verify-signature.js';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

function request(overrides: {
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}): HttpRequest {
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z', ...overrides.headers };
  return {
    method: 'GET',
    rawPath: overrides.path ?? '/',
    rawQuery: overrides.query ?? '',
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: Buffer.alloc(0),
    signal: new AbortController().signal,
  };
}

function authorization(signature: string, scope = '20150830/us-east-1/service/aws4_request'): string {
  return `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
}

const rules = { signingName: 'service', regions: null, serverMs: Date.UTC(2015, 7, 30, 12, 36), skewMs: 300_000 };

function refusal(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof RequestFailure) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return '';
}

describe('the canonical request', () => {
  it('is that of the published vector get-vanilla, and so is the signature', () => {
    const vanilla = request({});
    expect(sha256Hex(canonicalRequest(vanilla, ['host', 'x-amz-date']))).toBe(
      'bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63',
    );
    const header = authorization('5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
    const signed = request({ headers: { authorization: header } });
    expect(
      refusal(() =>
        checkSignature(
          signed,
          parseAuthorization(signed),
          new SigningKeys().get(secret, ['20150830', 'us-east-1', 'service', 'aws4_request']),
        ),
      ),
    ).toBe('');
  });

  it.each([
    { path: '/targetgroups/arn%3Aaws%3Ax%2Ftg-1', canonical: '/targetgroups/arn%253Aaws%253Ax%252Ftg-1' },
    { path: '/a/./b/../c//d', canonical: '/a/c/d' },
    { path: '/a/', canonical: '/a/' },
    { path: '/', canonical: '/' },
    { path: "/it's(*)!", canonical: '/it%27s%28%2A%29%21' },
  ])('has the path $path as $canonical', ({ path, canonical }) => {
    expect(canonicalRequest(request({ path }), []).split('\n')[1]).toBe(canonical);
  });

  it.each([
    { query: 'b=2&a=1', canonical: 'a=1&b=2' },
    { query: 'a-b=1&a=2', canonical: 'a=2&a-b=1' },
    { query: 'a=2&a=1', canonical: 'a=1&a=2' },
    { query: 'tagKeys=a%2Fb&tagKeys=c%20d', canonical: 'tagKeys=a%2Fb&tagKeys=c%20d' },
    { query: 'flag', canonical: 'flag=' },
    { query: 'a=1&X-Amz-Signature=abc', canonical: 'a=1' },
    { query: 'a=%zz', canonical: 'a=%25zz' },
  ])('has the query $query as $canonical', ({ query, canonical }) => {
    expect(canonicalRequest(request({ query }), []).split('\n')[2]).toBe(canonical);
  });

  it('folds the blanks of a header', () => {
    expect(canonicalRequest(request({ headers: { 'x-a': '  b   c ' } }), ['x-a']).split('\n')[3]).toBe('x-a:b c');
  });
});

describe('an authorization', () => {
  it.each([
    { words: 'is missing', headers: {}, refused: 'missingToken: Missing Authentication Token' },
    {
      words: 'is of another scheme',
      headers: { authorization: 'Basic abc' },
      refused:
        "incompleteSignature: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=Basic",
    },
    {
      words: 'has an algorithm that is not served',
      headers: { authorization: 'AWS4-ECDSA-P256-SHA256 Credential=x' },
      refused: "incompleteSignature: Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'",
    },
    {
      words: 'has a date that is none',
      headers: { authorization: authorization('x'), 'x-amz-date': 'yesterday' },
      refused: "incompleteSignature: Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601",
    },
    {
      words: 'has a scope of too few parts',
      headers: { authorization: authorization('x', '20150830/us-east-1') },
      refused:
        "incompleteSignature: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20150830/us-east-1'",
    },
    {
      words: 'does not sign the host',
      headers: { authorization: authorization('x').replace('host;', '') },
      refused: "badSignature: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    },
  ])('that $words is refused', ({ headers, refused }) => {
    expect(refusal(() => parseAuthorization(request({ headers })))).toBe(refused);
  });

  it('takes the date of the Date header where there is no other', () => {
    const dated = request({ headers: { authorization: authorization('x'), date: 'Sun, 30 Aug 2015 12:36:00 GMT' } });
    const headers = new Map([...dated.headers].filter(([name]) => name !== 'x-amz-date'));
    expect(parseAuthorization({ ...dated, headers }).timestamp).toBe('20150830T123600Z');
  });
});

describe('a scope', () => {
  it.each([
    { scope: '20150830/us-east-1/service/aws4_request', refused: '' },
    { scope: '20150830/us-gov-east-1/service/aws4_request', refused: '' },
    { scope: '20150830/eusc-de-east-1/service/aws4_request', refused: '' },
    { scope: '20150830/mars/service/aws4_request', refused: 'badSignature: Credential should be scoped to a valid region. ' },
    { scope: '20150830/us-east-1/s3/aws4_request', refused: "badSignature: Credential should be scoped to correct service: 'service'. " },
    {
      scope: '20150830/us-east-1/service/aws5',
      refused: "badSignature: Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. ",
    },
    {
      scope: '20150831/us-east-1/service/aws4_request',
      refused:
        "badSignature: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150831' != '20150830', from '20150830T123600Z'. ",
    },
  ])('$scope is refused with: $refused', ({ scope, refused }) => {
    const parsed = parseAuthorization(request({ headers: { authorization: authorization('x', scope) } }));
    expect(refusal(() => checkScope(parsed, rules))).toBe(refused);
  });

  it('of a region that the settings do not name is refused', () => {
    const parsed = parseAuthorization(request({ headers: { authorization: authorization('x') } }));
    expect(refusal(() => checkScope(parsed, { ...rules, regions: ['us-west-2'] }))).toContain('valid region');
  });
});

describe('a date', () => {
  it.each([
    { offMs: 0, refused: '' },
    { offMs: 300_000, refused: '' },
    { offMs: -300_000, refused: '' },
    {
      offMs: 301_000,
      refused: 'badSignature: Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)',
    },
    {
      offMs: -301_000,
      refused: 'badSignature: Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)',
    },
  ])('is refused where the server is $offMs ms ahead: $refused', ({ offMs, refused }) => {
    const parsed = parseAuthorization(request({ headers: { authorization: authorization('x') } }));
    expect(refusal(() => checkDate(parsed, { ...rules, serverMs: rules.serverMs + offMs }))).toBe(refused);
  });
});
