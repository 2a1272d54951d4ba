import { createHash, X509Certificate } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeSimulator } from '@hub/kube-simulator';
import { sendRaw } from './raw-request.js';

const maps = '/api/v1/namespaces/default/configmaps';
const secrets = '/api/v1/namespaces/default/secrets';
const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const compressAboveBytes = 128 * 1024;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly certificate?: { readonly certificatePem: string; readonly privateKeyPem: string };
}

let cluster: KubeSimulator;
let other: KubeSimulator;
let admin: Readonly<Record<string, string>>;

beforeAll(async () => {
  cluster = await KubeSimulator.start({ name: 'mine' });
  other = await KubeSimulator.start({ name: 'other' });
  admin = { authorization: `Bearer ${cluster.issueToken({ name: 'admin', groups: ['system:masters'] })}` };
  const write = (kind: string, name: string, bytes: number): unknown =>
    cluster.objects.create({
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace: 'default' },
      data: { a: Buffer.from('x'.repeat(bytes)).toString('base64') },
    } as Parameters<KubeSimulator['objects']['create']>[0]);
  write('ConfigMap', 'large', compressAboveBytes);
  write('Secret', 'small', 100);
});

afterAll(async () => {
  await cluster.stop();
  await other.stop();
});

/** One request over HTTP/1.1, as a client without HTTP/2 sends it. */
async function ask({ method = 'GET', path, headers = {}, body, certificate }: Asked, server = cluster): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const credentials = certificate === undefined ? {} : { cert: certificate.certificatePem, key: certificate.privateKeyPem };
    const options = { method, headers, ca: server.caCertificate, agent: false, ALPNProtocols: ['http/1.1'], ...credentials };
    const sent = httpsRequest(`${server.url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

const whoIs = ({ body }: Answer): unknown =>
  (JSON.parse(body.toString('utf8')) as { readonly status: { readonly userInfo: unknown } }).status.userInfo;
const self = { method: 'POST', path: reviews, headers: { 'content-type': 'application/json' }, body: '{}' };

describe('HTTP', () => {
  it('says the same in both of its versions', async () => {
    const [first, second] = await Promise.all([
      ask({ path: secrets, headers: admin }),
      sendRaw({ url: cluster.url, caPem: cluster.caCertificate }, { method: 'GET', path: secrets, headers: admin }),
    ]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body.toString('utf8')).toBe(second.text);
  });

  it('is refused to clients that do not know the authority', async () => {
    const sent = new Promise((resolve, reject) => {
      httpsRequest(`${cluster.url}/livez`, { agent: false }, resolve).once('error', reject).end();
    });
    await expect(sent).rejects.toThrow(/certificate/u);
  });
});

describe('An answer', () => {
  it.each([
    ['is compressed where it is large and the client reads gzip', maps, 'gzip, deflate', 'gzip'],
    ['is bare where the client does not read gzip', maps, 'identity', undefined],
    ['is bare where the client says nothing of it', maps, undefined, undefined],
    ['is bare where it is small', secrets, 'gzip', undefined],
  ])('%s', async (_words, path, accepted, expected) => {
    const encoding = accepted === undefined ? {} : { 'accept-encoding': accepted };
    const answer = await ask({ path, headers: { ...admin, ...encoding } });
    expect(answer.headers['content-encoding']).toBe(expected);
    const text = (expected === undefined ? answer.body : gunzipSync(answer.body)).toString('utf8');
    expect(JSON.parse(text)).toMatchObject({ items: [expect.anything()] });
  });
});

describe('A client certificate', () => {
  it('says who the caller is', async () => {
    const certificate = await cluster.issueCertificate({ name: 'robot', groups: ['robots', 'readers'] });
    const digest = createHash('sha256').update(new X509Certificate(certificate.certificatePem).raw).digest('hex');
    expect(whoIs(await ask({ ...self, certificate }))).toEqual({
      username: 'robot',
      groups: ['robots', 'readers', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] },
    });
  });

  it('gives the rights of its groups, and no others', async () => {
    const reader = await cluster.issueCertificate({ name: 'reader' });
    const master = await cluster.issueCertificate({ name: 'master', groups: ['system:masters'] });
    const refused = await ask({ path: secrets, certificate: reader });
    expect([refused.status, refused.body.toString('utf8')]).toEqual([
      403,
      expect.stringContaining(
        'secrets is forbidden: User \\"reader\\" cannot list resource \\"secrets\\" in API group \\"\\" in the namespace \\"default\\"',
      ),
    ]);
    expect((await ask({ path: secrets, certificate: master })).status).toBe(200);
  });

  it('opens its own cluster alone', async () => {
    const certificate = await cluster.issueCertificate({ name: 'master', groups: ['system:masters'] });
    expect((await ask({ path: secrets, certificate }, other)).status).toBe(401);
  });

  it('comes before a token', async () => {
    const certificate = await cluster.issueCertificate({ name: 'robot' });
    const headers = { ...self.headers, authorization: `Bearer ${cluster.issueToken({ name: 'person' })}` };
    expect(whoIs(await ask({ ...self, headers, certificate }))).toMatchObject({ username: 'robot' });
  });
});

describe('A token that is bound to a Secret', () => {
  it('is good until the Secret is gone', async () => {
    const write = async (path: string, body: object): Promise<Answer> =>
      ask({ method: 'POST', path, headers: { ...admin, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    await write('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'sa' } });
    await write(secrets, { metadata: { name: 'key' } });
    const { body } = await write('/api/v1/namespaces/default/serviceaccounts/sa/token', {
      spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'key' } },
    });
    const { token } = (JSON.parse(body.toString('utf8')) as { readonly status: { readonly token: string } }).status;
    const bound = { ...self, headers: { ...self.headers, authorization: `Bearer ${token}` } };
    expect(whoIs(await ask(bound))).toMatchObject({ username: 'system:serviceaccount:default:sa' });
    await ask({ method: 'DELETE', path: `${secrets}/key`, headers: admin });
    expect((await ask(bound)).status).toBe(401);
  });
});
