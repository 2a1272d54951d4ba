import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readMemberKubeconfig } from '@hub/kube';
import { run } from '../../apps/cli/src/run.js';
import type { MemorySettings } from '../../apps/cli/src/testing/memory-io.js';
import { clusterNamed, detachedPolicy, eventOf, synced, targetGroupOf } from './fleet-objects.js';
import { HubStandIn, tokens } from './hub-stand-in.js';
import { add, ioOf, kubeconfig, memberToken, pem, place, role, runCli } from './run-cli.js';

let hub: HubStandIn;
const cli = (argv: readonly string[], settings?: MemorySettings) => runCli(hub, argv, settings);

beforeEach(async () => {
  hub = await HubStandIn.start();
});

afterEach(async () => {
  await hub.stop();
});

describe('cluster add', () => {
  it('hands over a kubeconfig that the hub takes, and waits until the cluster is synced', async () => {
    hub.joining = [{}, { state: 'Connecting' }, synced];
    const outcome = await cli(add);
    expect(outcome).toEqual({
      code: 0,
      out: 'membercluster/west registered\nmembercluster/west synced: Kubernetes v1.35.0, exports 3, policies 1, target groups 4\n',
      err: '',
    });
    expect(readMemberKubeconfig(hub.kubeconfigs.get('west') ?? '')).toMatchObject({ ca: pem, token: memberToken });
    expect(hub.clusters.get('west')?.spec).toEqual({
      kubeconfigSecretRef: { name: 'west-kubeconfig', key: 'kubeconfig' },
      mode: 'Hub',
      policyScope: 'Fleet',
      paused: false,
      onDetach: 'Keep',
      aws: {
        accountId: '111122223333',
        region: 'us-west-2',
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        roleArn: 'arn:aws:iam::111122223333:role/lattice-hub',
        externalId: 'my-fleet',
      },
    });
  });

  it('says all that it is told to', async () => {
    const options = [
      '--name',
      'west-2',
      '--cluster-name',
      'West',
      '--policy-scope',
      'Own',
      '--on-detach',
      'Remove',
      '--paused',
      '--no-wait',
    ];
    expect(await cli([...add, ...options])).toMatchObject({ code: 0, out: 'membercluster/west-2 registered\n' });
    expect(hub.clusters.get('west-2')?.spec).toMatchObject({ clusterName: 'West', policyScope: 'Own', onDetach: 'Remove', paused: true });
    expect(hub.requests).toHaveLength(1);
  });

  const lastTransitionTime = '2026-01-01T00:00:00Z';

  it.each<[string, HubStandIn['joining'], string]>([
    [
      'a condition says why not',
      [
        {
          state: 'Connecting',
          conditions: [
            { type: 'CredentialsValid', status: 'False', reason: 'Unauthorized', message: 'the token is refused', lastTransitionTime },
          ],
        },
      ],
      'west is registered, but does not work yet: CredentialsValid is False (Unauthorized): the token is refused; see lattice-hub cluster describe west',
    ],
    [
      'it takes too long',
      [
        {
          state: 'Connecting',
          conditions: [{ type: 'Reachable', status: 'Unknown', reason: 'ConnectionFailed', message: 'no route', lastTransitionTime }],
        },
      ],
      'west is registered, but not synced within 5s: Reachable is Unknown (ConnectionFailed): no route; the hub goes on',
    ],
    ['nothing is told of it', [{}], 'not synced within 5s: the hub has not told of it yet'],
  ])('fails where %s, and says that it is registered', async (_, joining, said) => {
    hub.joining = joining;
    const outcome = await cli([...add, '--wait', '5']);
    expect([outcome.code, outcome.out]).toEqual([1, 'membercluster/west registered\n']);
    expect(outcome.err).toContain(said);
  });

  it('sends nothing of a context that the hub would not follow', async () => {
    const outcome = await cli(['cluster', 'add', 'exec', ...place, ...role]);
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain('users[exec].user.exec: the hub runs no commands');
    expect(hub.requests).toEqual([]);
  });

  it('says that a token does not live long', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: Date.parse('2026-01-01T01:10:00Z') / 1000 })).toString('base64url');
    const files = {
      '/short': kubeconfig.replace(memberToken, `e30.${claims}.c2ln`).replace('certificate-authority: ca.pem', 'tls-server-name: west'),
    };
    const outcome = await cli([...add, '--kubeconfig', '/short', '--no-wait'], { files });
    expect(outcome.code).toBe(0);
    expect(outcome.err).toContain('The token of this context expires in 60m.');
  });

  it('that is there already is refused', async () => {
    hub.clusters.set('west', clusterNamed('west'));
    expect(await cli(add)).toMatchObject({
      code: 1,
      err: 'lattice-hub: AlreadyExists: memberclusters.lattice-hub.io "west" already exists\n',
    });
  });
});

describe('changes of a cluster', () => {
  beforeEach(() => void hub.clusters.set('west', clusterNamed('west')));

  it('pause and resume it', async () => {
    expect(await cli(['cluster', 'pause', 'west'])).toMatchObject({ code: 0, out: 'membercluster/west paused\n' });
    expect(hub.clusters.get('west')?.spec).toMatchObject({ paused: true });
    expect(await cli(['cluster', 'resume', 'west'])).toMatchObject({ code: 0, out: 'membercluster/west resumed\n' });
    expect(hub.clusters.get('west')?.spec).toMatchObject({ paused: false });
    expect(await cli(['cluster', 'pause', 'east'])).toMatchObject({
      code: 1,
      err: 'lattice-hub: NotFound: there is no MemberCluster "east"\n',
    });
  });

  it('give it a new kubeconfig', async () => {
    expect(await cli(['cluster', 'rotate', 'west', 'west'])).toMatchObject({ code: 0 });
    expect(readMemberKubeconfig(hub.kubeconfigs.get('west') ?? '').token).toBe(memberToken);
  });
});

describe('cluster detach', () => {
  beforeEach(() => {
    hub.clusters.set('west', clusterNamed('west'));
    hub.targetGroups = [targetGroupOf('west', 'inventory'), targetGroupOf('west', 'cart'), targetGroupOf('east', 'cart')];
    hub.losesPolicy = [detachedPolicy];
  });

  it('without a terminal shows what it means, and does nothing', async () => {
    const outcome = await cli(['cluster', 'detach', 'west']);
    expect(outcome.code).toBe(1);
    expect(outcome.err).toBe('lattice-hub: nothing was done: stdin is no terminal, so nobody can be asked; add --yes\n');
    expect(outcome.out.split('\n')).toEqual([
      'Detaching west (Keep): its target groups, 2 in all, stay in AWS as they are, with their targets and tags:',
      '  k8s-shop-inventory-abcdefghij',
      '  k8s-shop-cart-abcdefghij',
      'Exports of other clusters that lose a policy which stands in west:',
      '  CLUSTER   NAMESPACE   EXPORT      POLICY',
      '  east      shop        inventory   shop/inventory-health-policy',
      '',
    ]);
    expect([...hub.clusters.keys()]).toEqual(['west']);
  });

  it.each<[string, number, boolean]>([
    ['y', 0, false],
    ['YES', 0, false],
    ['n', 1, true],
    ['', 1, true],
    ['west', 1, true],
  ])('asked and answered %j', async (stdin, code, isLeft) => {
    const outcome = await cli(['cluster', 'detach', 'west'], { isTerminal: true, stdin });
    expect(outcome.code).toBe(code);
    expect(outcome.err).toContain('Detach west? [y/N] ');
    expect(hub.clusters.has('west')).toBe(isLeft);
  });

  it.each([
    [['--remove'], 'Remove', 'are taken away, except those that a VPC Lattice service uses'],
    [['--keep'], 'Keep', 'stay in AWS as they are'],
  ])('%j --yes goes without a question', async (options, onDetach, said) => {
    const outcome = await cli(['cluster', 'detach', 'west', ...options, '--yes']);
    expect(outcome).toMatchObject({ code: 0, err: '' });
    expect(outcome.out).toContain(said);
    expect(hub.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET /api/v1/clusters/west/detach-preview?onDetach=${onDetach}`,
      `DELETE /api/v1/clusters/west?onDetach=${onDetach}`,
    ]);
  });

  it('leaves to the cluster what becomes of its groups where nothing is said', async () => {
    hub.losesPolicy = [];
    hub.clusters.set('west', clusterNamed('west', { onDetach: 'Remove' }));
    const outcome = await cli(['cluster', 'detach', 'west', '--yes']);
    expect(outcome.out).toContain('Detaching west (Remove)');
    expect(outcome.out).toContain('No other cluster loses a policy.');
    expect(hub.requests.at(-1)?.url).toBe('/api/v1/clusters/west');
  });
});

describe('cluster acknowledge', () => {
  const withheld = {
    acknowledgementId: '0123456789abcdef',
    count: 2,
    items: [
      { step: 'delete', targetGroup: 'k8s-shop-cart-abcdefghij', reason: 'KindEmptied', release: 'by the acknowledgement of a person' },
    ],
  };
  const holds = [{ reason: 'KindEmptied.ServiceExport', since: '2026-01-01T00:00:00Z', message: 'a LIST has none' }];

  it('shows what is withheld and the holds, and acknowledges exactly that', async () => {
    hub.clusters.set('west', clusterNamed('west', {}, { ...synced, withheld, holds }));
    const outcome = await cli(['cluster', 'acknowledge', 'west'], {
      isTerminal: true,
      stdin: 'y',
      env: { NO_COLOR: '1', LATTICE_HUB_URL: hub.url, LATTICE_HUB_TOKEN: tokens.operator },
    });
    expect(outcome.code).toBe(0);
    expect(outcome.out.split('\n')).toEqual([
      'What makes the hub hold back in west:',
      '  REASON                      SINCE   MESSAGE',
      '  KindEmptied.ServiceExport   10m     a LIST has none',
      'Withheld, 2 in all:',
      '  STEP     TARGET-GROUP               REASON        RELEASED',
      '  delete   k8s-shop-cart-abcdefghij   KindEmptied   by the acknowledgement of a person',
      '  and 1 more: lattice-hub plan west',
      'membercluster/west acknowledged',
      '',
    ]);
    expect(JSON.parse(hub.requests.at(-1)?.body ?? '')).toEqual({ id: '0123456789abcdef' });
  });

  it('does nothing where nobody can be asked', async () => {
    hub.clusters.set('west', clusterNamed('west', {}, { ...synced, withheld }));
    expect(await cli(['cluster', 'acknowledge', 'west'])).toMatchObject({ code: 1 });
    expect(hub.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('has nothing to do where nothing waits for a person', async () => {
    hub.clusters.set('west', clusterNamed('west', {}, { ...synced, withheld: { count: 1, items: withheld.items } }));
    const outcome = await cli(['cluster', 'acknowledge', 'west', '--yes']);
    expect(outcome.code).toBe(0);
    expect(outcome.out).toContain('Nothing in west waits for an acknowledgement.\n');
    expect(hub.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('is refused where something else is withheld by then', async () => {
    hub.clusters.set('west', clusterNamed('west', {}, { ...synced, withheld }));
    const io = ioOf(hub, { isTerminal: true, stdin: 'y' });
    const line = io.stdin.line.bind(io.stdin);
    Object.assign(io.stdin, {
      line: (question: string) => {
        hub.clusters.set('west', clusterNamed('west', {}, { ...synced, withheld: { ...withheld, acknowledgementId: 'fedcba9876543210' } }));
        return line(question);
      },
    });
    expect(await run(['cluster', 'acknowledge', 'west'], io)).toBe(1);
    expect(io.err).toContain('Conflict: something else is withheld now');
  });
});

describe('cluster acknowledge --hub', () => {
  const holds = [{ reason: 'KindEmptied.TargetGroupPolicy', since: '2026-01-01T00:00:00Z', message: 'a LIST has none' }];

  it('shows what is held of the hub cluster, and acknowledges exactly that', async () => {
    hub.hubCluster = { snapshot: 'hub.lattice-hub.io', holds, acknowledgementId: '0123456789abcdef' };
    const outcome = await cli(['cluster', 'acknowledge', '--hub', '--yes'], {
      env: { NO_COLOR: '1', LATTICE_HUB_URL: hub.url, LATTICE_HUB_TOKEN: tokens.operator },
    });
    expect(outcome.code).toBe(0);
    expect(outcome.out.split('\n')).toEqual([
      'What makes the hub hold back what is missing in the hub cluster:',
      '  REASON                          SINCE   MESSAGE',
      '  KindEmptied.TargetGroupPolicy   10m     a LIST has none',
      'membersnapshot/hub.lattice-hub.io acknowledged',
      '',
    ]);
    expect(JSON.parse(hub.requests.at(-1)?.body ?? '')).toEqual({ id: '0123456789abcdef' });
  });

  it('has nothing to do where nothing is held', async () => {
    const outcome = await cli(['cluster', 'acknowledge', '--hub', '--yes']);
    expect(outcome.code).toBe(0);
    expect(outcome.out).toBe('Nothing of the hub cluster waits for an acknowledgement.\n');
  });

  it.each([
    { what: 'neither a cluster nor the hub cluster', args: [] },
    { what: 'both', args: ['west', '--hub'] },
  ])('is refused where it names $what', async ({ args }) => {
    const outcome = await cli(['cluster', 'acknowledge', ...args]);
    expect(outcome.code).toBe(2);
    expect(outcome.err).toContain('name a cluster, or say --hub for the hub cluster itself');
  });
});

describe('cluster describe', () => {
  it('shows all that the hub knows', async () => {
    const holds = [{ reason: 'KindEmptied.ServiceExport', since: '2026-01-01T00:00:00Z', message: 'a LIST has none' }];
    const items = [
      { step: 'delete', targetGroup: 'k8s-shop-cart-abcdefghij', reason: 'KindEmptied', release: 'by the acknowledgement of a person' },
    ];
    hub.clusters.set('west', clusterNamed('west', { paused: true }, { ...synced, holds, withheld: { count: 1, items } }));
    hub.events = [eventOf('west', 'Synced')];
    const { code, out, err } = await cli(['cluster', 'describe', 'west']);
    expect([code, err]).toEqual([0, '']);
    for (const said of [
      /^Name: +west$/m,
      /^State: +Synced \(paused\)$/m,
      /^ {2}Account: +111122223333$/m,
      /^ {2}UID of kube-system: +3b1e$/m,
      /^ {2}Target groups: +4$/m,
      /^ {2}AwsAuthorized +True +Assumed +5m +the role was assumed$/m,
      /^ {2}KindEmptied\.ServiceExport +10m +a LIST has none$/m,
      /^ {2}delete +k8s-shop-cart-abcdefghij +KindEmptied +by the acknowledgement of a person$/m,
      /^ {2}9m30s +Normal +Synced +membercluster\/west +every watched kind was read whole$/m,
    ])
      expect(out).toMatch(said);
  });

  it('does without events where they may not be seen', async () => {
    hub.clusters.set('west', clusterNamed('west'));
    hub.forbidden.add('/api/v1/events');
    const { code, out } = await cli(['cluster', 'describe', 'west']);
    expect(code).toBe(0);
    expect(out).toContain('Events:\n  not shown: Forbidden: user "operator" cannot list /api/v1/events\n');
  });
});
