import { describe, expect, it } from '@jest/globals';
import { KubeconfigError, readMemberKubeconfig } from './member-kubeconfig.js';

const secret = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2VjcmV0';
const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly top?: object;
}

/** A good kubeconfig with a token, with some of its parts as they are given. JSON is YAML. */
function kubeconfig({ cluster, user, top }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    clusters: [{ name: 'prod', cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': base64(ca), ...cluster } }],
    contexts: [{ name: 'main', context: { cluster: 'prod', user: 'hub' } }],
    users: [{ name: 'hub', user: user ?? { token: secret } }],
    ...top,
  });
}

function refusal(text: string): KubeconfigError {
  try {
    readMemberKubeconfig(text);
  } catch (error) {
    if (error instanceof KubeconfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a kubeconfig that is followed', () => {
  it('leads to a server with a token', () => {
    const endpoint = readMemberKubeconfig(kubeconfig());
    expect({ ...endpoint, server: endpoint.server.href }).toEqual({ server: 'https://10.0.0.1:6443/', ca, token: secret });
  });

  it.each<{ because: string; parts: Parts; endpoint: object }>([
    {
      because: 'it has a client certificate',
      parts: { user: { 'client-certificate-data': base64(ca), 'client-key-data': base64(key) } },
      endpoint: { cert: ca, key },
    },
    {
      because: 'it has both a token and a certificate',
      parts: { user: { token: secret, 'client-certificate-data': base64(ca), 'client-key-data': base64(key) } },
      endpoint: { token: secret, cert: ca, key },
    },
    {
      because: 'its server has another name in its certificate',
      parts: { cluster: { 'tls-server-name': 'kubernetes' } },
      endpoint: { serverName: 'kubernetes' },
    },
    {
      because: 'it says that TLS is not to be skipped',
      parts: { cluster: { 'insecure-skip-tls-verify': false } },
      endpoint: { token: secret },
    },
    {
      because: 'it has extensions',
      parts: { cluster: { extensions: [] }, user: { token: secret, extensions: [] } },
      endpoint: { token: secret },
    },
    {
      because: 'it has a namespace',
      parts: { top: { contexts: [{ name: 'main', context: { cluster: 'prod', user: 'hub', namespace: 'x' } }] } },
      endpoint: { token: secret },
    },
    { because: 'it has preferences', parts: { top: { preferences: {}, extensions: [] } }, endpoint: { token: secret } },
    { because: 'it does not compress', parts: { cluster: { 'disable-compression': true } }, endpoint: { token: secret } },
  ])('when $because', ({ parts, endpoint }) => {
    expect(readMemberKubeconfig(kubeconfig(parts))).toMatchObject(endpoint);
  });

  it('needs no authority of its own where the machine trusts the server', () => {
    expect(readMemberKubeconfig(kubeconfig({ cluster: { 'certificate-authority-data': '' } }))).not.toHaveProperty('ca');
  });

  it('may have a path, where a proxy serves several clusters', () => {
    expect(readMemberKubeconfig(kubeconfig({ cluster: { server: 'https://proxy.example.com/k8s/clusters/c-1' } })).server.pathname).toBe(
      '/k8s/clusters/c-1',
    );
  });

  it('is YAML as kubectl writes it', () => {
    const text = `
apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority-data: ${base64(ca)}
    server: https://10.0.0.1:6443
  name: prod
contexts:
- context:
    cluster: prod
    user: hub
  name: main
current-context: main
preferences: {}
users:
- name: hub
  user:
    token: ${secret}
`;
    expect(readMemberKubeconfig(text)).toMatchObject({ token: secret });
  });

  it('is its current context and nothing else, whatever stands in the others', () => {
    const top = {
      clusters: [
        { name: 'evil', cluster: { server: 'http://169.254.169.254', 'proxy-url': 'http://evil' } },
        { name: 'prod', cluster: { server: 'https://10.0.0.1' } },
      ],
      contexts: [
        { name: 'evil', context: { cluster: 'evil', user: 'evil' } },
        { name: 'main', context: { cluster: 'prod', user: 'hub' } },
      ],
      users: [
        { name: 'evil', user: { exec: { command: 'rm' } } },
        { name: 'hub', user: { token: secret } },
      ],
    };
    expect(readMemberKubeconfig(kubeconfig({ top })).server.href).toBe('https://10.0.0.1/');
    expect(refusal(kubeconfig({ top: { ...top, 'current-context': 'evil' } })).field).toBe('clusters[evil].cluster.proxy-url');
  });

  it('shares parts by aliases, within bounds', () => {
    const text = `{current-context: main, clusters: [{name: prod, cluster: &c {server: "https://10.0.0.1"}}, {name: other, cluster: *c}], contexts: [{name: main, context: {cluster: other, user: hub}}], users: [{name: hub, user: {token: abc}}]}`;
    expect(readMemberKubeconfig(text).server.href).toBe('https://10.0.0.1/');
  });
});

describe('a kubeconfig that is refused', () => {
  const user = (fields: object): Parts => ({ user: { token: secret, ...fields } });
  const cluster = (fields: object): Parts => ({ cluster: fields });

  it.each<{ parts: Parts; field: string }>([
    { parts: user({ exec: { command: 'aws', args: [secret], env: null } }), field: 'users[hub].user.exec' },
    { parts: { user: { exec: { command: 'aws' } } }, field: 'users[hub].user.exec' },
    { parts: user({ 'auth-provider': { name: 'gcp', config: { 'access-token': secret } } }), field: 'users[hub].user.auth-provider' },
    { parts: user({ tokenFile: '/var/run/secrets/token' }), field: 'users[hub].user.tokenFile' },
    { parts: user({ 'client-certificate': '/etc/passwd' }), field: 'users[hub].user.client-certificate' },
    { parts: user({ 'client-key': '/etc/shadow' }), field: 'users[hub].user.client-key' },
    { parts: user({ username: 'admin' }), field: 'users[hub].user.username' },
    { parts: user({ password: secret }), field: 'users[hub].user.password' },
    { parts: user({ as: 'system:admin' }), field: 'users[hub].user.as' },
    { parts: user({ 'as-uid': '0' }), field: 'users[hub].user.as-uid' },
    { parts: user({ 'as-groups': ['system:masters'] }), field: 'users[hub].user.as-groups' },
    { parts: user({ 'as-user-extra': {} }), field: 'users[hub].user.as-user-extra' },
    { parts: user({ somethingNew: 1 }), field: 'users[hub].user.somethingNew' },
    { parts: user({ constructor: 1 }), field: 'users[hub].user.constructor' },
    { parts: user({ toString: 1 }), field: 'users[hub].user.toString' },
    { parts: cluster({ 'certificate-authority': '/etc/passwd' }), field: 'clusters[prod].cluster.certificate-authority' },
    { parts: cluster({ 'proxy-url': 'socks5://evil' }), field: 'clusters[prod].cluster.proxy-url' },
    { parts: cluster({ 'insecure-skip-tls-verify': true }), field: 'clusters[prod].cluster.insecure-skip-tls-verify' },
    { parts: cluster({ somethingNew: 1 }), field: 'clusters[prod].cluster.somethingNew' },
    { parts: cluster({ server: 'http://10.0.0.1:6443' }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: 'file:///etc/passwd' }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: '10.0.0.1:6443' }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: 'not a url' }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: '' }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: `https://admin:${secret}@10.0.0.1` }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: `https://${secret}@10.0.0.1` }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: `https://10.0.0.1/?token=${secret}` }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ server: `https://10.0.0.1/#${secret}` }), field: 'clusters[prod].cluster.server' },
    { parts: cluster({ 'certificate-authority-data': base64('no pem') }), field: 'clusters[prod].cluster.certificate-authority-data' },
    { parts: { user: {} }, field: 'users[hub].user' },
    { parts: { user: { 'client-certificate-data': base64(ca) } }, field: 'users[hub].user' },
    { parts: { user: { 'client-key-data': base64(key) } }, field: 'users[hub].user' },
    {
      parts: { user: { 'client-certificate-data': secret, 'client-key-data': base64(key) } },
      field: 'users[hub].user.client-certificate-data',
    },
    { parts: { user: { 'client-certificate-data': base64(ca), 'client-key-data': secret } }, field: 'users[hub].user.client-key-data' },
    { parts: { user: { token: '' } }, field: 'users[hub].user.token' },
    { parts: { user: { token: `${secret}\n` } }, field: 'users[hub].user.token' },
    { parts: { user: { token: `${secret}\r\nX-Evil: 1` } }, field: 'users[hub].user.token' },
    { parts: { user: { token: `${secret} ä` } }, field: 'users[hub].user.token' },
    { parts: { top: { 'current-context': undefined } }, field: 'current-context' },
    { parts: { top: { 'current-context': '' } }, field: 'current-context' },
    { parts: { top: { 'current-context': 'other' } }, field: 'current-context' },
    { parts: { top: { contexts: [] } }, field: 'current-context' },
    { parts: { top: { clusters: [] } }, field: 'contexts[main].context.cluster' },
    { parts: { top: { users: [] } }, field: 'contexts[main].context.user' },
    { parts: { top: { clusters: null } }, field: 'clusters' },
    { parts: { top: { clusters: 'prod' } }, field: 'clusters' },
    { parts: { top: { clusters: [{ name: 'prod' }] } }, field: 'clusters.0.cluster' },
    { parts: { top: { clusters: [{ name: 'prod', cluster: {} }] } }, field: 'clusters.0.cluster.server' },
    { parts: { top: { contexts: [{ name: 'main', context: { cluster: 'prod' } }] } }, field: 'contexts.0.context.user' },
    { parts: { top: { users: [{ name: 'hub', user: null }] } }, field: 'users.0.user' },
    { parts: { top: { users: [{ name: 'hub', user: { token: 12345 } }] } }, field: 'users.0.user.token' },
    { parts: { top: { users: [null] } }, field: 'users.0' },
  ])('by $field', ({ parts, field }) => {
    const error = refusal(kubeconfig(parts));
    expect(error.field).toBe(field);
    expect(error.message).toBe(`kubeconfig: ${field}: ${error.fix}`);
    expect(error.fix).toMatch(/^[A-Za-z].{5,}/);
    for (const hidden of [secret, 'c2VjcmV0', '/etc/', base64(key)]) expect(error.message).not.toContain(hidden);
  });

  it.each<{ because: string; text: string }>([
    { because: 'it is nothing', text: '' },
    { because: 'it is a text', text: secret },
    { because: 'it is a list', text: '[]' },
    { because: 'it is not YAML', text: `users: [{token: ${secret}` },
    { because: 'it is two documents', text: `${kubeconfig()}\n---\n${kubeconfig()}` },
    { because: 'it says the same thing twice', text: `current-context: a\ncurrent-context: ${secret}\n` },
    { because: 'it is longer than any kubeconfig', text: `${kubeconfig()}${' '.repeat(512 * 1024)}` },
    { because: 'it unfolds into something huge', text: bomb() },
  ])('as a whole when $because', ({ text }) => {
    const error = refusal(text);
    expect(error.field).toBe('the text');
    expect(error.message).not.toContain('c2VjcmV0');
  });

  it('is refused fast, however large it would unfold', () => {
    const beganMs = performance.now();
    refusal(bomb());
    expect(performance.now() - beganMs).toBeLessThan(2000);
  });

  it('shows no line of itself to anybody, not even where YAML has something to say about it', async () => {
    const warnings: string[] = [];
    const hear = (warning: Error) => warnings.push(String(warning));
    process.on('warning', hear);
    try {
      const text = kubeconfig().replace(`"token":"${secret}"`, `"token": !unknown ${secret}`);
      expect(text).toContain('!unknown');
      expect(readMemberKubeconfig(text)).toMatchObject({ token: secret });
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', hear);
    }
    expect(warnings).toEqual([]);
  });

  it('names things shortly, so that the words fit into a condition', () => {
    const long = 'x'.repeat(100_000);
    const texts = [
      kubeconfig(user({ [long]: 1 })),
      kubeconfig({
        top: {
          contexts: [{ name: 'main', context: { cluster: long, user: 'hub' } }],
          clusters: [{ name: long, cluster: { server: 'http://a' } }],
        },
      }),
      kubeconfig({ top: { contexts: [{ name: 'main', context: { cluster: 'prod', user: long } }], users: [{ name: long, user: {} }] } }),
      kubeconfig({ top: { 'current-context': long, contexts: [{ name: long, context: { cluster: 'none', user: 'hub' } }] } }),
    ];
    for (const text of texts) expect(refusal(text).message.length).toBeLessThan(1000);
  });
});

/** Nine levels of nine aliases each: 387 million leaves in 200 bytes. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(', ')}]`);
  return ['l0: &l0 x', ...levels].join('\n');
}
