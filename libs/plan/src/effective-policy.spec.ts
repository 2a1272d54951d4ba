import { describe, expect, it } from '@jest/globals';
import type { EffectivePolicy, Policy, PolicyScope } from '@hub/model';
import { effectivePolicy, traceOf, type PolicyQuestion } from './effective-policy.js';
import { aPolicy, type PolicyBuilder } from './testing/facts.spec-builders.js';

interface Known {
  readonly question?: Partial<PolicyQuestion>;
  readonly scopes?: Readonly<Record<string, PolicyScope>>;
  /** Members of whose policies nothing is known. */
  readonly unread?: readonly string[];
}

/** What holds for the export web, which is there for the Service web, in the cluster a. */
function effective(policies: readonly PolicyBuilder[], { question, scopes = {}, unread = [] }: Known = {}): EffectivePolicy {
  return effectivePolicy(
    { cluster: 'a', name: 'web', service: 'web', traces: [], ...question },
    {
      candidates: policies.map((policy) => policy.build()),
      scopeOf: (cluster) => scopes[cluster] ?? 'Fleet',
      isUnread: (cluster) => unread.includes(cluster),
    },
  );
}

/** The name of the policy that holds, or what holds instead. */
function winner(policies: readonly PolicyBuilder[], known: Known = {}): string {
  const found = effective(policies, known);
  return found.kind === 'policy' ? found.policy.name : found.kind;
}

function trace(policy: PolicyBuilder): { readonly question: { readonly traces: readonly string[] } } {
  return { question: { traces: [traceOf(policy.build())] } };
}

describe('the order of policies', () => {
  it.each<{ because: string; first: PolicyBuilder; second: PolicyBuilder }>([
    {
      because: 'one in the hub cluster beats one in a member, however old and however near that is',
      first: aPolicy().named('first').inHub().onService('web').createdAt(9000),
      second: aPolicy().named('second').onExport('web').createdAt(1),
    },
    {
      because: 'one on the export beats one on its Service, however old that is',
      first: aPolicy().named('first').onExport('web').createdAt(9000),
      second: aPolicy().named('second').onService('web').createdAt(1),
    },
    {
      because: 'in the hub cluster too, one on the export beats one on its Service',
      first: aPolicy().named('first').inHub().onExport('web').createdAt(9000),
      second: aPolicy().named('second').inHub().onService('web').createdAt(1),
    },
    {
      because: 'the oldest wins, wherever it stands',
      first: aPolicy().named('first').inCluster('z').createdAt(1),
      second: aPolicy().named('second').inCluster('a').createdAt(2),
    },
    {
      because: 'of two of the same second, the first by name',
      first: aPolicy().named('alpha').inCluster('z'),
      second: aPolicy().named('beta').inCluster('a'),
    },
    {
      because: 'names are compared by their characters, not by a language',
      first: aPolicy().named('B').inCluster('z'),
      second: aPolicy().named('a').inCluster('a'),
    },
  ])('$because', ({ first, second }) => {
    const name = first.build().name;
    expect(winner([first, second])).toBe(name);
    expect(winner([second, first])).toBe(name);
  });

  it('comes down to the name of the cluster where all else is the same', () => {
    const policies = [aPolicy().inCluster('c'), aPolicy().inCluster('b'), aPolicy().inCluster('d')];
    expect(effective(policies)).toMatchObject({ policy: { origin: { cluster: 'b' } } });
    expect(effective(policies.toReversed())).toMatchObject({ policy: { origin: { cluster: 'b' } } });
  });

  it('lets the winner count whole: what it leaves out is not filled from the next', () => {
    const terse = aPolicy()
      .named('terse')
      .createdAt(1)
      .asking({ healthCheck: { path: '/a' } });
    const rich = aPolicy().named('rich').createdAt(2).asking({ protocol: 'HTTPS' });
    expect(effective([terse, rich])).toMatchObject({ settings: { healthCheck: { path: '/a' } } });
    expect(effective([terse, rich])).not.toMatchObject({ settings: { protocol: 'HTTPS' } });
  });

  it('promotes the next one at once when the winner is gone', () => {
    const first = aPolicy().named('first').createdAt(1);
    const second = aPolicy().named('second').createdAt(2);
    expect(winner([first, second])).toBe('first');
    expect(winner([second], trace(first))).toBe('second');
    expect(winner([], trace(first))).toBe('none');
  });
});

describe('what a policy is about', () => {
  it.each([
    { policy: aPolicy().onExport('web'), about: 'the export', holds: 'policy' },
    { policy: aPolicy().onExport('other'), about: 'another export', holds: 'none' },
    { policy: aPolicy().onService('web'), about: 'its Service', holds: 'policy' },
    { policy: aPolicy().onService('other'), about: 'another Service', holds: 'none' },
    { policy: aPolicy().with({ target: undefined }), about: 'nothing', holds: 'none' },
  ])('$about: $holds', ({ policy, holds }) => {
    expect(winner([policy])).toBe(holds);
  });

  it('is the Service behind the export, not the Service of the name of the export', () => {
    const question = { service: 'backend' };
    expect(winner([aPolicy().onService('backend')], { question })).toBe('policy');
    expect(winner([aPolicy().onService('web')], { question })).toBe('none');
  });

  it('is unknown while the Service behind the export is, and one that could be about it would win', () => {
    const question = { service: undefined };
    const maybe = aPolicy().named('maybe').onService('any');
    expect(winner([maybe], { question })).toBe('unknown');
    expect(winner([maybe.createdAt(1), aPolicy().named('sure').createdAt(2)], { question })).toBe('sure');
    expect(winner([aPolicy().named('hub').inHub().onService('any'), aPolicy().named('sure')], { question })).toBe('unknown');
  });
});

describe('how far a policy reaches', () => {
  it.each<{ scope: PolicyScope; stands: string; holds: string }>([
    { scope: 'Fleet', stands: 'a', holds: 'policy' },
    { scope: 'Fleet', stands: 'b', holds: 'policy' },
    { scope: 'Own', stands: 'a', holds: 'policy' },
    { scope: 'Own', stands: 'b', holds: 'none' },
    { scope: 'Ignore', stands: 'a', holds: 'none' },
    { scope: 'Ignore', stands: 'b', holds: 'none' },
  ])('one of $stands with scope $scope, in the cluster a: $holds', ({ scope, stands, holds }) => {
    expect(winner([aPolicy().inCluster(stands)], { scopes: { [stands]: scope } })).toBe(holds);
  });

  it('is not asked of the hub cluster', () => {
    expect(winner([aPolicy().inHub()], { scopes: { '.hub': 'Ignore' } })).toBe('policy');
  });
});

describe('a policy that can not be followed', () => {
  const rival = aPolicy().named('rival').createdAt(9000);

  it('keeps its place when it was edited into what it is: nothing falls through to the next', () => {
    const broken = aPolicy().named('broken').edited().invalid('path');
    expect(effective([broken, rival])).toMatchObject({ kind: 'invalid', policy: { name: 'broken' }, message: 'path' });
  });

  it('never had a place when it was invalid from its first day', () => {
    expect(winner([aPolicy().named('broken').invalid(), rival])).toBe('rival');
    expect(winner([aPolicy().named('broken').invalid()])).toBe('none');
  });

  it('has the place that the trace of the group says, whatever its generation', () => {
    const broken = aPolicy().named('broken').invalid();
    expect(winner([broken, rival], trace(broken))).toBe('invalid');
  });

  it('in a member does not stand before one of the hub cluster', () => {
    expect(winner([aPolicy().named('broken').edited().invalid(), aPolicy().named('hub').inHub()])).toBe('hub');
  });
});

describe('a member of whose policies nothing is known', () => {
  const ofB = aPolicy().named('of-b').inCluster('b');
  const unread = ['b'];

  it.each<{ traces: readonly string[]; known: readonly PolicyBuilder[]; holds: string; because: string }>([
    { traces: ['b/of-b-uid'], known: [], holds: 'unknown', because: 'its policy was in force' },
    {
      traces: ['b/of-b-uid'],
      known: [aPolicy().named('own')],
      holds: 'unknown',
      because: 'one elsewhere may be younger than the one that was in force',
    },
    { traces: ['b/of-b-uid'], known: [aPolicy().named('hub').inHub()], holds: 'hub', because: 'the hub cluster beats it anyway' },
    {
      traces: ['a/own-uid'],
      known: [aPolicy().named('own')],
      holds: 'own',
      because: 'another one was in force, and one unread member blocks nobody',
    },
    { traces: ['a/gone-uid'], known: [], holds: 'none', because: 'the one in force was taken away in a member that was read' },
    { traces: [''], known: [], holds: 'none', because: 'none was in force' },
    { traces: [], known: [], holds: 'none', because: 'there is no group and no sibling to tell' },
    { traces: ['.hub/gone-uid'], known: [], holds: 'none', because: 'the hub cluster is always read' },
    { traces: ['no-slash-b'], known: [], holds: 'none', because: 'that is no trace' },
    {
      traces: ['a/gone-uid', 'b/of-b-uid'],
      known: [aPolicy().named('own')],
      holds: 'unknown',
      because: 'it made the new group of a replacement, whatever made the old one',
    },
  ])('with the traces $traces: $holds, because $because', ({ traces, known, holds }) => {
    expect(winner(known, { question: { traces }, unread })).toBe(holds);
  });

  it('is known again as soon as its policies are', () => {
    expect(winner([ofB], trace(ofB))).toBe('of-b');
  });

  it.each<{ scope: PolicyScope; holds: string }>([
    { scope: 'Fleet', holds: 'unknown' },
    { scope: 'Own', holds: 'none' },
    { scope: 'Ignore', holds: 'none' },
  ])('blocks a group of another cluster only as far as its policies reach: $scope gives $holds', ({ scope, holds }) => {
    expect(winner([], { question: { traces: ['b/of-b-uid'] }, unread, scopes: { b: scope } })).toBe(holds);
  });
});

describe('the trace of a policy', () => {
  it.each<[Policy, string]>([
    [aPolicy().named('p').inCluster('a').build(), 'a/p-uid'],
    [aPolicy().named('p').inHub().build(), '.hub/p-uid'],
  ])('names its cluster and its UID', (policy, expected) => {
    expect(traceOf(policy)).toBe(expected);
  });
});
