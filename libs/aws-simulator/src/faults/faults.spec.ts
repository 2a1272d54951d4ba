import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../state/seeded-random.js';
import type { FaultRule } from './fault-rule.js';
import { planFaults } from './fault-plan.js';
import { Faults } from './faults.js';
import { parseFaultRule } from './parse-fault-rule.js';

const subject = {
  operation: 'RegisterTargets',
  account: '111111111111',
  region: 'us-west-2',
  callerArn: 'arn:aws:sts::111111111111:assumed-role/lattice-hub/hub-1',
  userAgent: 'aws-sdk-js fence/blue.3',
  resource: 'tg-0123456789abcdef0',
};
const effect = { kind: 'unavailable' } as const;

function hits(rule: Omit<FaultRule, 'effect'>, calls = 1): number {
  const faults = new Faults(new SeededRandom(3));
  const handle = faults.inject({ effect, ...rule });
  for (let call = 0; call < calls; call += 1) faults.meet(subject);
  return handle.hits();
}

describe('a fault', () => {
  it.each([
    { rule: {}, isMet: true },
    { rule: { operations: ['RegisterTargets', 'ListTargets'] }, isMet: true },
    { rule: { operations: ['ListTargets'] }, isMet: false },
    { rule: { account: '111111111111' }, isMet: true },
    { rule: { account: '222222222222' }, isMet: false },
    { rule: { region: 'eu-west-1' }, isMet: false },
    { rule: { caller: 'role/lattice-hub/' }, isMet: true },
    { rule: { caller: 'user/' }, isMet: false },
    { rule: { resource: 'tg-0123' }, isMet: true },
    { rule: { resource: 'tg-9' }, isMet: false },
    { rule: { userAgent: 'fence/blue' }, isMet: true },
    { rule: { userAgent: 'fence/red' }, isMet: false },
    { rule: { probability: 0 }, isMet: false },
    { rule: { probability: 1 }, isMet: true },
  ])('by the rule $rule meets the call: $isMet', ({ rule, isMet }) => {
    expect(hits(rule)).toBe(isMet ? 1 : 0);
  });

  it('lets calls pass first and ends after some', () => {
    expect(hits({ skip: 2, times: 3 }, 10)).toBe(3);
    expect(hits({ skip: 2, times: 3 }, 4)).toBe(2);
  });

  it('meets its share of the calls, the same ones for the same seed', () => {
    const runs = [1, 2].map(() => hits({ probability: 0.3 }, 1_000));
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).toBeGreaterThan(250);
    expect(runs[0]).toBeLessThan(350);
  });

  it('is gone when it is removed, and lets go what hangs because of it', () => {
    const faults = new Faults(new SeededRandom(1));
    const handle = faults.inject({ effect: { kind: 'hang' } });
    const [met] = faults.meet(subject);
    handle.remove();
    expect(met?.removed.aborted).toBe(true);
    expect(faults.meet(subject)).toEqual([]);
    expect(faults.list()).toEqual([]);
  });
});

describe('the plan of a call', () => {
  const caller = { arn: subject.callerArn, action: 'vpc-lattice:RegisterTargets' };

  function plan(...effects: readonly FaultRule['effect'][]) {
    const { signal } = new AbortController();
    return planFaults(
      effects.map((one) => ({ effect: one, removed: signal })),
      caller,
    );
  }

  it('adds up delays and takes the first interruption of each moment', () => {
    const planned = plan(
      { kind: 'latency', latencyMs: 5 },
      { kind: 'latency', latencyMs: 7 },
      { kind: 'reset', moment: 'after' },
      { kind: 'hang' },
      { kind: 'throttle' },
    );
    expect(planned).toMatchObject({ latencyMs: 12, before: { kind: 'hang' }, after: { kind: 'reset' }, operation: {} });
  });

  it.each([
    { effect: { kind: 'throttle', retryAfterSeconds: 9 }, error: { kind: 'throttled', retryAfterSeconds: 9 } },
    { effect: { kind: 'internalError' }, error: { kind: 'internal' } },
    { effect: { kind: 'unavailable' }, error: { kind: 'unavailable' } },
    { effect: { kind: 'accessDenied' }, error: { kind: 'accessDenied', message: expect.stringContaining('vpc-lattice:RegisterTargets') } },
    { effect: { kind: 'expiredToken' }, error: { kind: 'expiredToken' } },
    { effect: { kind: 'error', code: 'Odd', status: 418, message: 'x' }, error: { code: 'Odd', status: 418 } },
  ] as const)('fails with what the effect $effect.kind says', ({ effect: one, error }) => {
    expect(plan(one).before).toMatchObject({ kind: 'fail', error });
  });

  it('tells the operation what to do worse', () => {
    expect(
      plan({ kind: 'createFailed', failureCode: 'A' }, { kind: 'deleteFailed' }, { kind: 'partialFailure', targetIds: ['10.0.0.1'] })
        .operation,
    ).toMatchObject({
      createFailed: { failureCode: 'A' },
      deleteFailed: { failureCode: 'InternalFailure' },
      partialFailure: { targetIds: ['10.0.0.1'], failureCode: 'InternalError' },
    });
  });
});

describe('a fault in JSON', () => {
  it.each([
    { value: { effect: { kind: 'throttle', retryAfterSeconds: 2 }, operations: ['GetService'], times: 1 } },
    { value: { effect: { kind: 'error', code: 'A', status: 400, message: '', moment: 'after' }, probability: 0.5 } },
    { value: { effect: { kind: 'partialFailure', targetIds: [] }, resource: 'tg-' } },
  ])('is taken as it is: $value', ({ value }) => {
    expect(parseFaultRule(value)).toBe(value);
  });

  it.each([
    { value: 'x', message: 'a fault must be an object' },
    { value: {}, message: 'the effect of a fault must be an object' },
    { value: { effect: { kind: 'explode' } }, message: 'there is no fault effect "explode"' },
    { value: { effect: { kind: 'latency' } }, message: '"latencyMs" of a fault must be a number' },
    { value: { effect: { kind: 'hang', moment: 'soon' } }, message: '"moment" of a fault must be "before" or "after"' },
    { value: { effect: { kind: 'hang' }, times: -1 }, message: '"times" of a fault must be a whole number, not negative' },
    { value: { effect: { kind: 'hang' }, times: 1.5 }, message: '"times" of a fault must be a whole number, not negative' },
    { value: { effect: { kind: 'hang' }, probability: 7 }, message: '"probability" of a fault must be a number from 0 to 1' },
    { value: { effect: { kind: 'hang' }, account: '12' }, message: '"account" of a fault must be an account id of twelve digits' },
    {
      value: { effect: { kind: 'hang' }, operations: ['RegisterTarget'] },
      message: '"operations" of a fault must be a list of operations',
    },
    { value: { effect: { kind: 'latency', latencyMs: 1e12 } }, message: '"latencyMs" of a fault must be a number of milliseconds up to' },
    {
      value: { effect: { kind: 'error', code: 'A', status: 99, message: '' } },
      message: '"status" of a fault must be a whole number from 400 to 599',
    },
    { value: { effect: { kind: 'error', code: 'A\nB', status: 400, message: '' } }, message: '"code" of a fault must be a name such as' },
    {
      value: { effect: { kind: 'throttle', retryAfterSeconds: -1 } },
      message: '"retryAfterSeconds" of a fault must be a number of seconds',
    },
    { value: { effect: { kind: 'hang' }, operation: 'GetService' }, message: 'a fault has no "operation" here' },
    { value: { effect: { kind: 'hang', latencyMs: 3 } }, message: 'a fault has no "latencyMs" here' },
  ])('is refused with "$message"', ({ value, message }) => {
    expect(() => parseFaultRule(value)).toThrow(message);
  });

  it('is refused in the same words where code injects it', () => {
    const faults = new Faults(new SeededRandom(1));
    expect(() => faults.inject({ effect: { kind: 'hang' }, operations: ['RegisterTarget'] })).toThrow('"operations" of a fault must be');
    expect(faults.list()).toEqual([]);
  });
});
