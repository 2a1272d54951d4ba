import { describe, expect, it } from '@jest/globals';
import { OneCopy } from './one-copy.js';

describe('one copy', () => {
  it('of what reads the same is given to all', () => {
    const copies = new OneCopy();
    const first = copies.of([{ port: 80, name: 'http' }]);
    expect(copies.of([{ port: 80, name: 'http' }])).toBe(first);
    expect(copies.of([{ port: 81, name: 'http' }])).not.toBe(first);
  });

  it('is never of another kind, though it reads the same', () => {
    const copies = new OneCopy();
    expect(copies.of('["a"]')).toBe('["a"]');
    expect(copies.of(['a'])).toEqual(['a']);
    expect(copies.of('["a"]')).toBe('["a"]');
  });

  it('is right however many there are', () => {
    const copies = new OneCopy();
    for (let i = 0; i < 25_000; i++) expect(copies.of([i])).toEqual([i]);
  });
});
