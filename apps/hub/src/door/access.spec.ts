import { describe, expect, it } from '@jest/globals';
import type { AccessAttributes, KubeUser } from '@hub/kube';
import { Access } from './access.js';

/** A hub cluster that knows some tokens and rights, and counts what it is asked. */
function cluster() {
  const world = { nowMs: 0, tokens: new Map<string, KubeUser>(), rights: new Set<string>(), tokenReviews: 0, accessReviews: 0 };
  const access = new Access(
    {
      reviewToken: async (token: string) => {
        world.tokenReviews++;
        return world.tokens.get(token);
      },
      isAllowed: async (user: KubeUser, { verb, resource, namespace = '', name }: AccessAttributes) => {
        world.accessReviews++;
        return world.rights.has([user.username, verb, resource, namespace, ...(name === undefined ? [] : [name])].join(' '));
      },
    },
    () => world.nowMs,
  );
  const user = (name: string): KubeUser => ({ username: name, uid: name, groups: [], extra: {} });
  return { world, access, user };
}

const exports = { group: 'application-networking.k8s.aws', resource: 'serviceexports' };

describe('who asks', () => {
  it.each([[undefined], [''], ['Basic YTpi'], ['Bearer'], ['Bearer a b'], [`Bearer ${'x'.repeat(17_000)}`]])(
    'is nobody with %j, and the hub cluster is not asked',
    async (authorization) => {
      const { access, world } = cluster();
      await expect(access.caller(authorization)).rejects.toMatchObject({ status: 401 });
      expect(world.tokenReviews).toBe(0);
    },
  );

  it('is asked about once in a while, however often they ask, at once and after each other', async () => {
    const { access, world, user } = cluster();
    world.tokens.set('good', user('ada'));
    await Promise.all(Array.from({ length: 100 }, () => access.caller('Bearer good')));
    await access.caller('Bearer good');
    expect(world.tokenReviews).toBe(1);
    world.nowMs = 30_001;
    await access.caller('Bearer good');
    expect(world.tokenReviews).toBe(2);
  });

  it('is let in no more within half a minute when the token is revoked, and again soon when it was refused too early', async () => {
    const { access, world, user } = cluster();
    world.tokens.set('good', user('ada'));
    await access.caller('Bearer good');
    world.tokens.delete('good');
    world.nowMs = 30_001;
    await expect(access.caller('Bearer good')).rejects.toMatchObject({ status: 401 });
    world.tokens.set('good', user('ada'));
    await expect(access.caller('Bearer good')).rejects.toMatchObject({ status: 401 });
    world.nowMs = 40_002;
    expect((await access.caller('Bearer good')).user.username).toBe('ada');
  });

  it('does not make a flood of reviews with a flood of bad tokens, and keeps nobody out who was let in before', async () => {
    const { access, world, user } = cluster();
    world.tokens.set('good', user('ada'));
    await access.caller('Bearer good');
    const answers = await Promise.allSettled(Array.from({ length: 20_000 }, (_, i) => access.caller(`Bearer bad-${i}`)));
    const statuses = answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as { status: number }).status : 200));
    expect(world.tokenReviews).toBeLessThanOrEqual(201);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await access.caller('Bearer good')).user.username).toBe('ada');
    world.nowMs = 30_001;
    await Promise.allSettled(Array.from({ length: 2000 }, (_, i) => access.caller(`Bearer worse-${i}`)));
    expect((await access.caller('Bearer good')).user.username).toBe('ada');
  });
});

describe('what may be seen', () => {
  const namespaceOf = (item: string) => item.split('/')[0] ?? '';

  it('is all of it with a right in the cluster, else that of the namespaces, each asked about once', async () => {
    const { access, world, user } = cluster();
    for (const name of ['ada', 'bob']) world.tokens.set(name, user(name));
    world.rights.add('ada list serviceexports ').add('bob list serviceexports team-b');
    const items = Array.from({ length: 300 }, (_, i) => `team-${'abc'[i % 3]}/${i}`);
    const seen = async (name: string) => {
      const sight = access.sight(await access.caller(`Bearer ${name}`), 'list', exports, namespaceOf);
      const visible: string[] = [];
      for (const item of items) if (await sight(item)) visible.push(item);
      return visible;
    };
    expect(await seen('ada')).toHaveLength(300);
    expect(world.accessReviews).toBe(1);
    expect(new Set((await seen('bob')).map(namespaceOf))).toEqual(new Set(['team-b']));
    expect(world.accessReviews).toBe(1 + 1 + 3);
  });

  it('is asked about anew while somebody watches, so that a right that is taken away ends', async () => {
    const { access, world, user } = cluster();
    world.tokens.set('ada', user('ada'));
    world.rights.add('ada watch serviceexports ');
    const sight = access.sight(await access.caller('Bearer ada'), 'watch', exports, namespaceOf);
    expect(await sight('team-a/1')).toBe(true);
    world.rights.clear();
    expect(await sight('team-a/1')).toBe(true);
    world.nowMs = 20_002;
    expect(await sight('team-a/1')).toBe(false);
  });

  it('is one object by its name where no more may be seen, and costs one review where all may be', async () => {
    const { access, world, user } = cluster();
    for (const name of ['ada', 'bob']) world.tokens.set(name, user(name));
    world.rights.add('ada get serviceexports ').add('bob get serviceexports  one');
    const get = async (who: string, name: string) => access.require(await access.caller(`Bearer ${who}`), 'get', exports, { name });
    for (let i = 0; i < 100; i++) await get('ada', `export-${i}`);
    expect(world.accessReviews).toBe(1);
    await get('bob', 'one');
    await expect(get('bob', 'two')).rejects.toMatchObject({ status: 403 });
  });
});
