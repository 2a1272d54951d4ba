import { describe, expect, it } from '@jest/globals';
import type { Hold } from '@hub/model';
import { memberConditions, type MemberReport } from './member-condition.js';
import { place } from './testing/facts.spec-builders.js';

const well: MemberReport = {
  admission: { admitted: true, place },
  state: 'Synced',
  problem: undefined,
  holds: [],
  aws: { ok: true },
  contestedGroups: [],
  throttledKinds: [],
  unwritable: [],
};

/** Each condition as `Status Reason`. */
function conditions(report: Partial<MemberReport> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(memberConditions({ ...well, ...report }).map((c) => [c.type, `${c.status} ${c.reason}`]));
}

const hold: Hold = {
  reason: 'KindEmptied',
  kind: 'ServiceExport',
  since: '2026-01-01T00:00:00Z',
  sinceMs: 0,
  message: 'the cluster had more than three of ServiceExport, and a LIST has none',
};
const refused = { reason: 'Unauthorized', message: 'the token is not accepted' };
const silent = { reason: 'NoAnswer', message: 'no answer in time' };

describe('the conditions of a member', () => {
  it('say when a member says more than is taken in of one', () => {
    expect(conditions({ throttledKinds: ['EndpointSlice'] })['WithinLimits']).toBe('False TooManyEvents');
    const problem = { reason: 'TooMany', message: 'there are more than 50000 of Service' };
    expect(conditions({ state: 'Stale', problem })).toMatchObject({ WithinLimits: 'False TooMany', Synced: 'False TooMany' });
  });

  it('are all well when all is well', () => {
    expect(conditions()).toEqual({
      Admitted: 'True Admitted',
      Reachable: 'True Connected',
      Synced: 'True Synced',
      CredentialsValid: 'True Accepted',
      AwsAuthorized: 'True Assumed',
      Contested: 'False Uncontested',
      Writable: 'True Writable',
      WithinLimits: 'True WithinLimits',
    });
  });

  it.each<{ because: string; report: Partial<MemberReport>; differ: Readonly<Record<string, string>> }>([
    {
      because: 'nothing was tried yet',
      report: { state: 'Connecting', aws: undefined },
      differ: {
        Reachable: 'Unknown Connecting',
        Synced: 'False Connecting',
        CredentialsValid: 'Unknown NotTried',
        AwsAuthorized: 'Unknown NotTried',
        Writable: 'Unknown NotTried',
        WithinLimits: 'Unknown NotTried',
      },
    },
    {
      because: 'it does not answer any more',
      report: { state: 'Unreachable', problem: silent },
      differ: { Reachable: 'False NoAnswer', Synced: 'False NoAnswer', CredentialsValid: 'Unknown NotTried' },
    },
    {
      because: 'it did not answer for a moment',
      report: { state: 'Stale', problem: silent },
      differ: { Reachable: 'Unknown NoAnswer', Synced: 'False NoAnswer', CredentialsValid: 'Unknown NotTried' },
    },
    {
      because: 'one kind is being read again',
      report: { state: 'Stale' },
      differ: { Synced: 'False Stale' },
    },
    {
      because: 'it does not accept the token',
      report: { state: 'Stale', problem: refused },
      differ: { Reachable: 'Unknown Unauthorized', Synced: 'False Unauthorized', CredentialsValid: 'False Unauthorized' },
    },
    {
      because: 'a CRD is missing from the start',
      report: { state: 'Connecting', problem: { reason: 'KindNotServed', message: 'ServiceExport is not served' } },
      differ: { Synced: 'False KindNotServed', Writable: 'Unknown NotTried', WithinLimits: 'Unknown NotTried' },
    },
    {
      because: 'its RBAC does not let the hub read',
      report: { state: 'Stale', problem: { reason: 'Forbidden', message: 'Service: no' } },
      differ: { Synced: 'False Forbidden' },
    },
    { because: 'a person must look at something', report: { holds: [hold] }, differ: { Synced: 'True KindEmptied' } },
    {
      because: 'AWS does not let the hub in',
      report: { aws: { ok: false, reason: 'RoleNotAssumed', message: 'no' } },
      differ: { AwsAuthorized: 'False RoleNotAssumed' },
    },
    {
      because: 'something else writes there',
      report: { contestedGroups: ['k8s-b', 'k8s-a'] },
      differ: { Contested: 'True UndoneRepeatedly' },
    },
    { because: 'conditions can not be written', report: { unwritable: ['events'] }, differ: { Writable: 'False Forbidden' } },
  ])('say it when $because', ({ report, differ }) => {
    expect(conditions(report)).toEqual({ ...conditions(), ...differ });
  });

  it.each<[string, Partial<MemberReport>, string]>([
    [
      'what is withheld until when',
      { state: 'Stale', problem: silent },
      'no answer in time; nothing is taken away until the cluster is Synced',
    ],
    ['that it leaves', { state: 'Detaching' }, 'the cluster is being detached'],
  ])('tell %s', (_, report, message) => {
    expect(memberConditions({ ...well, ...report }).find(({ type }) => type === 'Synced')?.message).toBe(message);
  });

  it.each<[string]>([['KubeconfigRefused'], ['Unauthorized'], ['AddressRefused'], ['SecretMissing'], ['TlsFailed']])(
    'tell %s for a matter of the credentials',
    (reason) => {
      expect(conditions({ state: 'Connecting', problem: { reason, message: 'no' } })).toMatchObject({
        CredentialsValid: `False ${reason}`,
      });
    },
  );

  it('say nothing of a member that is not admitted, but that', () => {
    const admission = { admitted: false, reason: 'DuplicateClusterName', message: 'spec.clusterName prod is taken' } as const;
    expect(conditions({ admission })).toMatchObject({
      Admitted: 'False DuplicateClusterName',
      Reachable: 'Unknown NotAdmitted',
      Synced: 'Unknown NotAdmitted',
      CredentialsValid: 'Unknown NotAdmitted',
      AwsAuthorized: 'Unknown NotAdmitted',
    });
  });

  it('name five contested groups in order, and how many there are', () => {
    const message = memberConditions({ ...well, contestedGroups: ['g', 'f', 'e', 'd', 'c', 'b', 'a'] }).find(
      (c) => c.type === 'Contested',
    )?.message;
    expect(message).toContain('on 7 target groups, which are left alone: a, b, c, d, e');
    expect(message).not.toContain(', f');
  });

  it('are the same for the same facts in another order, so that nothing is written', () => {
    const groups = ['k8s-b', 'k8s-a'];
    expect(memberConditions({ ...well, contestedGroups: groups, unwritable: ['y', 'x'] })).toEqual(
      memberConditions({ ...well, contestedGroups: groups.toReversed(), unwritable: ['x', 'y'] }),
    );
  });
});
