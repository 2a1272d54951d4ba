import { describe, expect, it } from '@jest/globals';
import { replicaFor } from './assign-clusters.js';

const clusters = Array.from({ length: 600 }, (_, i) => `cluster-${i}`);

function shares(replicas: readonly string[]): ReadonlyMap<string, string> {
  return new Map(clusters.map((cluster) => [cluster, replicaFor(cluster, replicas) ?? 'nobody']));
}

/** The clusters whose replica is not the same. */
function moved(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return clusters.filter((cluster) => before.get(cluster) !== after.get(cluster));
}

describe('which replica holds a cluster', () => {
  it('is nobody where there is no replica, and the only one where there is one', () => {
    expect(replicaFor('a', [])).toBeUndefined();
    expect(replicaFor('a', ['r'])).toBe('r');
  });

  it('does not depend on the order in which the replicas are seen', () => {
    expect(shares(['r3', 'r1', 'r2'])).toEqual(shares(['r1', 'r2', 'r3']));
  });

  it('gives each replica its share', () => {
    const counts = Map.groupBy(shares(['r1', 'r2', 'r3']).values(), (replica) => replica);
    for (const replica of ['r1', 'r2', 'r3']) expect(counts.get(replica)?.length).toBeGreaterThan(clusters.length / 5);
  });

  it('moves only the share of a replica that leaves', () => {
    const before = shares(['r1', 'r2', 'r3']);
    const after = shares(['r1', 'r3']);
    expect(moved(before, after)).toEqual(clusters.filter((cluster) => before.get(cluster) === 'r2'));
  });

  it('moves to a replica that joins, and nowhere else', () => {
    const before = shares(['r1', 'r2']);
    const after = shares(['r1', 'r2', 'r3']);
    expect(
      moved(before, after)
        .map((cluster) => after.get(cluster))
        .every((replica) => replica === 'r3'),
    ).toBe(true);
    expect(moved(before, after).length).toBeGreaterThan(0);
  });
});
