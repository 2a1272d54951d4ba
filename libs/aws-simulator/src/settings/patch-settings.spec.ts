import { describe, expect, it } from '@jest/globals';
import { patchSettings } from './patch-settings.js';
import { defaultSettings } from './simulator-settings.js';

describe('a change of settings', () => {
  it('changes what it names, at every depth', () => {
    const settings = defaultSettings();
    patchSettings(settings, {
      createDelayMs: 5,
      healthProgressMs: null,
      regions: ['us-west-2'],
      targetAddresses: ['10.0.0.0/8'],
      throttles: [{ ratePerSecond: 1, burst: 1, families: ['sts'] }],
      quotas: { targetGroupsPerRegion: 3 },
      unverified: { deleteWithTargets: 'allow', lastUpdatedAtMovesOn: ['tags'] },
    });
    const standard = defaultSettings();
    expect(settings).toEqual({
      ...standard,
      createDelayMs: 5,
      healthProgressMs: null,
      regions: ['us-west-2'],
      targetAddresses: ['10.0.0.0/8'],
      throttles: [{ ratePerSecond: 1, burst: 1, families: ['sts'] }],
      quotas: { ...standard.quotas, targetGroupsPerRegion: 3 },
      unverified: { ...standard.unverified, deleteWithTargets: 'allow', lastUpdatedAtMovesOn: ['tags'] },
    });
  });

  it.each([
    { patch: 'x', message: 'settings must be an object' },
    { patch: { createDelay: 1 }, message: 'there is no setting "createDelay"' },
    { patch: { createDelayMs: '1' }, message: 'the setting "createDelayMs" must be a number, not negative' },
    { patch: { createDelayMs: -1 }, message: 'the setting "createDelayMs" must be a number, not negative' },
    { patch: { createDelayMs: 1e300 }, message: 'the setting "createDelayMs" must be at most 31536000000000' },
    { patch: { clockSkewMs: 1e300 }, message: 'the setting "clockSkewMs" must be a number from -31536000000000 to 31536000000000' },
    { patch: { clockSkewMs: null }, message: 'the setting "clockSkewMs" must be a number from' },
    { patch: { latencyMs: 2 ** 31 }, message: 'the setting "latencyMs" must be at most 2147483647' },
    { patch: { defaultPageSize: 0 }, message: 'the setting "defaultPageSize" must be a whole number from 1 to 100' },
    { patch: { defaultPageSize: 2.5 }, message: 'the setting "defaultPageSize" must be a whole number from 1 to 100' },
    { patch: { maxBodyBytes: 0 }, message: 'the setting "maxBodyBytes" must be a whole number from 1 to 1000000000' },
    { patch: { callLogSize: 1.5 }, message: 'the setting "callLogSize" must be a whole number from 0 to 10000000' },
    { patch: { quotas: 3 }, message: 'quotas must be an object' },
    { patch: { quotas: { targets: 3 } }, message: 'there is no setting "quotas.targets"' },
    {
      patch: { unverified: { deleteWithTargets: 'maybe' } },
      message: 'the setting "unverified.deleteWithTargets" must be one of conflict, allow',
    },
    { patch: { unverified: { drainingTargetsCount: 'yes' } }, message: 'the setting "unverified.drainingTargetsCount" must be a boolean' },
    { patch: { listOrder: 'size' }, message: 'the setting "listOrder" must be one of id, created, name' },
    { patch: { targetAddresses: ['10.0.0.0/33'] }, message: 'the setting "targetAddresses" has ranges such as 10.0.0.0/16' },
    {
      patch: { throttles: [{ ratePerSecond: 0, burst: 1 }] },
      message: 'the setting "throttles" needs a positive ratePerSecond in every rule',
    },
    {
      patch: { throttles: [{ ratePerSecond: 1, burst: 1, family: ['sts'] }] },
      message: 'the setting "throttles" has no "family" in a rule, but account, region, families, isShared, ratePerSecond, burst',
    },
    {
      patch: { throttles: [{ ratePerSecond: 1, burst: 1, isShared: 'yes' }] },
      message: 'the setting "throttles" has true or false for isShared',
    },
    { patch: { throttles: [{ ratePerSecond: 1 }] }, message: 'the setting "throttles" needs a burst of at least 1 in every rule' },
    { patch: { throttles: [{ ratePerSecond: 1, burst: 1, families: ['s3'] }] }, message: 'the setting "throttles" knows these families' },
  ])('is refused whole: $patch', ({ patch, message }) => {
    const settings = defaultSettings();
    const withValid = typeof patch === 'string' ? patch : { latencyMs: 9, ...patch };
    expect(() => patchSettings(settings, withValid)).toThrow(message);
    expect(settings).toEqual(defaultSettings());
  });
});
