import { describe, expect, it } from '@jest/globals';
import { Cluster } from '../hub/answers.js';
import { standingOf, stateCell } from './cluster-standing.js';

type Told = readonly [type: string, status: string, reason: string];

function clusterOf(state: string | undefined, conditions: readonly Told[], paused = false): Cluster {
  const aws = { accountId: '111122223333', region: 'us-west-2', vpcId: 'vpc-0a1b2c3d', roleArn: 'arn:aws:iam::111122223333:role/r' };
  const told = conditions.map(([type, status, reason]) => ({ type, status, reason, message: 'm' }));
  return Cluster.parse({ name: 'west', spec: { aws, paused }, status: { ...(state !== undefined && { state }), conditions: told } });
}

const fine: readonly Told[] = [
  ['Admitted', 'True', 'Admitted'],
  ['Reachable', 'True', 'Connected'],
  ['Synced', 'True', 'Synced'],
  ['CredentialsValid', 'True', 'Accepted'],
  ['AwsAuthorized', 'True', 'Assumed'],
  ['Contested', 'False', 'Uncontested'],
];
const connecting: readonly Told[] = [
  ['Admitted', 'True', 'Admitted'],
  ['Reachable', 'Unknown', 'Connecting'],
  ['Synced', 'False', 'Connecting'],
  ['CredentialsValid', 'Unknown', 'NotTried'],
  ['AwsAuthorized', 'Unknown', 'NotTried'],
];
const but = (told: readonly Told[], ...others: readonly Told[]) => told.map((each) => others.find(([type]) => type === each[0]) ?? each);

describe('a cluster that joins', () => {
  it.each<[string, string | undefined, readonly Told[], string, string]>([
    ['nobody has looked at', undefined, [], 'waiting', 'Pending'],
    ['is synced', 'Synced', fine, 'synced', 'Synced'],
    ['is synced, with a hold', 'Synced', but(fine, ['Synced', 'True', 'KindEmptied']), 'synced', 'Synced'],
    ['is synced, and its role was not tried yet', 'Synced', but(fine, ['AwsAuthorized', 'Unknown', 'NotTried']), 'synced', 'Synced'],
    [
      'has a role that cannot be assumed',
      'Synced',
      but(fine, ['AwsAuthorized', 'False', 'AccessDenied']),
      'refused',
      'Synced (AccessDenied)',
    ],
    ['is contested', 'Synced', but(fine, ['Contested', 'True', 'UndoneRepeatedly']), 'synced', 'Synced (Contested)'],
    ['is being connected to', 'Connecting', connecting, 'waiting', 'Connecting'],
    ['was not admitted yet', 'Connecting', [['Admitted', 'False', 'Pending']], 'waiting', 'Connecting (Pending)'],
    ['is not admitted', 'Connecting', [['Admitted', 'False', 'ExternalIdRequired']], 'refused', 'NotAdmitted (ExternalIdRequired)'],
    [
      'is another name for a member',
      'Synced',
      but(fine, ['Admitted', 'False', 'AlreadyRegistered']),
      'refused',
      'NotAdmitted (AlreadyRegistered)',
    ],
    ['is not admitted and leaves', 'Detaching', [['Admitted', 'False', 'ExternalIdRequired']], 'refused', 'Detaching (ExternalIdRequired)'],
    [
      'has a Secret that is about to be written',
      'Connecting',
      but(connecting, ['CredentialsValid', 'False', 'SecretMissing'], ['Synced', 'False', 'SecretMissing']),
      'waiting',
      'Connecting (SecretMissing)',
    ],
    [
      'refuses the token',
      'Connecting',
      but(connecting, ['CredentialsValid', 'False', 'Unauthorized'], ['Synced', 'False', 'Unauthorized']),
      'refused',
      'Connecting (Unauthorized)',
    ],
    ['does not let the hub read', 'Connecting', but(connecting, ['Synced', 'False', 'Forbidden']), 'refused', 'Connecting (Forbidden)'],
    [
      'was not reached at the first try',
      'Connecting',
      but(connecting, ['Synced', 'False', 'ConnectionFailed']),
      'waiting',
      'Connecting (ConnectionFailed)',
    ],
    [
      'was not reached for long',
      'Unreachable',
      but(connecting, ['Reachable', 'False', 'ConnectionFailed'], ['Synced', 'False', 'ConnectionFailed']),
      'refused',
      'Unreachable (ConnectionFailed)',
    ],
  ])('and %s', (_, state, conditions, kind, shown) => {
    const cluster = clusterOf(state, conditions);
    expect(standingOf(cluster).kind).toBe(kind);
    expect(stateCell(cluster)).toHaveProperty('text', shown);
  });

  it('shows that it is paused', () => {
    expect(stateCell(clusterOf('Synced', fine, true))).toHaveProperty('text', 'Synced (paused)');
  });
});
