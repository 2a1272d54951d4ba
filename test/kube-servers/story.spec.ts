import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { kubeServers } from '../fixtures/kube-servers.js';
import type { TestCluster } from '../fixtures/test-cluster.js';
import { conditionOf, networking, policyManifest, redisUrl, shown, TestFleet, until } from '../fixtures/test-fleet.js';

describe('the story, from joining to leaving', () => {
  let fleet: TestFleet<TestCluster>;

  beforeAll(async () => {
    fleet = await TestFleet.over(kubeServers(), { members: 3, withUpstreamCrds: [2] });
    await fleet.startHub();
  }, 120_000);

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
      await until('the role is assumed', async () => {
        const condition = await fleet.condition(member, 'AwsAuthorized');
        return condition?.status === 'True' ? undefined : shown(condition);
      });
    }
  });

  it('makes a target group for an export in every cluster, with its endpoints', async () => {
    for (const member of [1, 2, 3]) await fleet.export(member, 'shop', [`10.${member}.0.1`, `10.${member}.0.2`]);
    await fleet.exported('shop', { 1: ['10.1.0.1', '10.1.0.2'], 2: ['10.2.0.1', '10.2.0.2'], 3: ['10.3.0.1', '10.3.0.2'] });
    expect(fleet.group(1, 'shop')).toMatchObject({
      config: { protocol: 'HTTP', protocolVersion: 'HTTP1', port: 80, vpcIdentifier: 'vpc-00000001' },
    });
  });

  it('tells of it where people look: on the export, in events, in the API', async () => {
    const ref = { apiVersion: networking, kind: 'ServiceExport', namespace: 'default', name: 'shop' };
    await until('the export is Ready', async () => {
      const ready = conditionOf(await fleet.member(1).objects.get(ref), 'Ready');
      return ready?.status === 'True' ? undefined : shown(ready);
    });
    await until('the event', async () => {
      const events = await fleet.member(1).objects.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' });
      const told = events.map((event) => `${event.regarding.name} ${event.reason}`);
      return told.includes('shop TargetGroupCreated') ? undefined : told.join();
    });
    const { body } = await fleet.call('GET', '/api/v1/exports?cluster=member-1');
    expect(body.items).toMatchObject([{ name: 'shop', ready: 1, total: 1 }]);
  });

  it('tells of it in the API alone where the CRD has no status, and misses nothing there', async () => {
    const ref = { apiVersion: networking, kind: 'ServiceExport', namespace: 'default', name: 'shop' };
    await until('the export is shown', async () => {
      const { body } = await fleet.call('GET', '/api/v1/exports?cluster=member-2');
      const ready = body.items?.[0]?.conditions?.find((c: { type: string }) => c.type === 'Ready');
      return ready?.status === 'True' ? undefined : shown(body);
    });
    expect((await fleet.member(2).objects.get(ref)).status).toBeUndefined();
    expect((await fleet.condition(2, 'Writable'))?.status).toBe('True');
  });

  it('takes one policy of the hub cluster to every cluster', async () => {
    await fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/health'));
    await pathsAre('/health');
    const ref = { apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'default', name: 'health' };
    await until('the policy says so', async () => {
      const programmed = conditionOf(await fleet.hubCluster.objects.get(ref), 'lattice-hub.io/Programmed');
      return programmed?.status === 'True' ? undefined : shown(programmed);
    });
  });

  it('takes an edit of the policy to every cluster', async () => {
    await fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/healthier'));
    await pathsAre('/healthier');
  });

  it('follows a pod that goes', async () => {
    await fleet.setPods(1, 'shop', ['10.1.0.2']);
    await fleet.exported('shop', { 1: ['10.1.0.2'] });
  });

  it('deletes nothing of a member that goes dark, lets a policy reach it still, and catches up when it is back', async () => {
    fleet.aws.calls.reset();
    fleet.member(2).road.block();
    await fleet.stateIs(2, 'Unreachable');
    await fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/while-dark'));
    await pathsAre('/while-dark');
    await fleet.settled();
    expect(fleet.targets(2, 'shop')).toEqual(['10.2.0.1', '10.2.0.2']);
    expect(fleet.taken()).toEqual({ UpdateTargetGroup: 3 });
    await fleet.setPods(2, 'shop', ['10.2.0.9']);
    fleet.member(2).road.reopen();
    await fleet.stateIs(2, 'Synced');
    await fleet.exported('shop', { 2: ['10.2.0.9'] });
  });

  it('loses nothing when Redis is emptied', async () => {
    const redis = new Redis(redisUrl());
    await redis.flushdb();
    redis.disconnect();
    await fleet.setPods(3, 'shop', ['10.3.0.7']);
    await fleet.exported('shop', { 1: ['10.1.0.2'], 2: ['10.2.0.9'], 3: ['10.3.0.7'] });
    await until('the rows are there again', async () => {
      const { body } = await fleet.call('GET', '/api/v1/target-groups');
      return body.items?.length === 3 ? undefined : shown(body);
    });
  });

  it('deletes the group of an export that is deleted, and no other', async () => {
    fleet.aws.calls.reset();
    await fleet.deleteExport(3, 'shop');
    await until('the group is gone', async () => (fleet.groups(3).length === 0 ? undefined : `${fleet.groups(3).length} groups`));
    expect(fleet.groups(1)).toHaveLength(1);
    expect(fleet.groups(2)).toHaveLength(1);
    expect(fleet.taken()).toMatchObject({ DeleteTargetGroup: 1 });
  });

  it('leaves everything as it is where a member is detached with Keep', async () => {
    await fleet.settled();
    fleet.aws.calls.reset();
    const before = fleet.group(1, 'shop');
    expect((await fleet.call('DELETE', '/api/v1/clusters/member-1?onDetach=Keep')).status).toBe(202);
    await until('member-1 is gone', async () => ((await fleet.cluster(1)) === undefined ? undefined : 'there still'));
    expect(fleet.group(1, 'shop')).toMatchObject({ arn: before?.arn, targets: before?.targets, tags: before?.tags });
    expect(fleet.taken()).toEqual({});
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
    await until('member-2 is gone', async () => ((await fleet.cluster(2)) === undefined ? undefined : 'there still'));
    expect(fleet.groups(2)).toEqual([]);
    expect(fleet.groups(1)).toHaveLength(1);
  });
});
