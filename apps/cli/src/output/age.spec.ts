import { describe, expect, it } from '@jest/globals';
import { ageOf, durationText } from './age.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('a duration', () => {
  it.each([
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [3 * minute + 20 * second, '3m20s'],
    [10 * minute + 20 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour + 5 * minute, '3h5m'],
    [9 * hour + 5 * minute, '9h'],
    [47 * hour, '47h'],
    [2 * day + 3 * hour, '2d3h'],
    [400 * day, '400d'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('an age', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '5s'],
    ['2026-01-01T00:00:09Z', '0s'],
    ['', '-'],
    ['soon', '-'],
    [undefined, '-'],
  ])('of %j is %s', (time, text) => {
    expect(ageOf(time, Date.parse('2026-01-01T00:00:05Z'))).toBe(text);
  });
});
