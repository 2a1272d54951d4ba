import { describe, expect, it } from '@jest/globals';
import { hubTags } from '@hub/api';
import type { EffectivePolicy, ObservedTargetGroup } from '@hub/model';
import { planTargetGroup, type TargetGroupFacts } from './plan-target-group.js';
import {
  anExport,
  aPolicy,
  atMost,
  evidence,
  factsOf,
  groupFor,
  now,
  registered,
  stepsOf,
  unknownPolicy,
  unread,
  used,
  withheldOf,
} from './testing/facts.spec-builders.js';

// shop/web was HTTP/HTTP1 without a policy, and is to be HTTP/HTTP2 by a policy from now on.
const http2: EffectivePolicy = aPolicy().named('http2').asking({ protocolVersion: 'HTTP2' }).inForce();
const before = factsOf();
const after = factsOf(anExport(), { policy: http2 });

function oldGroup(fields: Partial<ObservedTargetGroup> = {}): ObservedTargetGroup {
  return groupFor(before, { arn: 'arn:of:old', ...fields });
}

function newGroup(fields: Partial<ObservedTargetGroup> = {}): ObservedTargetGroup {
  return groupFor(after, { arn: 'arn:of:new', ...fields });
}

function plan(observed: readonly ObservedTargetGroup[], facts: Partial<TargetGroupFacts> = {}) {
  return planTargetGroup({ ...after, observed, ...facts });
}

/** The steps with the group that they are taken on. */
function told(observed: readonly ObservedTargetGroup[], facts: Partial<TargetGroupFacts> = {}): readonly string[] {
  const made = plan(observed, facts);
  return stepsOf(made).map((words, i) => `${made.steps[i]?.group === oldGroup().name ? 'old' : 'new'}: ${words}`);
}

describe('a change of what can not change', () => {
  it('gives another name, so that old and new can stand side by side', () => {
    expect(newGroup().name).not.toBe(oldGroup().name);
  });

  it.each<{ state: string; observed: readonly ObservedTargetGroup[]; steps: readonly string[] }>([
    { state: 'before anything happened', observed: [oldGroup()], steps: ['new: create'] },
    { state: 'while the new one is made', observed: [oldGroup(), newGroup({ status: 'CREATE_IN_PROGRESS', targets: [] })], steps: [] },
    { state: 'when the new one is there', observed: [oldGroup(), newGroup({ targets: [] })], steps: ['new: register 10.0.0.1 10.0.0.2'] },
    {
      state: 'when the new one is half filled',
      observed: [oldGroup(), newGroup({ targets: registered('10.0.0.1') })],
      steps: ['new: register 10.0.0.2'],
    },
    {
      state: 'when the new one is filled',
      observed: [oldGroup(), newGroup()],
      steps: ['old: deregister 10.0.0.1 10.0.0.2', 'old: delete replaced'],
    },
    { state: 'when the old one is empty', observed: [oldGroup({ targets: [] }), newGroup()], steps: ['old: delete replaced'] },
    { state: 'when the old one is being deleted', observed: [oldGroup({ status: 'DELETE_IN_PROGRESS' }), newGroup()], steps: [] },
    { state: 'in the end', observed: [newGroup()], steps: [] },
  ])('does, $state: $steps', ({ observed, steps }) => {
    expect(told(observed)).toEqual(steps);
    expect(told(observed.toReversed())).toEqual(steps);
  });

  it('keeps the old group as long as the new one could not be made', () => {
    expect(told([oldGroup(), newGroup({ status: 'CREATE_FAILED' })])).toEqual(['new: delete createFailed']);
  });

  it('keeps the targets of both current until the old one goes', () => {
    const observed = [oldGroup({ targets: registered('10.0.0.1', '10.0.0.9') }), newGroup({ targets: registered('10.0.0.9') })];
    expect(told(observed)).toEqual([
      'new: register 10.0.0.1 10.0.0.2',
      'new: deregister 10.0.0.9',
      'old: register 10.0.0.2',
      'old: deregister 10.0.0.9',
    ]);
  });

  it('keeps the targets of the old one current for as long as a service uses it', () => {
    const observed = [oldGroup({ ...used, targets: registered('10.0.0.1', '10.0.0.9') }), newGroup()];
    expect(told(observed)).toEqual(['old: register 10.0.0.2', 'old: deregister 10.0.0.9']);
    expect(withheldOf(plan(observed))).toEqual(['delete replaced: InUse']);
  });

  it('does not touch the health check and the trace of the old one', () => {
    const observed = [oldGroup({ ...used }), newGroup({ targets: [] })];
    expect(plan(observed).steps.filter((step) => step.kind === 'update' || step.kind === 'tag')).toEqual([]);
  });

  it('reads the old one again before it goes, since it may be in use by now', () => {
    const stale = oldGroup({ readAtMs: now - 60_000 });
    expect(plan([stale, newGroup()])).toMatchObject({ steps: [], toRead: ['arn:of:old'] });
  });

  it('waits for targets of the old one that drain', () => {
    const draining = oldGroup({ targets: [{ ip: '10.0.0.1', port: 8080, status: 'DRAINING' }] });
    expect(plan([draining, newGroup()])).toMatchObject({ steps: [], againAfterMs: 10_000, waiting: { reason: 'Draining' } });
  });

  it('lets the old one go when the Service has no endpoints at all', () => {
    const { export: without } = factsOf(anExport().withTargets());
    expect(told([oldGroup({ targets: [] }), newGroup({ targets: [] })], { export: without })).toEqual(['old: delete replaced']);
  });

  it('counts a deletion against the budget', () => {
    expect(withheldOf(plan([oldGroup(), newGroup()], { deletionsLeft: 0 }))).toEqual(['delete replaced: DeletionBudget']);
    expect(told([oldGroup(), newGroup()], { deletionsLeft: 0 })).toEqual([]);
  });
});

describe('a change of the IP family, the port or the cluster', () => {
  it('makes another group for a Service that is IPv6 now', () => {
    const made = planTargetGroup({ ...factsOf(anExport().with({ ipFamily: 'IPV6' })), observed: [oldGroup()] });
    expect(made.steps).toMatchObject([{ kind: 'create', spec: { ipFamily: 'IPV6' } }]);
  });
});

describe('a replacement under way whose policy can not be followed any more', () => {
  it.each([
    { policy: unknownPolicy, because: 'it stands in a cluster that was never read' },
    { policy: aPolicy().named('http2').edited().invalid().inForce(), because: 'it was edited into something invalid' },
  ])('takes neither the old group nor the new one away: $because', ({ policy }) => {
    for (const observed of [
      [oldGroup(), newGroup()],
      [oldGroup({ ...used }), newGroup()],
      [oldGroup(), newGroup({ ...used })],
    ]) {
      expect(told(observed, { policy })).toEqual([]);
      expect(withheldOf(plan(observed, { policy }))).toEqual([]);
    }
  });

  it('keeps both as they are, and their targets current', () => {
    const observed = [oldGroup({ ...used, targets: registered('10.0.0.1') }), newGroup({ targets: registered('10.0.0.2') })];
    expect(told(observed, { policy: unknownPolicy })).toEqual(['old: register 10.0.0.2', 'new: register 10.0.0.1']);
  });

  it('goes by the group that a service uses', () => {
    const observed = [oldGroup(), newGroup({ ...used })];
    expect(plan(observed, { policy: unknownPolicy }).desired?.group).toBe(newGroup().name);
  });

  it('reads the groups first where none was read by itself', () => {
    expect(plan([unread(oldGroup()), unread(newGroup())], { policy: unknownPolicy })).toMatchObject({
      steps: [],
      toRead: ['arn:of:old', 'arn:of:new'],
      waiting: { reason: 'PolicyUnknown' },
    });
  });
});

describe('a replacement that is undone half way', () => {
  it('lets the new group go again, since the old one is what is wanted', () => {
    const observed = [oldGroup(), newGroup()];
    expect(stepsOf(planTargetGroup({ ...before, observed }))).toEqual(['deregister 10.0.0.1 10.0.0.2', 'delete replaced']);
    expect(planTargetGroup({ ...before, observed }).steps.every((step) => step.group === newGroup().name)).toBe(true);
  });

  it('has the trace of what is wanted now on the old group', () => {
    const strict = aPolicy().named('strict').inForce();
    const made = planTargetGroup({ ...before, policy: strict, observed: [oldGroup()] });
    expect(made.steps).toMatchObject([{ kind: 'tag', tags: { [hubTags.policy]: 'a/strict-uid' } }]);
  });
});

describe('a replacement while the Service is missing', () => {
  it('makes no new group, and keeps the old one', () => {
    const facts = factsOf(anExport().withoutService('10.0.0.1', '10.0.0.2'), { policy: http2, observed: [oldGroup()] });
    const made = planTargetGroup(facts);
    expect(stepsOf(made)).toEqual([]);
    expect(made.waiting).toMatchObject({ reason: 'NoService' });
  });

  it('keeps the old group while the new one has nothing to be filled with', () => {
    const exported = anExport().withDesired(atMost('10.0.0.1', '10.0.0.2')).with({ ipFamily: 'IPV4' });
    const observed = [oldGroup(), newGroup({ targets: [] })];
    expect(stepsOf(planTargetGroup(factsOf(exported, { policy: http2, observed })))).toEqual([]);
  });

  it('keeps the old group while it is not known for sure that there are no endpoints', () => {
    const exported = anExport().withoutTargets(evidence.oneList);
    const observed = [oldGroup(), newGroup({ targets: [] })];
    const made = planTargetGroup(factsOf(exported, { policy: http2, observed }));
    expect(made.steps).toEqual([]);
  });
});
