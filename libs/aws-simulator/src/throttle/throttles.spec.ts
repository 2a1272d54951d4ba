import { describe, expect, it } from '@jest/globals';
import { defaultSettings } from '../settings/simulator-settings.js';
import type { ThrottleRule } from '../settings/simulator-settings.js';
import { apiFamilyOf } from './api-family.js';
import { Throttles } from './throttles.js';

const key = { account: '111111111111', region: 'us-west-2', family: 'lattice-read' } as const;

function throttles(...rules: readonly ThrottleRule[]): Throttles {
  return new Throttles({ ...defaultSettings(), throttles: rules });
}

describe('a token bucket', () => {
  it('lets everything pass where there are no rules', () => {
    const none = throttles();
    expect(Array.from({ length: 100 }, () => none.take(key, 0))).toEqual(Array.from({ length: 100 }, () => undefined));
  });

  it('gives its burst, then its rate, and says when to come again', () => {
    const bucket = throttles({ ratePerSecond: 2, burst: 3 });
    expect([0, 0, 0, 0].map((atMs) => bucket.take(key, atMs))).toEqual([undefined, undefined, undefined, 1]);
    expect([499, 500, 500, 1_000].map((atMs) => bucket.take(key, atMs))).toEqual([1, undefined, 1, undefined]);
  });

  it('never holds more than its burst', () => {
    const bucket = throttles({ ratePerSecond: 1, burst: 1 });
    bucket.take(key, 0);
    expect([3_600_000, 3_600_000].map((atMs) => bucket.take(key, atMs))).toEqual([undefined, 1]);
  });

  it('names the seconds that a slow rate takes', () => {
    const bucket = throttles({ ratePerSecond: 0.1, burst: 1 });
    bucket.take(key, 0);
    expect(bucket.take(key, 0)).toBe(10);
  });

  it.each([
    { words: 'another account', other: { ...key, account: '222222222222' } },
    { words: 'another region', other: { ...key, region: 'eu-west-1' } },
    { words: 'another family', other: { ...key, family: 'sts' } },
  ] as const)('is not shared with $words', ({ other }) => {
    const bucket = throttles({ ratePerSecond: 1, burst: 1 });
    bucket.take(key, 0);
    expect(bucket.take(other, 0)).toBeUndefined();
  });

  it('is shared by families where its rule says so', () => {
    const bucket = throttles({ ratePerSecond: 1, burst: 1, families: ['lattice-read', 'lattice-write'], isShared: true });
    bucket.take(key, 0);
    expect([bucket.take({ ...key, family: 'lattice-write' }, 0), bucket.take({ ...key, family: 'tagging' }, 0)]).toEqual([1, undefined]);
  });

  it('follows the first rule that fits', () => {
    const bucket = throttles({ account: '222222222222', ratePerSecond: 1, burst: 5 }, { region: 'us-west-2', ratePerSecond: 1, burst: 1 });
    expect([bucket.take(key, 0), bucket.take(key, 0)]).toEqual([undefined, 1]);
    const other = { ...key, account: '222222222222' };
    expect([bucket.take(other, 0), bucket.take(other, 0)]).toEqual([undefined, undefined]);
  });

  it('starts full when the rules change', () => {
    const settings = { ...defaultSettings(), throttles: [{ ratePerSecond: 1, burst: 1 }] };
    const bucket = new Throttles(settings);
    bucket.take(key, 0);
    settings.throttles = [{ ratePerSecond: 1, burst: 1 }];
    expect(bucket.take(key, 0)).toBeUndefined();
  });
});

describe('the family of an operation', () => {
  it.each([
    ['vpc-lattice', 'ListTargetGroups', 'lattice-read'],
    ['vpc-lattice', 'GetService', 'lattice-read'],
    ['vpc-lattice', 'ListTagsForResource', 'lattice-tags'],
    ['vpc-lattice', 'TagResource', 'lattice-tags'],
    ['vpc-lattice', 'RegisterTargets', 'lattice-targets'],
    ['vpc-lattice', 'CreateTargetGroup', 'lattice-write'],
    ['vpc-lattice', 'BatchUpdateRule', 'lattice-write'],
    ['tagging', 'GetResources', 'tagging'],
    ['sts', 'AssumeRole', 'sts'],
  ])('%s %s is %s', (service, operation, family) => {
    expect(apiFamilyOf(service, operation)).toBe(family);
  });
});
