import { describe, expect, it } from '@jest/globals';
import type { Plan, WithheldStep } from '@hub/model';
import { exportConditions, slotState, type SlotState } from './export-condition.js';
import { aGroup } from './testing/facts.spec-builders.js';

const done: Plan = { steps: [], withheld: [], toRead: [] };
const held = (reason: string): WithheldStep => ({
  step: { kind: 'delete', group: aGroup().name, arn: aGroup().arn, why: 'ended' },
  reason,
  release: 'by the acknowledgement of a person',
  needsAcknowledgement: true,
});
const waiting = { reason: 'Creating', message: 'the target group is being created' };

function slot(state: SlotState['state'], name: SlotState['slot'] = '80'): SlotState {
  return { slot: name, state, reason: `${state}Reason`, message: `it is ${state}` };
}

describe('how a slot stands', () => {
  it.each<{ because: string; plan: Plan; failure?: { reason: string; message: string }; state: string; reason: string }>([
    { because: 'nothing is left to do', plan: done, state: 'Ready', reason: 'Programmed' },
    { because: 'something is on its way', plan: { ...done, waiting }, state: 'Progressing', reason: 'Creating' },
    {
      because: 'something is held back',
      plan: { ...done, waiting, withheld: [held('ClusterStale')] },
      state: 'Withheld',
      reason: 'ClusterStale',
    },
    {
      because: 'a call failed',
      plan: { ...done, withheld: [held('ClusterStale')] },
      failure: { reason: 'Throttled', message: 'slow down' },
      state: 'Failed',
      reason: 'Throttled',
    },
  ])('is $state, $reason when $because', ({ plan, failure, state, reason }) => {
    expect(slotState('80', plan, failure)).toMatchObject({ slot: '80', state, reason });
  });

  it('names what is held back, how many more, and what releases it', () => {
    const { message } = slotState('80', { ...done, withheld: [held('InUse'), held('InUse')] });
    expect(message).toBe(`delete of ${aGroup().name} is withheld (and 1 more); released by the acknowledgement of a person`);
  });
});

describe('the conditions of an export', () => {
  const valid = (...args: Parameters<typeof exportConditions>) => exportConditions(...args)[0];
  const ready = (...args: Parameters<typeof exportConditions>) => exportConditions(...args)[1];

  it('say that it is valid where nothing is wrong with it', () => {
    expect(valid([], [])).toMatchObject({ type: 'Valid', status: 'True' });
  });

  it('say everything that is wrong with it, by the reason of the first', () => {
    const problems = [
      { reason: 'InvalidPort', message: '"x" is no port' },
      { reason: 'NoService', message: 'the Service is missing' },
    ] as const;
    expect(valid(problems, [])).toMatchObject({
      status: 'False',
      reason: 'InvalidPort',
      message: '"x" is no port; the Service is missing',
    });
  });

  it.each<{ slots: readonly SlotState[]; status: string; reason: string }>([
    { slots: [], status: 'False', reason: 'NoTargetGroups' },
    { slots: [slot('Ready')], status: 'True', reason: 'Exported' },
    { slots: [slot('Ready'), slot('Ready', '443')], status: 'True', reason: 'Exported' },
    { slots: [slot('Ready'), slot('Progressing', '443')], status: 'False', reason: 'ProgressingReason' },
    { slots: [slot('Progressing'), slot('Withheld', '443')], status: 'False', reason: 'WithheldReason' },
    { slots: [slot('Withheld'), slot('Failed', '443'), slot('Progressing', '81')], status: 'False', reason: 'FailedReason' },
  ])('say that it is ready when every slot is: $status, $reason', ({ slots, status, reason }) => {
    expect(ready([], slots)).toMatchObject({ type: 'Ready', status, reason });
    expect(ready([], slots.toReversed())).toMatchObject({ status, reason });
  });

  it('name the slot that is behind', () => {
    expect(ready([], [slot('Ready'), slot('Failed', 'legacy')])).toMatchObject({ message: 'port legacy: it is Failed' });
  });
});
