import { describe, expect, it } from '@jest/globals';
import { CallLog } from './call-log.js';
import type { CallRecord } from './call-log.js';

const call: CallRecord = {
  timeMs: 1,
  service: 'vpc-lattice',
  operation: 'GetTargetGroup',
  account: '111111111111',
  region: 'us-west-2',
  callerArn: 'arn:a',
  userAgent: 'test',
  resource: 'tg-1',
  status: 200,
  errorCode: '',
  attempt: 1,
  invocationId: '',
  requestId: 'r',
  durationMs: 1,
};

function filled(): CallLog {
  const log = new CallLog(() => 3);
  log.record(call);
  log.record({ ...call, account: '222222222222' });
  log.record({ ...call, operation: 'ListTargets', status: 429, errorCode: 'ThrottlingException' });
  log.record({ ...call, operation: 'ListTargets' });
  return log;
}

describe('the call log', () => {
  it.each([
    { filter: {}, count: 4 },
    { filter: { operation: 'ListTargets' }, count: 2 },
    { filter: { operation: 'ListTargets', isError: false }, count: 1 },
    { filter: { account: '111111111111', isError: true }, count: 1 },
    { filter: { status: 429 }, count: 1 },
    { filter: { errorCode: 'ThrottlingException', region: 'us-west-2', service: 'vpc-lattice', callerArn: 'arn:a' }, count: 1 },
    { filter: { region: 'eu-west-1' }, count: 0 },
  ])('counts $count calls by $filter', ({ filter, count }) => {
    expect(filled().count(filter)).toBe(count);
  });

  it('counts by operation', () => {
    expect(filled().byOperation()).toEqual({ GetTargetGroup: 2, ListTargets: 2 });
    expect(filled().byOperation({ isError: true })).toEqual({ ListTargets: 1 });
  });

  it('keeps the last calls only, and counts all', () => {
    const log = new CallLog(() => 3);
    for (let timeMs = 0; timeMs < 100; timeMs += 1) log.record({ ...call, timeMs });
    expect(log.log.map((kept) => kept.timeMs)).toEqual([97, 98, 99]);
    expect(log.count()).toBe(100);
  });

  it('keeps none where it may keep none', () => {
    const log = new CallLog(() => 0);
    log.record(call);
    expect(log.log).toEqual([]);
  });

  it('forgets everything at a reset', () => {
    const log = filled();
    log.reset();
    expect([log.count(), log.log.length]).toEqual([0, 0]);
  });
});

describe('the log by a filter', () => {
  it.each([
    { filter: {}, times: [1, 2, 3] },
    { filter: { last: 2 }, times: [2, 3] },
    { filter: { last: 0 }, times: [] },
    { filter: { fromMs: 2 }, times: [2, 3] },
    { filter: { untilMs: 2 }, times: [1] },
    { filter: { operation: 'ListTargets', fromMs: 2 }, times: [2] },
    { filter: { isError: true }, times: [3] },
    { filter: { account: '222222222222' }, times: [1] },
    { filter: { callerArn: 'arn:b' }, times: [3] },
  ])('$filter gives the calls of $times', ({ filter, times }) => {
    const log = new CallLog(() => 3);
    log.record({ ...call, timeMs: 0 });
    log.record({ ...call, timeMs: 1, account: '222222222222', operation: 'ListTargets' });
    log.record({ ...call, timeMs: 2, operation: 'ListTargets' });
    log.record({ ...call, timeMs: 3, callerArn: 'arn:b', status: 404, errorCode: 'ResourceNotFoundException' });
    expect(log.entries(filter).map(({ timeMs }) => timeMs)).toEqual(times);
  });
});
