import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../apps/cli/src/run.js';
import { MemoryIo, type MemorySettings } from '../../apps/cli/src/testing/memory-io.js';
import { policyManifest, TestFleet, until } from '../fixtures/test-fleet.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start({ members: 2 });
  await fleet.startHub();
});

afterAll(async () => {
  await fleet.stop();
});

async function cli(argv: readonly string[], settings: MemorySettings = {}) {
  const env = { LATTICE_HUB_URL: fleet.door?.url, LATTICE_HUB_TOKEN: fleet.token };
  const io = new MemoryIo({ nowMs: Date.now(), env, ...settings });
  const code = await run(argv, io);
  return { code, out: io.out, err: io.err };
}

/** Registers a member as a person does, without waiting: the clock of the command stands still. */
async function add(member: number, ...more: readonly string[]) {
  const { accountId, region, vpcId } = fleet.placeOf(member);
  const place = ['--aws-account', accountId, '--region', region, '--vpc', vpcId];
  const role = ['--role-arn', fleet.aws.roleArn(accountId), '--external-id', fleet.aws.externalId];
  const files = { '/kubeconfig': await fleet.kubeconfigOf(member) };
  const context = /current-context: "?([\w-]+)"?/.exec(files['/kubeconfig'])?.[1] ?? '';
  return cli(['cluster', 'add', context, '--name', `member-${member}`, '--kubeconfig', '/kubeconfig', ...place, ...role, ...more], {
    files,
  });
}

describe('the command and the hub', () => {
  it('agree on everything from registration to detach', async () => {
    await fleet.export(1, 'inventory', 2);
    await fleet.export(2, 'inventory', 1);
    expect(await add(1, '--no-wait')).toMatchObject({ code: 0, out: 'membercluster/member-1 registered\n' });
    expect(await add(2, '--no-wait', '--on-detach', 'Remove')).toMatchObject({ code: 0 });
    expect(await add(2, '--no-wait')).toMatchObject({ code: 1, err: expect.stringContaining('already exists') });
    await fleet.stateIs(1, 'Synced');
    await fleet.stateIs(2, 'Synced');

    const policy = JSON.stringify(policyManifest('fast', 'inventory', '/ready'));
    expect(await cli(['apply', '-f', '-', '--dry-run'], { stdin: policy })).toMatchObject({
      code: 0,
      out: 'targetgrouppolicy/fast applied (server dry run)\n',
    });
    expect(await cli(['get', 'policies', '-o', 'name'])).toMatchObject({ out: '' });
    expect(await cli(['apply', '-f', '-'], { stdin: policy })).toMatchObject({ code: 0, out: 'targetgrouppolicy/fast applied\n' });
    await until('both groups follow the policy', async () => {
      const { out } = await cli(['get', 'target-groups', 'inventory', '-n', 'default']);
      return [...out.matchAll(/ {3}HTTP\/ready 10s 200-299 +[12] +hub\/default\/fast +Ready\n/g)].length === 2 ? undefined : out;
    });
    await until('the policy has reached both', async () => {
      const { out } = await cli(['get', 'policies', '--cluster', 'hub']);
      return /^hub +default +fast +ServiceExport\/inventory +True +2\/2$/m.test(out) ? undefined : out;
    });
    await until('the exports are ready', async () => {
      const { out } = await cli(['get', 'exports', '--cluster', 'member-1']);
      return /^member-1 +default +inventory +inventory +80 +1\/1 +Ready$/m.test(out) ? undefined : out;
    });
    await until('the clusters say so', async () => {
      const { out } = await cli(['cluster', 'list']);
      return /^member-1 +Synced +\d+ +us-west-2 +vpc-00000001 +1 +1 +0$/m.test(out) ? undefined : out;
    });
    const described = await cli(['cluster', 'describe', 'member-1']);
    expect(described.code).toBe(0);
    expect(described.out).toMatch(/^ {2}AwsAuthorized +True +Assumed/m);
    expect(described.out).toMatch(/^ {2}\d+s +Normal +Synced +membercluster\/member-1/m);

    expect(await cli(['cluster', 'pause', 'member-1'])).toMatchObject({ code: 0 });
    await until('it is paused', async () => {
      const { out } = await cli(['get', 'clusters', 'member-1', '-o', 'json']);
      return (JSON.parse(out) as { spec: { paused: boolean } }).spec.paused ? undefined : out;
    });
    await fleet.setPods(1, 'inventory', ['10.1.9.9']);
    await until('the plan says what is held back', async () => {
      const { out } = await cli(['plan', 'member-1', '-o', 'wide']);
      return /^default +inventory +register +k8s-default-inventory-[a-z]{10} +Paused +by spec\.paused: false .* +no +10\.1\.9\.9:8080$/m.test(
        out,
      )
        ? undefined
        : out;
    });
    expect(await cli(['cluster', 'acknowledge', 'member-1'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing in member-1 waits'),
    });

    expect(await cli(['cluster', 'detach', 'member-2'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('(Remove): its target groups, 1 in all, are taken away'),
    });
    expect(await cli(['cluster', 'detach', 'member-2', '--yes'])).toMatchObject({ code: 0 });
    await until('it is gone', async () => {
      const { out } = await cli(['cluster', 'list', '-o', 'name']);
      return out === 'membercluster/member-1\n' ? undefined : out;
    });
    expect(fleet.groups(2)).toEqual([]);
  });

  it('tells the same of what is refused', async () => {
    const weak = fleet.hubCluster.simulator.issueToken({ name: 'weak', groups: [] });
    expect(await cli(['get', 'clusters', '--token', weak])).toMatchObject({
      code: 1,
      err: 'lattice-hub: Forbidden: user "weak" cannot list memberclusters.lattice-hub.io at the cluster scope\n',
    });
    expect(await cli(['get', 'clusters', '--token', 'none'])).toMatchObject({ code: 1, err: expect.stringContaining('Unauthorized: ') });
    expect(await add(2, '--no-wait', '--cluster-name', '')).toMatchObject({
      code: 1,
      err: expect.stringContaining('clusterName (--cluster-name): '),
    });
    expect(await cli(['cluster', 'describe', 'nobody'])).toMatchObject({
      code: 1,
      err: 'lattice-hub: NotFound: there is no MemberCluster "nobody"\n',
    });
    expect(await cli(['apply', '-f', '-'], { stdin: 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^lattice-hub: stdin: NotAppliable: v1 Secret is not applied here.*\n$/),
    });
  });
});
