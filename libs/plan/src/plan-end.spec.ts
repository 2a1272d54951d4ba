import { describe, expect, it } from '@jest/globals';
import type { Evidence, ObservedTargetGroup } from '@hub/model';
import { planTargetGroup, type TargetGroupFacts } from './plan-target-group.js';
import {
  absent,
  aGroup,
  anExport,
  confirmationMs,
  evidence,
  factsOf,
  now,
  registered,
  stepsOf,
  unread,
  used,
  withheldOf,
} from './testing/facts.spec-builders.js';

/** The plan for an export that is gone. */
function ended(known: Evidence, observed: readonly ObservedTargetGroup[], facts: Partial<TargetGroupFacts> = {}) {
  return planTargetGroup(factsOf(anExport(), { export: absent(known, '10.0.0.1', '10.0.0.2'), observed, ...facts }));
}

describe('an export that is gone', () => {
  it.each<{ known: keyof typeof evidence; steps: readonly string[]; withheld: readonly string[] }>([
    { known: 'event', steps: ['deregister 10.0.0.1 10.0.0.2', 'delete ended'], withheld: [] },
    { known: 'twoLists', steps: ['deregister 10.0.0.1 10.0.0.2', 'delete ended'], withheld: [] },
    { known: 'oneList', steps: [], withheld: ['delete ended: Unconfirmed'] },
    { known: 'twoListsTooClose', steps: [], withheld: ['delete ended: Unconfirmed'] },
  ])('by $known: $steps', ({ known, steps, withheld }) => {
    const plan = ended(evidence[known], [aGroup()]);
    expect(stepsOf(plan)).toEqual(steps);
    expect(withheldOf(plan)).toEqual(withheld);
  });

  it('asks for nothing when nothing is left of it', () => {
    expect(ended(evidence.event, [])).toEqual({ steps: [], withheld: [], toRead: [] });
  });

  it.each<{ state: string; group: ObservedTargetGroup }>([
    { state: 'long ago', group: aGroup({ readAtMs: now - 6 }) },
    { state: 'never by itself', group: unread(aGroup()) },
  ])('has a group read again that was read $state, and nothing else', ({ group }) => {
    expect(ended(evidence.event, [group])).toMatchObject({ steps: [], withheld: [], toRead: [group.arn] });
  });

  it('does not have a group read that will not go', () => {
    expect(ended(evidence.oneList, [unread(aGroup())]).toRead).toEqual([]);
  });

  it.each<{ status: ObservedTargetGroup['status']; again: number | undefined; steps: readonly string[] }>([
    { status: 'CREATE_IN_PROGRESS', again: 400, steps: [] },
    { status: 'DELETE_IN_PROGRESS', again: 400, steps: [] },
    { status: 'CREATE_FAILED', again: undefined, steps: ['delete ended'] },
    { status: 'DELETE_FAILED', again: undefined, steps: ['delete ended'] },
  ])('with a group that is $status: $steps', ({ status, again, steps }) => {
    const plan = ended(evidence.event, [aGroup({ status, targets: [] })]);
    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.againAfterMs).toBe(again);
  });

  it('waits for targets that drain, and takes nothing out meanwhile', () => {
    const group = aGroup({ targets: [...registered('10.0.0.1'), { ip: '10.0.0.2', port: 8080, status: 'DRAINING' }] });
    expect(ended(evidence.event, [group])).toMatchObject({ steps: [], againAfterMs: 10_000, waiting: { reason: 'Draining' } });
  });

  it('does not take away, and does not empty, a group in use; but its dead pods go', () => {
    const plan = ended(evidence.event, [aGroup({ ...used, targets: registered('10.0.0.1', '10.0.0.9') })]);
    expect(stepsOf(plan)).toEqual(['deregister 10.0.0.9']);
    expect(withheldOf(plan)).toEqual(['delete ended: InUse']);
  });

  it('lets the last dead pod of a group in use go, once it is known for sure', () => {
    const gone = (known: Evidence) =>
      ({
        kind: 'absent',
        evidence: evidence.event,
        endpoints: { kind: 'atMost', addresses: new Set<string>(), emptiness: known },
      }) as const;
    const observed = [aGroup({ ...used, targets: registered('10.0.0.1') })];
    expect(withheldOf(ended(evidence.event, observed, { export: gone(evidence.oneList) }))).toEqual([
      'delete ended: InUse',
      'deregister 10.0.0.1: Unconfirmed',
    ]);
    expect(stepsOf(ended(evidence.event, observed, { export: gone(evidence.twoLists) }))).toEqual(['deregister 10.0.0.1']);
  });

  it('leaves the targets of a group alone whose deletion is held back', () => {
    expect(stepsOf(ended(evidence.event, [aGroup()], { deletionsLeft: 0 }))).toEqual([]);
  });

  it('takes old and new group of a replacement, within the budget; a group that may not go is not emptied either', () => {
    const other = { ...aGroup(), name: 'k8s-shop-web-zzzzzzzzzz', arn: 'arn:of:other' };
    const plan = ended(evidence.event, [aGroup(), other], { deletionsLeft: 1 });
    expect(stepsOf(plan)).toEqual(['deregister 10.0.0.1 10.0.0.2', 'delete ended']);
    expect(plan.steps.every((step) => step.group === aGroup().name)).toBe(true);
    expect(withheldOf(plan)).toEqual(['delete ended: DeletionBudget']);
    expect(stepsOf(ended(evidence.event, [aGroup(), other], { deletionsLeft: 2 }))).toHaveLength(4);
  });

  it('does not spend the budget on a group that stays anyway', () => {
    const other = { ...aGroup({ ...used }), name: 'k8s-shop-web-zzzzzzzzzz', arn: 'arn:of:other' };
    const plan = ended(evidence.event, [other, aGroup()], { deletionsLeft: 1 });
    expect(stepsOf(plan)).toEqual(['deregister 10.0.0.1 10.0.0.2', 'delete ended']);
  });

  it('tries again, without budget, what was paid for already', () => {
    const paid = new Set([aGroup().arn]);
    expect(stepsOf(ended(evidence.event, [aGroup()], { deletionsLeft: 0, paid }))).toHaveLength(2);
  });

  it('takes what a person has acknowledged without budget', () => {
    const acknowledged = new Set([aGroup().arn]);
    expect(stepsOf(ended(evidence.event, [aGroup()], { deletionsLeft: 0, acknowledged }))).toHaveLength(2);
  });
});

describe('a port that is not exported any more', () => {
  it('is read off the export itself, so that its group goes at once', () => {
    const facts = factsOf(anExport().ofPort(81), {
      observed: [aGroup()],
      key: { cluster: 'a', namespace: 'shop', name: 'web', slot: '80' },
    });
    expect(stepsOf(planTargetGroup(facts))).toEqual(['deregister 10.0.0.1 10.0.0.2', 'delete ended']);
  });

  it('keeps its group while a service uses it, and the targets of that current', () => {
    const observed = [aGroup({ ...used, targets: registered('10.0.0.1', '10.0.0.9') })];
    const facts = factsOf(anExport().ofPort(81), { observed, key: { cluster: 'a', namespace: 'shop', name: 'web', slot: '80' } });
    expect(stepsOf(planTargetGroup(facts))).toEqual(['deregister 10.0.0.9']);
  });
});

describe('nothing', () => {
  it('is concluded from two LISTs that are the longest time apart but in the wrong order', () => {
    const backwards: Evidence = { by: 'lists', firstMs: now, lastMs: now - 2 * confirmationMs };
    expect(ended(backwards, [aGroup()]).steps).toEqual([]);
  });
});
