import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TargetGroupKey } from '@hub/model';
import { AwaitedPolicies } from './awaited-policies.js';

const shop = (cluster: string): TargetGroupKey => ({ cluster, namespace: 'default', name: 'shop', slot: '80' });

describe('requests that wait for the policies of a member', () => {
  let awaited: AwaitedPolicies;

  beforeEach(() => {
    awaited = new AwaitedPolicies();
    awaited.note(shop('a'), 'z');
    awaited.note(shop('b'), 'z');
  });

  it('are those of all clusters, each once', () => {
    awaited.note(shop('a'), 'z');
    expect(awaited.of('z')).toEqual([shop('a'), shop('b')]);
    expect(awaited.of('a')).toEqual([]);
  });

  it('wait no more when they were looked at and had nothing to wait for', () => {
    awaited.note(shop('a'), undefined);
    expect(awaited.of('z')).toEqual([shop('b')]);
  });

  it('wait for one member at a time', () => {
    awaited.note(shop('a'), 'y');
    expect([awaited.of('z'), awaited.of('y')]).toEqual([[shop('b')], [shop('a')]]);
  });

  it('are forgotten with their cluster', () => {
    awaited.forget('b');
    expect(awaited.of('z')).toEqual([shop('a')]);
  });
});
