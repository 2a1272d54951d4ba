import { describe, expect, it } from '@jest/globals';
import type { Hold, MemberFacts, MemberState, Step } from '@hub/model';
import { aGroup, aMember, confirmationMs, evidence, inWords, now, targets } from './testing/facts.spec-builders.js';
import { withhold, type Proposal, type Restraints } from './withhold.js';

const group = aGroup().name;
const arn = aGroup().arn;
const steps = {
  create: { kind: 'create', group, spec: aGroup() as never },
  update: { kind: 'update', group, arn, healthCheck: { enabled: false } },
  tag: { kind: 'tag', group, arn, tags: { a: '1' } },
  register: { kind: 'register', group, arn, targets: targets('10.0.0.1') },
  deregister: { kind: 'deregister', group, arn, targets: targets('10.0.0.2') },
  clear: { kind: 'delete', group, arn, why: 'createFailed' },
  delete: { kind: 'delete', group, arn, why: 'ended' },
} as const satisfies Record<string, Step>;
type Name = keyof typeof steps;
const all = Object.keys(steps) as readonly Name[];
const takingAway: readonly Name[] = ['deregister', 'delete'];

function restrained(member: Partial<MemberFacts> = {}, others: Partial<Restraints> = {}): Restraints {
  return {
    nowMs: now,
    member: aMember(member),
    contested: false,
    confirmationMs,
    deletionsLeft: 10,
    acknowledged: new Set(),
    paid: new Set(),
    ...others,
  };
}

/** The reason for which one step alone is held back; undefined where it is not. */
function reason(name: Name, restraints: Restraints, proposal: Partial<Proposal> = {}): string | undefined {
  return withhold([{ step: steps[name], ...proposal }], restraints).withheld[0]?.reason;
}

/** What is held back of one of each. */
function heldBack(restraints: Restraints): Readonly<Record<string, string>> {
  return Object.fromEntries(
    all.flatMap((name) => {
      const why = reason(name, restraints);
      return why === undefined ? [] : [[name, why]];
    }),
  );
}

function each(names: readonly Name[], why: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, why]));
}

describe('what is held back', () => {
  it('is nothing for a Synced member with nothing against it', () => {
    expect(heldBack(restrained())).toEqual({});
  });

  it.each<{ state: MemberState }>([{ state: 'Connecting' }, { state: 'Stale' }, { state: 'Unreachable' }, { state: 'Detaching' }])(
    'is all but health check and tags while the member is $state',
    ({ state }) => {
      const waiting: readonly Name[] = ['create', 'register', 'deregister', 'clear', 'delete'];
      expect(heldBack(restrained({ state }))).toEqual(each(waiting, `Cluster${state}`));
    },
  );

  it.each<{ because: string; restraints: Restraints; why: string }>([
    { because: 'the member is paused', restraints: restrained({ paused: true }), why: 'Paused' },
    {
      because: 'the member is refused',
      restraints: restrained({ refusal: { reason: 'ControllerPresent', release: 'remove it' } }),
      why: 'ControllerPresent',
    },
    { because: 'another writer undoes it all', restraints: restrained({}, { contested: true }), why: 'Contested' },
    {
      because: 'a refusal stands over a pause',
      restraints: restrained({ paused: true, refusal: { reason: 'Joining', release: 'later' } }),
      why: 'Joining',
    },
  ])('is everything when $because', ({ restraints, why }) => {
    expect(heldBack(restraints)).toEqual(each(all, why));
  });

  it('is what takes away for a time after the holder before died', () => {
    const restraints = restrained({ takesNothingAwayUntilMs: now + 25 });
    expect(heldBack(restraints)).toEqual(each(takingAway, 'NewHolder'));
    expect(withhold([{ step: steps.delete }], restraints).againAfterMs).toBe(25);
    expect(heldBack(restrained({ takesNothingAwayUntilMs: now }))).toEqual({});
  });

  it('says what would release it', () => {
    for (const restraints of [
      restrained({ state: 'Stale' }),
      restrained({ paused: true }),
      restrained({}, { contested: true }),
      restrained({}, { deletionsLeft: 0 }),
    ]) {
      const [held] = withhold([{ step: steps.delete }], restraints).withheld;
      expect(held?.release).toMatch(/^(when|by) .+/);
    }
  });
});

describe('a hold', () => {
  const hold = (fields: Partial<Hold>): Hold => ({
    reason: 'KindEmptied',
    since: '2026-01-01T00:00:00Z',
    sinceMs: now,
    message: 'look at it',
    ...fields,
  });

  it.each<{ of: string; hold: Hold; held: readonly Name[] }>([
    { of: 'the whole cluster', hold: hold({ reason: 'ClusterRestored' }), held: takingAway },
    { of: 'EndpointSlice', hold: hold({ kind: 'EndpointSlice' }), held: takingAway },
    { of: 'Service', hold: hold({ kind: 'Service' }), held: takingAway },
    { of: 'ServiceExport', hold: hold({ kind: 'ServiceExport' }), held: ['delete'] },
    { of: 'TargetGroupPolicy', hold: hold({ kind: 'TargetGroupPolicy' }), held: ['delete'] },
    { of: 'the deletion budget', hold: hold({ reason: 'DeletionBudget' }), held: ['delete'] },
  ])('on $of holds $held', ({ hold: one, held }) => {
    expect(heldBack(restrained({ holds: [one] }))).toEqual(each(held, one.reason));
  });

  it('needs a person, and holds what a person has let go before it came', () => {
    const holds = [hold({ reason: 'ClusterRestored' })];
    expect(withhold([{ step: steps.delete }], restrained({ holds })).withheld).toMatchObject([{ needsAcknowledgement: true }]);
    expect(heldBack(restrained({ holds }, { acknowledged: new Set([arn]) }))).toEqual(each(takingAway, 'ClusterRestored'));
  });
});

describe('an absence', () => {
  it.each<{ known: keyof typeof evidence; why: string | undefined }>([
    { known: 'event', why: undefined },
    { known: 'twoLists', why: undefined },
    { known: 'twoListsTooClose', why: 'Unconfirmed' },
    { known: 'oneList', why: 'Unconfirmed' },
  ])('known by $known: $why', ({ known, why }) => {
    for (const name of takingAway) expect(reason(name, restrained(), { evidence: evidence[known] })).toBe(why);
  });

  it('is nothing that a person could acknowledge away', () => {
    const restraints = restrained({}, { acknowledged: new Set([arn]) });
    expect(reason('delete', restraints, { evidence: evidence.oneList })).toBe('Unconfirmed');
  });

  it('does not matter for what takes nothing away', () => {
    expect(reason('register', restrained(), { evidence: evidence.oneList })).toBeUndefined();
  });
});

describe('a group in use', () => {
  it('is not deleted, whoever has acknowledged what', () => {
    expect(reason('delete', restrained({}, { acknowledged: new Set([arn]) }), { inUse: true })).toBe('InUse');
  });
});

describe('the deletion budget', () => {
  const deletion = (name: string): Proposal => ({ step: { kind: 'delete', group: name, arn: `arn:of:${name}`, why: 'ended' } });
  const names = (done: readonly Step[]) => done.map((step) => step.group);

  it('is spent by one deletion after the other', () => {
    const plan = withhold(['a', 'b', 'c'].map(deletion), restrained({}, { deletionsLeft: 2 }));
    expect(names(plan.steps)).toEqual(['a', 'b']);
    expect(plan.withheld).toMatchObject([{ step: { group: 'c' }, reason: 'DeletionBudget', needsAcknowledgement: true }]);
    expect(plan.deletionsLeft).toBe(0);
  });

  it('is not touched by what a person has acknowledged', () => {
    const plan = withhold(
      ['a', 'b', 'c'].map(deletion),
      restrained({}, { deletionsLeft: 1, acknowledged: new Set(['arn:of:a', 'arn:of:c']) }),
    );
    expect(names(plan.steps)).toEqual(['a', 'b', 'c']);
  });

  it('is not touched by a group that could not be made, nor by taking targets out', () => {
    const restraints = restrained({}, { deletionsLeft: 0 });
    expect(reason('clear', restraints)).toBeUndefined();
    expect(reason('deregister', restraints)).toBeUndefined();
    expect(reason('delete', restraints)).toBe('DeletionBudget');
  });

  it('below nothing is nothing', () => {
    expect(reason('delete', restrained({}, { deletionsLeft: -3 }))).toBe('DeletionBudget');
  });
});

describe('a group whose targets may not be taken out', () => {
  it('is not deleted either', () => {
    const proposals: readonly Proposal[] = [{ step: steps.deregister, evidence: evidence.oneList }, { step: steps.delete }];
    const plan = withhold(proposals, restrained());
    expect(plan.steps).toEqual([]);
    expect(plan.withheld.map((held) => `${inWords(held.step)}: ${held.reason}`)).toEqual([
      'deregister 10.0.0.2: Unconfirmed',
      'delete ended: TargetsWithheld',
    ]);
  });

  it('keeps no other group from being deleted', () => {
    const other: Proposal = { step: { kind: 'delete', group: 'other', arn: 'arn:of:other', why: 'ended' } };
    const plan = withhold([{ step: steps.deregister, evidence: evidence.oneList }, other], restrained());
    expect(plan.steps).toEqual([other.step]);
  });
});
