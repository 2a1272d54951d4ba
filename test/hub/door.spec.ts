import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { X509CertificateGenerator } from '@peculiar/x509';
import { z, type ZodType } from 'zod';
import {
  ClusterView,
  DetachPreview,
  EventView,
  ExportView,
  listOf,
  PolicyView,
  ProblemView,
  TargetGroupView,
  WithheldView,
} from '../../apps/hub/src/door/views.js';
import { freePort } from '../fixtures/free-port.js';
import { RedisProcess } from '../fixtures/redis-process.js';
import { networking, policyManifest, shown, TestFleet, until, type Json } from '../fixtures/test-fleet.js';

describe('the door', () => {
  let fleet: TestFleet;
  let viewer: string;
  let nobody: string;

  beforeAll(async () => {
    fleet = await TestFleet.start({ members: 1 });
    await fleet.startHub();
    await fleet.register(1);
    await fleet.member(1).objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } });
    await fleet.hubCluster.objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } });
    await fleet.export(1, 'shop', ['10.1.0.1'], 'team-a');
    await fleet.export(1, 'cart', ['10.1.0.2'], 'default');
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await fleet.exported('cart', { 1: ['10.1.0.2'] });
    viewer = fleet.hubCluster.simulator.issueToken({ name: 'viewer' });
    nobody = fleet.hubCluster.simulator.issueToken({ name: 'nobody' });
    const rules = [
      { apiGroups: ['lattice-hub.io'], resources: ['targetgroups'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['application-networking.k8s.aws'], resources: ['serviceexports', 'targetgrouppolicies'], verbs: ['get', 'list'] },
    ];
    const { objects } = fleet.hubCluster;
    await objects.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { namespace: 'team-a', name: 'view' },
      rules,
    });
    await objects.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { namespace: 'team-a', name: 'view' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'viewer' }],
    });
    await until('both rows', async () => {
      const { body } = await fleet.call('GET', '/api/v1/target-groups');
      return body.items?.filter((row: { state: string }) => row.state === 'Ready').length === 2 ? undefined : shown(body);
    });
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it.each(['/healthz', '/readyz', '/metrics', '/openapi.json', '/openapi.yaml'])('lets everybody read %s', async (path) => {
    const answer = await fetch(`${fleet.door?.url}${path}`);
    expect(answer.status).toBe(200);
  });

  it.each([
    ['none', undefined],
    ['one that the hub cluster does not accept', 'no-such-token'],
    ['one with characters that no token has', 'a\u00e4b'],
  ])('refuses a token: %s', async (_, token) => {
    const answer = await fetch(`${fleet.door?.url}/api/v1/clusters`, {
      headers: token === undefined ? {} : { authorization: encodeURI(`Bearer ${token}`) },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('asks the hub cluster about a bad token once, however often it comes', async () => {
    const before = fleet.hubCluster.simulator.requests.count({ verb: 'create', resource: 'tokenreviews' });
    await Promise.all(Array.from({ length: 50 }, () => fleet.call('GET', '/api/v1/clusters', undefined, 'flood')));
    expect(fleet.hubCluster.simulator.requests.count({ verb: 'create', resource: 'tokenreviews' }) - before).toBe(1);
  });

  it('shows everybody just what the hub cluster lets them list', async () => {
    const names = async (path: string, token: string) =>
      (await fleet.call('GET', path, undefined, token)).body.items?.map((item: Json) => item.export ?? item.name);
    expect(await names('/api/v1/target-groups', viewer)).toEqual(['shop']);
    expect(await names('/api/v1/exports', viewer)).toEqual(['shop']);
    expect(await names('/api/v1/target-groups', nobody)).toEqual([]);
    expect(await names('/api/v1/target-groups', fleet.token)).toEqual(['cart', 'shop']);
    expect(await names('/api/v1/target-groups?namespace=team-a', viewer)).toEqual(['shop']);
    expect((await fleet.call('GET', '/api/v1/target-groups?namespace=default', undefined, viewer)).status).toBe(403);
    expect((await fleet.call('GET', '/api/v1/clusters', undefined, viewer)).body).toMatchObject({
      status: 403,
      detail: 'user "viewer" cannot list memberclusters.lattice-hub.io at the cluster scope',
    });
  });

  it('shows one cluster to whom the hub cluster lets see that one, by its name', async () => {
    const { objects, simulator } = fleet.hubCluster;
    const token = simulator.issueToken({ name: 'guest' });
    const rule = { apiGroups: ['lattice-hub.io'], resources: ['memberclusters'], resourceNames: ['member-1'], verbs: ['get'] };
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'guest' } };
    await objects.apply({ ...rbac, kind: 'ClusterRole', rules: [rule] });
    await objects.apply({
      ...rbac,
      kind: 'ClusterRoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'guest' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'guest' }],
    });
    const ask = (path: string) => fleet.call('GET', `/api/v1/clusters${path}`, undefined, token);
    expect(await ask('/member-1')).toMatchObject({ status: 200, body: { name: 'member-1' } });
    expect((await ask('/member-1/plan')).status).toBe(200);
    expect((await ask('')).status).toBe(403);
    expect((await ask('/member-2')).body).toMatchObject({
      status: 403,
      detail: 'user "guest" cannot get memberclusters.lattice-hub.io "member-2" at the cluster scope',
    });
  });

  it('writes as the caller: what the hub cluster forbids them is forbidden here', async () => {
    const policy = `apiVersion: ${networking}\nkind: TargetGroupPolicy\nmetadata: {name: p, namespace: team-a}\nspec: {targetRef: {group: application-networking.k8s.aws, kind: ServiceExport, name: shop}}\n`;
    const { status, body } = await fleet.call('POST', '/api/v1/apply', policy, viewer);
    expect(status).toBe(403);
    expect(body.detail).toContain('User "viewer" cannot patch resource "targetgrouppolicies"');
    expect((await fleet.call('DELETE', '/api/v1/clusters/member-1', undefined, viewer)).status).toBe(403);
    expect((await fleet.call('POST', '/api/v1/apply', policy)).body).toEqual({
      items: [{ kind: 'TargetGroupPolicy', namespace: 'team-a', name: 'p' }],
    });
    await fleet.hubCluster.objects.delete({ apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'team-a', name: 'p' });
  });

  it.each<[string, unknown, number, RegExp]>([
    ['no body', '', 400, /must be YAML or JSON/],
    ['a text that is not YAML', 'a: b: c', 400, /document 1 is not YAML/],
    ['a kind that is not ours', 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n', 422, /v1 Secret is not applied here/],
    ['an object without a name', `apiVersion: ${networking}\nkind: TargetGroupPolicy\nmetadata: {}\n`, 400, /metadata\.name/],
    [
      'a policy that the CRD refuses',
      JSON.stringify({
        ...policyManifest('p', 'shop', '/x'),
        spec: { targetRef: { group: '', kind: 'Service', name: 'x' }, healthCheck: { intervalSeconds: 1 } },
      }),
      422,
      /intervalSeconds/,
    ],
  ])('says what is wrong with an apply of %s', async (_, body, status, detail) => {
    const answer = await fleet.call('POST', '/api/v1/apply', body);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toMatch(detail);
  });

  it('says which field of an apply its kind does not have, and what must be of another type', async () => {
    const policy = policyManifest('p', 'shop', '/x');
    const spec = { ...(policy['spec'] as object), protocoll: 'HTTP', healthCheck: { path: 5 } };
    const { status, body } = await fleet.call('POST', '/api/v1/apply', JSON.stringify({ ...policy, spec }));
    expect({ status, errors: body.errors }).toEqual({
      status: 422,
      errors: [
        { field: 'spec.healthCheck.path', fix: 'must be a string, not 5' },
        { field: 'spec.protocoll', fix: 'TargetGroupPolicy has no such field: leave it out, or correct its name' },
      ],
    });
  });

  it('refuses an apply of a name that no object can have, before the hub cluster is asked', async () => {
    const { status, body } = await fleet.call('POST', '/api/v1/apply', {
      ...policyManifest('p', 'shop', '/x'),
      metadata: { name: 'Bad_Name' },
    });
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ field: 'metadata.name', fix: 'must be lower-case letters, digits, hyphens and dots' }],
    });
  });

  it.each<[string, string, string, unknown, readonly object[]]>([
    [
      'a field that there is not',
      'PATCH',
      'clusters/member-1',
      { pausedd: true },
      [{ field: 'pausedd', fix: expect.stringMatching(/^is not known/) }],
    ],
    ['a value of another type', 'PATCH', 'clusters/member-1', { paused: 'yes' }, [{ field: 'paused', fix: 'must be a boolean' }]],
    [
      'a value that there is not',
      'PATCH',
      'clusters/member-1',
      { onDetach: 'Drop' },
      [{ field: 'onDetach', fix: 'must be one of Keep, Remove' }],
    ],
    [
      'nothing to change',
      'PATCH',
      'clusters/member-1',
      {},
      [{ field: 'body', fix: expect.stringMatching(/^must name what is to change/) }],
    ],
    [
      'what is missing',
      'POST',
      'clusters',
      { name: 'x', kubeconfig: '', aws: { foo: 1 } },
      [
        { field: 'kubeconfig', fix: 'must not be empty' },
        { field: 'aws.accountId', fix: 'is required: a string' },
        { field: 'aws.region', fix: 'is required: a string' },
        { field: 'aws.vpcId', fix: 'is required: a string' },
        { field: 'aws.roleArn', fix: 'is required: a string' },
        { field: 'aws.foo', fix: 'is not known: leave it out, or correct its name' },
      ],
    ],
    [
      'a filter that there is not',
      'GET',
      'exports?namspace=team-a',
      undefined,
      [{ field: 'namspace', fix: expect.stringMatching(/^is not known/) }],
    ],
    ['a filter with another value', 'GET', 'exports?watch=maybe', undefined, [{ field: 'watch', fix: 'must be one of 0, 1, false, true' }]],
    [
      'an end that there is not',
      'DELETE',
      'clusters/member-1?ondetach=Keep',
      undefined,
      [{ field: 'ondetach', fix: expect.stringMatching(/^is not known/) }],
    ],
  ])('names the field and the fix of %s', async (_, method, path, body, errors) => {
    const answer = await fleet.call(method, `/api/v1/${path}`, body);
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({ status: 400, errors });
  });

  it.each<[string, string, string | undefined, number, object]>([
    ['nothing', '', undefined, 400, { field: 'body', fix: 'is required: an object' }],
    ['JSON that is none', '{', 'application/json', 400, { field: 'body', fix: expect.stringMatching(/^must be JSON: /) }],
    [
      'a form',
      'a=b',
      'application/x-www-form-urlencoded',
      415,
      { field: 'content-type', fix: expect.stringMatching(/^send application\/json/) },
    ],
    ['XML', '<a/>', 'application/xml', 415, { field: 'content-type', fix: expect.stringMatching(/^send application\/json/) }],
    [
      'JSON of another character set',
      '{}',
      'application/json; charset=latin1',
      415,
      { field: 'content-type', fix: expect.stringMatching(/UTF-8/) },
    ],
  ])('says what to send instead of %s', async (_, body, type, status, error) => {
    const answer = await fetch(`${fleet.door?.url}/api/v1/clusters`, {
      method: 'POST',
      ...(body !== '' && { body }),
      headers: { ...(type && { 'content-type': type }), authorization: `Bearer ${fleet.token}` },
    });
    expect({ status: answer.status, errors: ((await answer.json()) as Json).errors }).toEqual({ status, errors: [error] });
  });

  it.each<{ request: string; sent?: unknown; token?: () => string; title: string; reason: string }>([
    { request: 'GET /api/v1/clusters?colour=red', title: '400 Bad Request', reason: 'InvalidInput' },
    { request: 'GET /api/v1/exports?continue=x', title: '400 Bad Request', reason: 'InvalidInput' },
    { request: 'GET /api/v1/clusters/%ZZ', title: '400 Bad Request', reason: 'BadRequest' },
    { request: 'GET /api/v1/clusters', token: () => 'unknown', title: '401 Unauthorized', reason: 'Unauthorized' },
    { request: 'GET /api/v1/clusters', token: () => viewer, title: '403 Forbidden', reason: 'Forbidden' },
    { request: 'GET /api/v1/clusters/nobody', title: '404 Not Found', reason: 'NotFound' },
    { request: 'GET /api/v1/nowhere', title: '404 Not Found', reason: 'NotFound' },
    { request: 'PATCH /api/v1/clusters/nobody', sent: { paused: true }, title: '404 Not Found', reason: 'NotFound' },
    { request: 'POST /api/v1/clusters/member-1/acknowledgement', sent: { id: '0'.repeat(16) }, title: '409 Conflict', reason: 'Conflict' },
    {
      request: 'POST /api/v1/apply',
      sent: 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n',
      title: '422 Unprocessable Entity',
      reason: 'NotAppliable',
    },
    {
      request: 'POST /api/v1/apply',
      sent: JSON.stringify(policyManifest('p', 'shop', '/x', { healthCheck: { port: 0 } })),
      title: '422 Unprocessable Entity',
      reason: 'Invalid',
    },
  ])(
    'titles a refusal by its status, and says its reason for programs: $request is $title, $reason',
    async ({ request, sent, token, title, reason }) => {
      const [method = '', path = ''] = request.split(' ');
      const { status, body } = await fleet.call(method, path, sent, token?.());
      expect({ title: `${status} ${body.title}`, reason: body.reason }).toEqual({ title, reason });
      expect(z.strictObject(ProblemView.shape).parse(body)).toEqual(body);
    },
  );

  it('says to whom a token is to be shown, and where to look for a path that there is', async () => {
    const answer = await fetch(`${fleet.door?.url}/api/v1/clusters`);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect((await fleet.call('PUT', '/api/v1/clusters/member-1')).body).toMatchObject({
      status: 404,
      detail: 'there is no PUT /api/v1/clusters/member-1: /openapi.json tells what there is',
    });
  });

  it('names every field of a registration that is wrong, and its fix', async () => {
    const { status, body } = await fleet.call('POST', '/api/v1/clusters', {
      name: 'Bad_Name',
      kubeconfig: 'x',
      aws: { accountId: '1', region: 'x', vpcId: 'y', roleArn: 'z' },
    });
    expect(status).toBe(400);
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([
      'name',
      'aws.accountId',
      'aws.region',
      'aws.vpcId',
      'aws.roleArn',
    ]);
  });

  it.each<[string, { method: string; body?: string }, number]>([
    ['is not JSON', { method: 'POST', body: '{' }, 400],
    [
      'is too large',
      {
        method: 'POST',
        body: JSON.stringify({ kubeconfig: 'x'.repeat(2 * 1024 * 1024) }),
      },
      413,
    ],
    ['is for no path', { method: 'GET' }, 404],
  ])('answers a request that %s with a problem', async (what, init, status) => {
    const path = what === 'is for no path' ? '/api/v1/nothing' : '/api/v1/clusters';
    const answer = await fetch(`${fleet.door?.url}${path}`, {
      ...init,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${fleet.token}` },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('gives a list in pages, and refuses a page that there is not', async () => {
    const first = (await fleet.call('GET', '/api/v1/target-groups?limit=1')).body;
    expect(first.items).toHaveLength(1);
    const second = (await fleet.call('GET', `/api/v1/target-groups?limit=1&continue=${first.continue}`)).body;
    expect(new Set([...first.items, ...second.items].map((item: Json) => item.export))).toEqual(new Set(['cart', 'shop']));
    expect(second.continue).toBeUndefined();
    for (const query of ['limit=0', 'limit=5001', 'limit=x', 'continue=nonsense']) {
      const { status, body } = await fleet.call('GET', `/api/v1/target-groups?${query}`);
      expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: query.split('=')[0] });
    }
  });

  it('streams what changes to whoever watches', async () => {
    const stop = new AbortController();
    const answer = await fetch(`${fleet.door?.url}/api/v1/target-groups?watch=1`, {
      headers: { authorization: `Bearer ${viewer}` },
      signal: stop.signal,
    });
    const lines: { type: string; object: Json }[] = [];
    const reading = (async () => {
      let rest = '';
      for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
        const parts = (rest + Buffer.from(chunk).toString()).split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts.map((line) => JSON.parse(line)));
      }
    })().catch(() => undefined);
    await until('the first', async () => (lines[0]?.type === 'ADDED' ? undefined : shown(lines)));
    await fleet.setPods(1, 'shop', ['10.1.0.8'], 'team-a');
    await until('the change', async () =>
      lines.some((l) => l.type === 'MODIFIED' && l.object.targets[0]?.ip === '10.1.0.8') ? undefined : shown(lines),
    );
    expect(lines.every((line) => line.object.namespace === 'team-a')).toBe(true);
    stop.abort();
    await reading;
  });

  it('counts what it does in its metrics', async () => {
    const text = await (await fetch(`${fleet.door?.url}/metrics`)).text();
    expect(text).toMatch(
      /lattice_hub_aws_attempts_total\{operation="CreateTargetGroup",account="111111111111",region="us-west-2",outcome="ok"\} 2/,
    );
    expect(text).toMatch(/lattice_hub_member_state\{cluster="member-1",state="Synced"\} 1/);
  });

  it('describes itself: every path of the API is in the OpenAPI document, with its schemas', async () => {
    const { body } = await fleet.call('GET', '/openapi.json');
    expect(Object.keys(body.paths).toSorted()).toEqual([
      '/api/v1/apply',
      '/api/v1/clusters',
      '/api/v1/clusters/{name}',
      '/api/v1/clusters/{name}/acknowledgement',
      '/api/v1/clusters/{name}/detach-preview',
      '/api/v1/clusters/{name}/plan',
      '/api/v1/events',
      '/api/v1/exports',
      '/api/v1/hub',
      '/api/v1/hub/acknowledgement',
      '/api/v1/policies',
      '/api/v1/target-groups',
      '/healthz',
      '/metrics',
      '/readyz',
    ]);
  });

  it('describes every answer: what comes with success, what is refused and how, and what of it needs no token', async () => {
    const { body } = await fleet.call('GET', '/openapi.json');
    const operations = Object.entries<Json>(body.paths).flatMap(([path, item]) =>
      Object.entries<Json>(item).map(([verb, operation]) => ({ what: `${verb} ${path}`, isOpen: !path.startsWith('/api'), ...operation })),
    );
    const undescribed = operations.filter(({ isOpen, responses, security }) => {
      const good = Object.entries<Json>(responses).find(([status]) => status.startsWith('2'))?.[1];
      const refused = ['400', '401', '403', '429', '503', 'default'].every(
        (status) => responses[status]?.content?.['application/problem+json'],
      );
      return !good?.content || (isOpen ? security.length > 0 : !refused || security[0].bearer === undefined);
    });
    expect(undescribed.map(({ what }) => what)).toEqual([]);
    const pointers = JSON.stringify(body).match(/#\/components\/schemas\/\w+/g) ?? [];
    const missing = pointers.filter((pointer) => !((pointer.split('/')[3] ?? '') in body.components.schemas));
    expect(missing).toEqual([]);
    // What may be null has to say its type beside it, or nobody knows what else it may be.
    expect(JSON.stringify(body)).not.toMatch(/"nullable":true,(?!("description":"[^"]*",)?"type")/);
    expect(body.paths['/api/v1/exports'].get.responses['200'].content).toHaveProperty([
      'application/x-ndjson',
      'schema',
      'properties',
      'object',
    ]);
    expect(body.paths['/api/v1/clusters'].post.responses).toHaveProperty('422');
  });

  it.each<[string, ZodType]>([
    ['clusters', listOf(ClusterView)],
    ['clusters/member-1', ClusterView],
    ['clusters/member-1/plan', listOf(WithheldView)],
    ['clusters/member-1/detach-preview', DetachPreview],
    ['exports', listOf(ExportView)],
    ['policies', listOf(PolicyView)],
    ['target-groups', listOf(TargetGroupView)],
    ['events', listOf(EventView)],
    ['nothing', ProblemView],
    ['exports?watch=maybe', ProblemView],
  ])('answers %s as it is described, with nothing besides', async (path, schema) => {
    await fleet.hubCluster.objects.apply(policyManifest('described', 'cart', '/described'));
    const { body } = await fleet.call('GET', `/api/v1/${path}`);
    expect(schema.parse(body)).toEqual(body);
  });

  it('names the policy of an export, and says of a policy how far it has come', async () => {
    await fleet.hubCluster.objects.apply(policyManifest('named', 'cart', '/named'));
    await until('the policy is followed', async () => {
      const { body } = await fleet.call('GET', '/api/v1/exports?name=cart');
      const policies = (await fleet.call('GET', '/api/v1/policies')).body.items;
      const said = policies.find((policy: { name: string }) => policy.name === body.items[0].policy?.name);
      const programmed = said?.conditions.find((c: { type: string }) => c.type === 'lattice-hub.io/Programmed');
      return body.items[0].policy?.cluster === 'hub' && programmed?.status === 'True' && programmed.observedGeneration === 1
        ? undefined
        : shown([body, policies]);
    });
  });

  it('never shows a kubeconfig or a token again', async () => {
    const secret = /token: (\S+)/.exec(await fleet.kubeconfigOf(1))?.[1] ?? '';
    for (const path of ['/api/v1/clusters', '/api/v1/clusters/member-1', '/api/v1/events', '/metrics']) {
      const { body } = await fleet.call('GET', path);
      expect(JSON.stringify(body)).not.toContain(secret);
      expect(JSON.stringify(body)).not.toContain('certificate-authority-data');
    }
  });
});

describe('the door without a Redis', () => {
  it('says so where it is asked for what stands there, and answers the rest', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lattice-hub-door-'));
    const redis = await RedisProcess.start(dir, await freePort());
    const fleet = await TestFleet.start({ members: 1 });
    try {
      await fleet.startHub({ REDIS_URL: redis.url });
      await fleet.register(1);
      await redis.stop();
      for (const path of ['target-groups', 'clusters/member-1/plan', 'clusters/member-1/detach-preview']) {
        const { status, body } = await fleet.call('GET', `/api/v1/${path}`);
        expect({ path, status, reason: body.reason }).toEqual({ path, status: 503, reason: 'RedisUnavailable' });
      }
      expect((await fleet.call('GET', '/api/v1/clusters')).body.items).toHaveLength(1);
    } finally {
      await fleet.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }, 60_000);
});

describe('the door over TLS', () => {
  let fleet: TestFleet;
  const dir = mkdtempSync(join(tmpdir(), 'lattice-hub-door-'));
  const files = { cert: join(dir, 'tls.crt'), key: join(dir, 'tls.key') };

  const writeCertificate = async (name: string) => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned(
      { name: `CN=${name}`, keys, signingAlgorithm: algorithm },
      webcrypto,
    );
    const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    writeFileSync(files.key, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`);
    writeFileSync(files.cert, certificate.toString('pem'));
  };

  const nameServed = () =>
    new Promise<string>((resolve, reject) => {
      const url = new URL(`${fleet.door?.url}/healthz`);
      httpsGet({ host: '127.0.0.1', port: url.port, path: '/healthz', rejectUnauthorized: false, agent: false }, (response) => {
        const { subject } = (response.socket as TLSSocket).getPeerCertificate();
        response.resume();
        response.on('end', () => resolve(String(subject.CN)));
      }).on('error', reject);
    });

  beforeAll(async () => {
    await writeCertificate('first');
    fleet = await TestFleet.start({
      members: 0,
      env: { TLS_CERT_FILE: files.cert, TLS_KEY_FILE: files.key, TLS_RELOAD_SECONDS: '0.1', HOST: '127.0.0.1' },
    });
    await fleet.startHub();
  });

  afterAll(async () => {
    await fleet.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('serves the certificate of its files, and a new one when they change', async () => {
    expect(await nameServed()).toBe('first');
    await writeCertificate('second');
    await until('the new one', async () => ((await nameServed()) === 'second' ? undefined : 'not yet'));
  });

  it('keeps the old one where the new one is spoilt', async () => {
    const good = readFileSync(files.cert, 'utf8');
    writeFileSync(files.cert, 'not a certificate');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await nameServed()).toBe('second');
    writeFileSync(files.cert, good);
  });
});
