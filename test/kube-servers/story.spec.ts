import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { networking, policyManifest, redisUrl, shown, TestFleet, until, type Json } from '../fixtures/test-fleet.js';

describe('the story, from joining to leaving', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start({ members: 3 });
    await fleet.startHub();
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  }, 30_000);

  const pathsAre = (path: string) =>
    until(`every health check asks for ${path}`, async () => {
      const paths = [1, 2, 3].map((member) => fleet.group(member, 'shop')?.healthCheck?.path);
      return paths.every((p) => p === path) ? undefined : paths.join();
    });

  it('lets members join, each in its account', async () => {
    await fleet.registerAll();
    for (const member of [1, 2, 3]) {
      await until('the role is assumed', async () =>
        fleet.condition(member, 'AwsAuthorized')?.status === 'True' ? undefined : shown(fleet.condition(member, 'AwsAuthorized')),
      );
    }
  });

  it('makes a target group for an export in every cluster, with its endpoints', async () => {
    for (const member of [1, 2, 3]) fleet.export(member, 'shop', [`10.${member}.0.1`, `10.${member}.0.2`]);
    await fleet.exported('shop', { 1: ['10.1.0.1', '10.1.0.2'], 2: ['10.2.0.1', '10.2.0.2'], 3: ['10.3.0.1', '10.3.0.2'] });
    expect(fleet.group(1, 'shop')).toMatchObject({
      config: { protocol: 'HTTP', protocolVersion: 'HTTP1', port: 80, vpcIdentifier: 'vpc-00000001' },
    });
  });

  it('tells of it where people look: on the export, in events, in the API', async () => {
    await until('the export is Ready', async () => {
      const object = fleet
        .member(1)
        .objects.get({ apiVersion: networking, kind: 'ServiceExport', namespace: 'default', name: 'shop' }) as Json;
      const ready = object.status?.conditions?.find((c: { type: string }) => c.type === 'Ready');
      return ready?.status === 'True' ? undefined : shown(ready);
    });
    const events = fleet.member(1).objects.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' }) as Json[];
    expect(events.map((event) => `${event.regarding.name} ${event.reason}`)).toContain('shop TargetGroupCreated');
    const { body } = await fleet.call('GET', '/api/v1/exports?cluster=member-1');
    expect(body.items).toMatchObject([{ name: 'shop', ready: 1, total: 1 }]);
  });

  it('takes one policy of the hub cluster to every cluster', async () => {
    fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/health'));
    await pathsAre('/health');
    await until('the policy says so', async () => {
      const policy = fleet.hubCluster.objects.get({
        apiVersion: networking,
        kind: 'TargetGroupPolicy',
        namespace: 'default',
        name: 'health',
      }) as Json;
      const programmed = policy.status?.conditions?.find((c: { type: string }) => c.type === 'lattice-hub.io/Programmed');
      return programmed?.status === 'True' ? undefined : shown(programmed);
    });
  });

  it('takes an edit of the policy to every cluster', async () => {
    fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/healthier'));
    await pathsAre('/healthier');
  });

  it('follows a pod that goes', async () => {
    fleet.setPods(1, 'shop', ['10.1.0.2']);
    await fleet.exported('shop', { 1: ['10.1.0.2'] });
  });

  it('deletes nothing of a member that goes dark, lets a policy reach it still, and catches up when it is back', async () => {
    await fleet.member(2).suspend();
    await fleet.stateIs(2, 'Unreachable');
    fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/while-dark'));
    await pathsAre('/while-dark');
    await fleet.settled();
    expect(fleet.targets(2, 'shop')).toEqual(['10.2.0.1', '10.2.0.2']);
    fleet.setPods(2, 'shop', ['10.2.0.9']);
    await fleet.member(2).resume();
    await fleet.stateIs(2, 'Synced');
    await fleet.exported('shop', { 2: ['10.2.0.9'] });
  });

  it('loses nothing when Redis is emptied', async () => {
    const redis = new Redis(redisUrl());
    await redis.flushdb();
    redis.disconnect();
    fleet.setPods(3, 'shop', ['10.3.0.7']);
    await fleet.exported('shop', { 1: ['10.1.0.2'], 2: ['10.2.0.9'], 3: ['10.3.0.7'] });
    await until('the rows are there again', async () => {
      const { body } = await fleet.call('GET', '/api/v1/target-groups');
      return body.items?.length === 3 ? undefined : shown(body);
    });
  });

  it('deletes the group of an export that is deleted, and no other', async () => {
    fleet.deleteExport(3, 'shop');
    await until('the group is gone', async () => (fleet.groups(3).length === 0 ? undefined : `${fleet.groups(3).length} groups`));
    expect(fleet.groups(1)).toHaveLength(1);
    expect(fleet.groups(2)).toHaveLength(1);
  });

  it('leaves everything as it is where a member is detached with Keep', async () => {
    const before = fleet.group(1, 'shop');
    expect((await fleet.call('DELETE', '/api/v1/clusters/member-1?onDetach=Keep')).status).toBe(202);
    await until('member-1 is gone', async () => (fleet.cluster(1) === undefined ? undefined : 'there still'));
    expect(fleet.group(1, 'shop')).toMatchObject({ arn: before?.arn, targets: before?.targets, tags: before?.tags });
  });

  it('finds its groups without a write where the same cluster joins again', async () => {
    fleet.aws.calls.reset();
    await fleet.register(1);
    await fleet.settled();
    expect(
      Object.keys(fleet.aws.calls.byOperation()).filter((operation) =>
        /^(Create|Update|Delete|Register|Deregister|Tag|Untag)/.test(operation),
      ),
    ).toEqual([]);
  });

  it('takes the groups away where a member is detached with Remove', async () => {
    expect((await fleet.call('DELETE', '/api/v1/clusters/member-2?onDetach=Remove')).status).toBe(202);
    await until('member-2 is gone', async () => (fleet.cluster(2) === undefined ? undefined : 'there still'));
    expect(fleet.groups(2)).toEqual([]);
    expect(fleet.groups(1)).toHaveLength(1);
  });
});
