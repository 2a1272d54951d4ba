import { describe, expect, it } from '@jest/globals';
import { tokenExpiryMs } from './token-expiry.js';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the end of a token', () => {
  it.each([
    ['a JSON Web Token with an end', `${part({ alg: 'RS256' })}.${part({ sub: 'x', exp: 1_700_000_000 })}.c2ln`, 1_700_000_000_000],
    ['a JSON Web Token without an end, as a Secret holds it', `${part({})}.${part({ sub: 'x' })}.c2ln`, undefined],
    ['an end that is no number', `${part({})}.${part({ exp: 'soon' })}.c2ln`, undefined],
    ['any other token', 'opaque', undefined],
    ['a token with dots', 'a.b.c', undefined],
  ])('is read from %s', (_, token, endsMs) => {
    expect(tokenExpiryMs(token)).toBe(endsMs);
  });
});
