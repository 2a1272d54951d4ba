import { describe, expect, it } from '@jest/globals';
import { generateHistory } from './generate.js';

const shape = { events: 200, members: 4, replicas: 2 };

describe('a generated history', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(generateHistory(7, shape)).toEqual(generateHistory(7, shape));
    expect(generateHistory(7, shape)).not.toEqual(generateHistory(8, shape));
  });

  it('has everything in it that can happen, over a few seeds', () => {
    const seen = new Set([1, 2, 3, 4, 5].flatMap((seed) => generateHistory(seed, shape).map(({ act }) => act.do)));
    expect([...seen].toSorted()).toEqual([
      'acknowledge',
      'aws-expire',
      'aws-fault',
      'aws-role-back',
      'aws-role-gone',
      'aws-tag-lag',
      'backup',
      'bring-crd',
      'drop-crd',
      'drop-policy',
      'drop-service',
      'drop-slice',
      'export',
      'hub-apart',
      'hub-continue',
      'hub-kill',
      'hub-leave',
      'hub-start',
      'hub-stop',
      'hub-together',
      'member-compact',
      'member-cut',
      'member-down',
      'member-fault',
      'member-heal',
      'member-silent',
      'pods',
      'policy',
      'recreate',
      'redis-cut',
      'redis-flush',
      'redis-full',
      'redis-kill',
      'redis-room',
      'redis-start',
      'rejoin',
      'restore',
      'scope',
      'unexport',
      'unuse',
      'use',
    ]);
  });

  it('ends whatever it began', () => {
    const history = generateHistory(3, shape).map(({ act }) => act.do);
    const count = (what: string) => history.filter((done) => done === what).length;
    expect(count('aws-role-gone')).toBe(count('aws-role-back'));
    expect(count('redis-kill')).toBe(count('redis-start'));
    expect(count('backup')).toBe(count('restore'));
    expect(count('hub-stop')).toBe(count('hub-continue'));
  });
});
