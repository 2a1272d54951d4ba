import { describe, expect, it } from '@jest/globals';
import { hubTags, upstreamTags } from '@hub/api';
import type { EffectivePolicy, ObservedTargetGroup } from '@hub/model';
import { planTargetGroup } from './plan-target-group.js';
import {
  aGroup,
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

const healthz: EffectivePolicy = aPolicy()
  .named('healthz')
  .asking({ healthCheck: { path: '/healthz' } })
  .inForce();

function withoutTargets(group: ObservedTargetGroup): ObservedTargetGroup {
  const { targets: _targets, ...rest } = group;
  return rest;
}

describe('an export whose group is not there yet', () => {
  it('gets one, and the hub looks again while AWS makes it', () => {
    const plan = planTargetGroup(factsOf());
    expect(stepsOf(plan)).toEqual(['create']);
    expect(plan).toMatchObject({ againAfterMs: 400, waiting: { reason: 'Creating' }, desired: { group: aGroup().name } });
  });

  it.each([
    { because: 'the Service is missing', reason: 'NoService', exported: anExport().withoutService() },
    {
      because: 'the Service has two IP families',
      reason: 'NotSingleStack',
      exported: anExport()
        .withDesired(atMost('10.0.0.1'))
        .with({ ipFamily: undefined, problems: [{ reason: 'NotSingleStack', message: 'it has two families' }] }),
    },
    {
      because: 'the port is no port of the Service',
      reason: 'InvalidPort',
      exported: anExport()
        .withDesired(atMost('10.0.0.1'))
        .with({ problems: [{ reason: 'InvalidPort', message: '80 is not a TCP port of Service shop/web' }] }),
    },
  ])('gets none when $because, and says so', ({ reason, exported }) => {
    const plan = planTargetGroup(factsOf(exported));
    expect(stepsOf(plan)).toEqual([]);
    expect(plan.waiting).toMatchObject({ reason });
  });

  it('gets one without targets when the Service has none', () => {
    expect(stepsOf(planTargetGroup(factsOf(anExport().withTargets())))).toEqual(['create']);
  });

  it.each([
    { policy: unknownPolicy, reason: 'PolicyUnknown' },
    { policy: aPolicy().edited().invalid().inForce(), reason: 'PolicyInvalid' },
  ])('waits for its policy: $reason', ({ policy, reason }) => {
    const plan = planTargetGroup(factsOf(anExport(), { policy }));
    expect(stepsOf(plan)).toEqual([]);
    expect(plan.waiting).toMatchObject({ reason });
  });

  it.each([{ policy: unknownPolicy }, { policy: aPolicy().edited().invalid().inForce() }])(
    'gets one like a sibling of the same policy, where that policy is $policy.kind',
    ({ policy }) => {
      const strict = aPolicy().asking({ protocol: 'HTTPS', healthCheck: { path: '/deep' } });
      const sibling = groupFor(factsOf(anExport(), { policy: strict.inForce() }), { arn: 'arn:of:sibling' });
      const plan = planTargetGroup(factsOf(anExport(), { policy, sibling }));
      expect(plan.steps).toMatchObject([
        { kind: 'create', spec: { protocol: 'HTTPS', healthCheck: { path: '/deep' }, tags: { [hubTags.policy]: 'a/uid' } } },
      ]);
    },
  );
});

describe('a group on its way', () => {
  it.each<{ status: ObservedTargetGroup['status']; reason: string }>([
    { status: 'CREATE_IN_PROGRESS', reason: 'Creating' },
    { status: 'DELETE_IN_PROGRESS', reason: 'Deleting' },
  ])('that is $status is left alone, read again and looked at soon', ({ status, reason }) => {
    const group = { ...aGroup(), status, readAtMs: now - 1000, targets: [] };
    const plan = planTargetGroup(factsOf(anExport(), { observed: [group] }));
    expect(plan).toMatchObject({ steps: [], withheld: [], toRead: [group.arn], againAfterMs: 400, waiting: { reason } });
    expect(planTargetGroup(factsOf(anExport(), { observed: [{ ...group, readAtMs: now }] })).toRead).toEqual([]);
  });

  it('that could not be made is cleared away first, with the words of AWS', () => {
    const group = aGroup({ status: 'CREATE_FAILED', failure: 'QuotaExceeded: no more' });
    const plan = planTargetGroup(factsOf(anExport(), { observed: [group], deletionsLeft: 0 }));
    expect(stepsOf(plan)).toEqual(['delete createFailed']);
    expect(plan).toMatchObject({ againAfterMs: 400, waiting: { reason: 'CreateFailed', message: 'QuotaExceeded: no more' } });
  });

  it('that could not be deleted is one that can be used', () => {
    expect(stepsOf(planTargetGroup(factsOf(anExport(), { observed: [aGroup({ status: 'DELETE_FAILED', targets: [] })] })))).toEqual([
      'register 10.0.0.1 10.0.0.2',
    ]);
  });
});

describe('an active group', () => {
  it('that is as it must be needs nothing', () => {
    expect(planTargetGroup(factsOf(anExport(), { observed: [aGroup()] }))).toEqual({
      steps: [],
      withheld: [],
      toRead: [],
      desired: expect.objectContaining({ group: aGroup().name }),
    });
  });

  it.each([{ group: unread(aGroup()) }, { group: withoutTargets(aGroup()) }])(
    'that was not read by itself is read, and nothing is said before',
    ({ group }) => {
      expect(planTargetGroup(factsOf(anExport(), { observed: [group] }))).toMatchObject({ steps: [], withheld: [], toRead: [group.arn] });
    },
  );

  it('gets the health check of its policy, in place', () => {
    const plan = planTargetGroup(factsOf(anExport(), { policy: healthz, observed: [aGroup()] }));
    expect(plan.steps).toMatchObject([
      { kind: 'update', arn: aGroup().arn, healthCheck: { path: '/healthz', intervalSeconds: 30 } },
      { kind: 'tag', tags: { [hubTags.policy]: 'a/healthz-uid' } },
    ]);
  });

  it('goes back to the default health check when its policy is gone', () => {
    const group = groupFor(factsOf(anExport(), { policy: healthz }));
    const plan = planTargetGroup(factsOf(anExport(), { observed: [group] }));
    expect(plan.steps).toMatchObject([
      { kind: 'update', healthCheck: { path: '/' } },
      { kind: 'tag', tags: { [hubTags.policy]: '' } },
    ]);
  });

  it.each([{ policy: unknownPolicy }, { policy: aPolicy().edited().invalid().inForce() }])(
    'keeps the health check and the trace that it has when its policy is $policy.kind',
    ({ policy }) => {
      const group = groupFor(factsOf(anExport(), { policy: healthz }));
      expect(planTargetGroup(factsOf(anExport(), { policy, observed: [group] })).steps).toEqual([]);
    },
  );

  it('gets back the tags that were taken off or changed, and keeps foreign ones', () => {
    const { [hubTags.service]: _, ...others } = aGroup().tags;
    const tags = { ...others, [upstreamTags.serviceName]: 'stolen', 'cost-center': '42' };
    const plan = planTargetGroup(factsOf(anExport(), { observed: [aGroup({ tags })] }));
    expect(plan.steps).toEqual([
      {
        kind: 'tag',
        group: aGroup().name,
        arn: aGroup().arn,
        tags: { [hubTags.service]: 'web', [upstreamTags.serviceName]: 'web' },
      },
    ]);
  });

  it('gets the tags that the annotation adds, and loses none when the annotation is gone', () => {
    const tagged = anExport().with({ tags: { team: 'red' } });
    expect(stepsOf(planTargetGroup(factsOf(tagged, { observed: [aGroup()] })))).toEqual(['tag team']);
    expect(planTargetGroup(factsOf(anExport(), { observed: [groupFor(factsOf(tagged))] })).steps).toEqual([]);
  });

  it('gets the endpoints that came and loses those that went, down to the last', () => {
    const observed = [aGroup({ targets: registered('10.0.0.1', '10.0.0.9') })];
    expect(stepsOf(planTargetGroup(factsOf(anExport(), { observed })))).toEqual(['register 10.0.0.2', 'deregister 10.0.0.9']);
    expect(stepsOf(planTargetGroup(factsOf(anExport().withTargets(), { observed })))).toEqual(['deregister 10.0.0.1 10.0.0.9']);
  });

  it('is emptied though a service uses it, when the cluster says that nothing is left', () => {
    const observed = [aGroup({ ...used, targets: registered('10.0.0.1') })];
    expect(stepsOf(planTargetGroup(factsOf(anExport().withTargets(), { observed })))).toEqual(['deregister 10.0.0.1']);
  });

  it('is not emptied by one LIST', () => {
    const facts = factsOf(anExport().withoutTargets(evidence.oneList), { observed: [aGroup({ targets: registered('10.0.0.1') })] });
    const plan = planTargetGroup(facts);
    expect(stepsOf(plan)).toEqual([]);
    expect(withheldOf(plan)).toEqual(['deregister 10.0.0.1: Unconfirmed']);
    expect(stepsOf(planTargetGroup({ ...facts, export: factsOf(anExport().withoutTargets(evidence.twoLists)).export }))).toEqual([
      'deregister 10.0.0.1',
    ]);
  });
});

describe('an export that asks for nothing that can be had', () => {
  const invalid = anExport().with({
    slots: undefined,
    problems: [{ reason: 'InvalidPort', message: '"x" is not a TCP port of Service shop/web' }],
  });

  it('by its annotation alone leaves its group as it is, and says so', () => {
    const plan = planTargetGroup(factsOf(invalid, { observed: [aGroup()] }));
    expect(plan).toMatchObject({ steps: [], withheld: [], waiting: { reason: 'InvalidPort' } });
  });

  it('by its annotation alone gets no group', () => {
    expect(planTargetGroup(factsOf(invalid)).steps).toEqual([]);
  });

  it('still has its health check kept as the policy says, and loses the pods that are dead', () => {
    const observed = [aGroup({ targets: registered('10.0.0.1', '10.0.0.9') })];
    expect(stepsOf(planTargetGroup(factsOf(invalid, { observed, policy: healthz })))).toEqual([
      'update',
      `tag ${hubTags.policy}`,
      'deregister 10.0.0.9',
    ]);
  });

  it('because the Service is missing keeps its group, and loses the pods that are dead', () => {
    const exported = anExport().withoutService('10.0.0.1');
    const plan = planTargetGroup(factsOf(exported, { observed: [aGroup({ ...used, targets: registered('10.0.0.1', '10.0.0.2') })] }));
    expect(stepsOf(plan)).toEqual(['deregister 10.0.0.2']);
    expect(withheldOf(plan)).toEqual([]);
  });

  it('because the Service has two IP families now keeps its group of one', () => {
    const exported = anExport().withDesired(atMost('10.0.0.1', '10.0.0.2')).with({ ipFamily: undefined });
    expect(planTargetGroup(factsOf(exported, { observed: [aGroup()] })).steps).toEqual([]);
  });
});

describe('what is wanted, as one text', () => {
  const text = (exported = anExport(), policy: EffectivePolicy = { kind: 'none' }) =>
    planTargetGroup(factsOf(exported, { policy, observed: [aGroup()] })).desired?.text;

  it('is the same for the same endpoints in another order', () => {
    expect(text(anExport().withTargets('10.0.0.2', '10.0.0.1'))).toBe(text(anExport().withTargets('10.0.0.1', '10.0.0.2')));
  });

  it('is another for other endpoints and for another health check', () => {
    expect(text(anExport().withTargets('10.0.0.1'))).not.toBe(text());
    expect(text(anExport(), healthz)).not.toBe(text());
  });
});
