import { describe, expect, it } from '@jest/globals';
import type { DesiredTargets, ObservedTarget, Step } from '@hub/model';
import { hasEvery, targetSteps } from './target-steps.js';
import { aGroup, atMost, evidence, exactly, inWords, registered, targets } from './testing/facts.spec-builders.js';

/** So many addresses, from 10.x.0.1 on. */
function many(count: number, second = 0): readonly string[] {
  return Array.from({ length: count }, (_, i) => `10.${second}.${Math.floor(i / 250)}.${(i % 250) + 1}`);
}

function words(present: readonly ObservedTarget[], desired: DesiredTargets): readonly string[] {
  return targetSteps(aGroup({ targets: present }), desired).map(({ step }) => inWords(step));
}

describe('the calls from the targets that are there to those that must be', () => {
  it.each<{ present: readonly ObservedTarget[]; desired: DesiredTargets; calls: readonly string[]; because: string }>([
    { present: [], desired: exactly(), calls: [], because: 'nothing is there and nothing wanted' },
    { present: registered('10.0.0.1'), desired: exactly('10.0.0.1'), calls: [], because: 'all is there' },
    { present: [], desired: exactly('10.0.0.1'), calls: ['register 10.0.0.1'], because: 'one is missing' },
    { present: registered('10.0.0.1'), desired: exactly(), calls: ['deregister 10.0.0.1'], because: 'one is left over' },
    {
      present: registered('10.0.0.1', '10.0.0.2'),
      desired: exactly('10.0.0.2', '10.0.0.3'),
      calls: ['register 10.0.0.3', 'deregister 10.0.0.1'],
      because: 'one takes the place of another, and comes before that goes',
    },
    {
      present: [...registered('10.0.0.1'), { ip: '10.0.0.1', port: 9090, status: 'HEALTHY' }],
      desired: exactly('10.0.0.1'),
      calls: ['deregister 10.0.0.1'],
      because: 'a target is an address and a port',
    },
    {
      present: [{ ip: '10.0.0.1', port: 8080, status: 'DRAINING' }],
      desired: exactly('10.0.0.1'),
      calls: ['register 10.0.0.1'],
      because: 'one that drains counts as gone, and may come back',
    },
    {
      present: [{ ip: '10.0.0.1', port: 8080, status: 'DRAINING' }],
      desired: exactly(),
      calls: [],
      because: 'one that drains goes by itself',
    },
    {
      present: registered('10.0.0.1', '10.0.0.2'),
      desired: atMost('10.0.0.2', '10.0.0.3'),
      calls: ['deregister 10.0.0.1'],
      because: 'at most these means that none comes',
    },
    {
      present: [{ ip: '10.0.0.1', port: 9090, status: 'UNHEALTHY' }],
      desired: atMost('10.0.0.1'),
      calls: [],
      because: 'at most these is a matter of addresses, whatever their ports',
    },
    {
      present: [],
      desired: { kind: 'exact', targets: [...targets('10.0.0.1'), ...targets('10.0.0.1')], emptiness: evidence.event },
      calls: ['register 10.0.0.1'],
      because: 'one that is wanted twice is one',
    },
  ])('are $calls: $because', ({ present, desired, calls }) => {
    expect(words(present, desired)).toEqual(calls);
  });

  it.each<[ObservedTarget['status']]>([['HEALTHY'], ['UNHEALTHY'], ['UNUSED'], ['INITIAL'], ['UNAVAILABLE']])(
    'leave a target alone that is %s and wanted',
    (status) => {
      expect(words([{ ip: '10.0.0.1', port: 8080, status }], exactly('10.0.0.1'))).toEqual([]);
    },
  );

  it.each([
    { count: 100, calls: [100] },
    { count: 101, calls: [100, 1] },
    { count: 250, calls: [100, 100, 50] },
  ])('for $count targets are of $calls', ({ count, calls }) => {
    const sizes = (steps: readonly { readonly step: Step }[]) => steps.map(({ step }) => ('targets' in step ? step.targets.length : 0));
    expect(sizes(targetSteps(aGroup({ targets: [] }), exactly(...many(count))))).toEqual(calls);
    expect(sizes(targetSteps(aGroup({ targets: registered(...many(count)) }), exactly()))).toEqual(calls);
  });

  it('name every target once, over all calls', () => {
    const steps = targetSteps(aGroup({ targets: registered(...many(150, 1)) }), exactly(...many(250)));
    const named = (kind: Step['kind']) =>
      steps.flatMap(({ step }) => (step.kind === kind && 'targets' in step ? step.targets.map((t) => t.ip) : []));
    expect(named('register').toSorted()).toEqual(many(250).toSorted());
    expect(named('deregister').toSorted()).toEqual(many(150, 1).toSorted());
  });
});

describe('a group that would be emptied', () => {
  const emptiness = evidence.oneList;

  it.each<{ desired: DesiredTargets }>([
    { desired: { kind: 'exact', targets: [], emptiness } },
    { desired: { kind: 'atMost', addresses: new Set(), emptiness } },
  ])('shows how it is known that there is nothing ($desired.kind)', ({ desired }) => {
    const steps = targetSteps(aGroup({ targets: registered(...many(150)) }), desired);
    expect(steps.map((proposal) => proposal.evidence)).toEqual([emptiness, emptiness]);
  });

  it('is not one from which only some go', () => {
    const [step] = targetSteps(aGroup({ targets: registered('10.0.0.1', '10.0.0.2') }), {
      kind: 'atMost',
      addresses: new Set(['10.0.0.2']),
      emptiness,
    });
    expect(step).not.toHaveProperty('evidence');
  });

  it('is not one whose targets all give way to others', () => {
    const steps = targetSteps(aGroup({ targets: registered('10.0.0.1') }), { kind: 'exact', targets: targets('10.0.0.2'), emptiness });
    expect(steps.every((proposal) => proposal.evidence === undefined)).toBe(true);
  });

  it('is one whose last target goes while others still drain', () => {
    const present: readonly ObservedTarget[] = [...registered('10.0.0.1'), { ip: '10.0.0.2', port: 8080, status: 'DRAINING' }];
    const [step] = targetSteps(aGroup({ targets: present }), { kind: 'exact', targets: [], emptiness });
    expect(step?.evidence).toEqual(emptiness);
  });
});

describe('whether a group has every target', () => {
  it.each<{ present: readonly ObservedTarget[] | undefined; desired: DesiredTargets; has: boolean }>([
    { present: registered('10.0.0.1'), desired: exactly('10.0.0.1'), has: true },
    { present: registered('10.0.0.1', '10.0.0.9'), desired: exactly('10.0.0.1'), has: true },
    { present: [], desired: exactly('10.0.0.1'), has: false },
    { present: [{ ip: '10.0.0.1', port: 8080, status: 'DRAINING' }], desired: exactly('10.0.0.1'), has: false },
    { present: [], desired: exactly(), has: true },
    { present: [], desired: atMost('10.0.0.1'), has: true },
    { present: undefined, desired: exactly(), has: false },
    { present: undefined, desired: atMost(), has: false },
  ])('$present for $desired.kind: $has', ({ present, desired, has }) => {
    const { targets: _targets, ...group } = aGroup();
    expect(hasEvery({ ...group, ...(present && { targets: present }) }, desired)).toBe(has);
  });
});
