import { describe, expect, it } from '@jest/globals';
import { ClientTokens } from './client-tokens.js';

describe('client tokens', () => {
  it('are remembered up to twenty thousand, the oldest forgotten first', () => {
    const tokens = new ClientTokens();
    const kindOf = (index: number) => tokens.check('Create', `token-${index}`, { index }, 0).kind;
    for (let index = 0; index < 20_003; index += 1) tokens.remember('Create', `token-${index}`, { index }, 'tg-1', 1);
    expect([0, 1, 2, 3, 20_002].map(kindOf)).toEqual(['new', 'new', 'new', 'repeated', 'repeated']);
    tokens.restore(tokens.save());
    tokens.remember('Create', 'token-new', { index: 0 }, 'tg-1', 1);
    expect([3, 4].map(kindOf)).toEqual(['new', 'repeated']);
  });

  it.each([
    { words: 'the same parameters in another order', input: { b: { d: 1, c: 2 }, a: 1, clientToken: 'x' }, kind: 'repeated' },
    { words: 'another value deep inside', input: { a: 1, b: { c: 3, d: 1 } }, kind: 'mismatch' },
    { words: 'one parameter less', input: { a: 1 }, kind: 'mismatch' },
  ])('know $words', ({ input, kind }) => {
    const tokens = new ClientTokens();
    tokens.remember('Create', 'token', { a: 1, b: { c: 2, d: 1 } }, 'tg-1', 1);
    expect(tokens.check('Create', 'token', input, 0).kind).toBe(kind);
  });

  it('are forgotten after their time, and are those of one operation', () => {
    const tokens = new ClientTokens();
    tokens.remember('Create', 'token', {}, 'tg-1', 10);
    expect([tokens.check('Create', 'token', {}, 9).kind, tokens.check('Create', 'token', {}, 10).kind]).toEqual(['repeated', 'new']);
    expect(tokens.check('Other', 'token', {}, 9).kind).toBe('new');
  });
});
