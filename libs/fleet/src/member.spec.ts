import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@hub/kube';
import type { Hold, WithheldStep } from '@hub/model';
import type { ClusterSession, SessionFacts } from './cluster-session.js';
import { Member, type MemberRecord, type SlotOutcome } from './member.js';
import { serviceExport } from './testing/records.spec-builders.js';

const record: MemberRecord = {
  name: 'prod',
  uid: 'prod-uid',
  generation: 1,
  createdAtMs: 0,
  spec: {
    kubeconfigSecretRef: { name: 'prod', key: 'kubeconfig' },
    aws: { accountId: '111111111111', region: 'us-west-2', vpcId: 'vpc-1', roleArn: 'arn:aws:iam::111111111111:role/hub' },
    mode: 'Hub',
    policyScope: 'Fleet',
    paused: false,
    onDetach: 'Keep',
  },
  joinedAs: undefined,
  isDetaching: false,
  hasFinalizer: true,
  acknowledgement: undefined,
};

describe('a member', () => {
  let holds: readonly Hold[];
  let member: Member;
  const listed = (...names: readonly string[]): readonly KubeObject[] => names.map((name) => serviceExport(name));

  beforeEach(() => {
    holds = [];
    const facts = (): SessionFacts => ({
      state: 'Synced',
      uid: 'cluster-uid',
      version: 'v1.37.2',
      holds,
      lastSyncAt: undefined,
      problem: undefined,
      throttledKinds: [],
    });
    const nothing = () => undefined;
    const session = {
      facts,
      wasReadWhole: true,
      acknowledge: nothing,
      held: { recall: nothing, recallCrd: nothing, crdOf: () => undefined },
    } as unknown as ClusterSession;
    member = new Member(record, { number: 1, acquiredAtMs: 0, fromDeadHolder: false }, () => session, undefined, {
      confirmationMs: 60_000,
      graceMs: 0,
      listener: { changed: () => undefined },
    });
    member.objects.exports.replaced(listed('web', 'cart', 'pay'), '10', 0);
  });

  it('belongs where it joined, and until it has, where its spec says by now', () => {
    member.record = { ...record, spec: { ...record.spec, aws: { ...record.spec.aws, vpcId: 'vpc-2' } } };
    expect(member.place).toMatchObject({ vpcId: 'vpc-2', clusterName: 'prod' });
    member.record = { ...member.record, joinedAs: { ...record.spec.aws, clusterName: 'prod', uid: 'cluster-uid' } };
    expect(member.place).toMatchObject({ vpcId: 'vpc-1', clusterName: 'prod' });
  });

  describe('how its exports stand', () => {
    const at = new Date('2026-01-01T00:00:00Z');
    const ready: SlotOutcome = {
      state: { slot: 'legacy', state: 'Ready', reason: 'Ready', message: '' },
      policy: 'hub/shop/p',
      policyGeneration: 3,
      problems: [],
      withheld: [],
      isContested: false,
      groups: ['web'],
    };

    it('is looked at anew for the export that something was noted of, and for no other', () => {
      const before = new Map(member.exportSummaries(at).map((summary) => [summary.name, summary]));
      member.note('shop', 'web', 'legacy', ready);
      const after = member.exportSummaries(at);
      expect(after.filter((summary) => before.get(summary.name) !== summary).map(({ name }) => name)).toEqual(['web']);
      expect(member.exportSummary('shop', 'web', at)?.programmed).toMatchObject({ policy: 'hub/shop/p', generation: 3, ready: 1 });
      member.outdateSummaries();
      expect(member.exportSummaries(at)).toEqual(after);
    });

    it('says nothing of what is no export of it, or is none any more', () => {
      member.note('shop', 'never', 'legacy', ready);
      member.exportSummaries(at);
      member.objects.exports.changed('DELETED', serviceExport('web'), 1);
      member.objects.exports.believeDeletions(2);
      member.outdateSummaries();
      member.note('shop', 'web', 'legacy', ready);
      expect(member.exportSummaries(at).map(({ name }) => name)).toEqual(['cart', 'pay']);
      member.note('shop', 'web', 'legacy', undefined);
      expect(member.exportSummaries(at).map(({ name }) => name)).toEqual(['cart', 'pay']);
    });
  });

  describe('what an acknowledgement would have to say', () => {
    const vanished: Hold = { reason: 'KindVanished', kind: 'ServiceExport', since: '2026-01-01T00:00:00Z', sinceMs: 100, message: 'gone' };

    it('is nothing where nothing waits for a person', () => {
      expect(member.acknowledgementId()).toBeUndefined();
    });

    it.each<{ what: string; change: () => void; isSame: boolean }>([
      { what: 'nothing else is', change: () => undefined, isSame: true },
      {
        what: 'the same came to be held once more',
        change: () => (holds = [{ ...vanished, since: '2026-01-01T00:00:01Z' }]),
        isSame: false,
      },
      { what: 'another kind is held too', change: () => (holds = [vanished, { ...vanished, kind: 'Service' }]), isSame: false },
      {
        what: 'more is missing',
        change: () => member.objects.exports.replaced(listed('web'), '12', 102),
        isSame: false,
      },
    ])('is the same when $what: $isSame', ({ change, isSame }) => {
      holds = [vanished];
      member.objects.exports.hold(100);
      member.objects.exports.replaced(listed('web', 'cart'), '11', 101);
      const before = member.acknowledgementId();
      change();
      expect(before).toBeDefined();
      expect(member.acknowledgementId() === before).toBe(isSame);
    });

    describe('once it was said', () => {
      const slot = (group: string, ...withheld: SlotOutcome['withheld']): SlotOutcome => ({
        state: { slot: '80', state: 'Withheld', reason: 'DeletionBudget', message: '' },
        policy: '',
        policyGeneration: 0,
        problems: [],
        withheld,
        isContested: false,
        groups: [group],
      });
      const held = (group: string, kind: 'delete' | 'deregister', needsAcknowledgement = true): WithheldStep => ({
        step: kind === 'delete' ? { kind, group, arn: `arn:${group}`, why: 'ended' } : { kind, group, arn: `arn:${group}`, targets: [] },
        reason: needsAcknowledgement ? 'DeletionBudget' : 'TargetsWithheld',
        release: 'by the acknowledgement of a person',
        needsAcknowledgement,
      });

      it('waits no more, and is another one where the same comes to wait anew', () => {
        member.note('shop', 'web', '80', slot('web', held('web', 'delete')));
        const id = member.acknowledgementId();
        member.heed(id ?? '', new Date());
        expect(member.acknowledgementId()).toBeUndefined();
        member.note('shop', 'web', '80', slot('web', held('web', 'delete')));
        expect(member.acknowledgementId()).toBeDefined();
        expect(member.acknowledgementId()).not.toBe(id);
      });

      it('is another one to whoever takes the member over, too', () => {
        member.note('shop', 'web', '80', slot('web', held('web', 'delete')));
        const id = member.acknowledgementId();
        member.recall({ acknowledged: { id: id ?? '', time: '2026-01-01T00:00:00Z' } });
        expect(member.acknowledgementId()).not.toBe(id);
        const next = member.acknowledgementId();
        member.recall({ acknowledged: { id: 'older', time: '2025-01-01T00:00:00Z' } });
        expect(member.acknowledgementId()).toBe(next);
      });

      it('frees the groups that end, and none of which only targets are to go', () => {
        member.note('shop', 'web', '80', slot('web', held('web', 'deregister'), held('web', 'delete', false)));
        member.note('shop', 'cart', '80', slot('cart', held('cart', 'deregister')));
        member.note('shop', 'pay', '80', slot('pay', held('pay', 'delete', false)));
        expect(member.arnsToAcknowledge()).toEqual(['arn:web']);
      });
    });
  });
});
