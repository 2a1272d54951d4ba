import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { CliError } from '../cli-error.js';
import type { LocalKubeconfig } from './local-kubeconfig.js';
import { selfContained } from './self-contained.js';

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const files: Readonly<Record<string, string>> = {
  '/home/op/.kube/ca.pem': pem,
  '/etc/pki/client.pem': 'client certificate',
  '/home/op/.kube/keys/client.key': 'client key',
  '/var/run/token': 'token-of-a-file\n',
};
const io = {
  readFile: (path: string) => {
    const text = files[path];
    return text === undefined ? Promise.reject(Object.assign(new Error('gone'), { code: 'ENOENT' })) : Promise.resolve(text);
  },
};

function kubeconfigOf(cluster: object, user: object): LocalKubeconfig {
  const directory = '/home/op/.kube';
  return {
    source: '/home/op/.kube/config',
    currentContext: 'west',
    contexts: new Map([
      ['west', { cluster: 'west-cluster', user: 'west-user' }],
      ['lost', { cluster: 'gone', user: 'west-user' }],
      ['nobody', { cluster: 'west-cluster', user: 'gone' }],
    ]),
    clusters: new Map([['west-cluster', { fields: { ...cluster }, directory }]]),
    users: new Map([['west-user', { fields: { ...user }, directory }]]),
  };
}

const good = { server: 'https://west.example.com:6443', 'certificate-authority-data': base64(pem) };
const token = { token: 'secret-token' };

async function entriesOf(cluster: object, user: object) {
  const config = parse((await selfContained(kubeconfigOf(cluster, user), 'west', io)).yaml) as {
    'current-context': string;
    contexts: { name: string; context: { cluster: string; user: string } }[];
    clusters: { name: string; cluster: object }[];
    users: { name: string; user: object }[];
  };
  const [context] = config.contexts;
  expect(config['current-context']).toBe(context?.name);
  expect([context?.context.cluster, context?.context.user]).toEqual([config.clusters[0]?.name, config.users[0]?.name]);
  return { cluster: config.clusters[0]?.cluster, user: config.users[0]?.user };
}

describe('a context that is taken out', () => {
  it.each([
    ['data stays data', good, token, good, token],
    [
      'a certificate file is put in, from beside the kubeconfig',
      { server: good.server, 'certificate-authority': 'ca.pem' },
      token,
      good,
      token,
    ],
    ['data counts where a file is named too', { ...good, 'certificate-authority': '/nowhere' }, token, good, token],
    ['a token file is put in', good, { tokenFile: '/var/run/token' }, good, { token: 'token-of-a-file' }],
    ['a token file counts where a token stands too', good, { ...token, tokenFile: '/var/run/token' }, good, { token: 'token-of-a-file' }],
    [
      'a client certificate and its key are put in',
      good,
      { 'client-certificate': '/etc/pki/client.pem', 'client-key': 'keys/client.key' },
      good,
      { 'client-certificate-data': base64('client certificate'), 'client-key-data': base64('client key') },
    ],
    ['the name in the certificate stays', { ...good, 'tls-server-name': 'kube' }, token, { ...good, 'tls-server-name': 'kube' }, token],
    ['no certificate means those that are trusted anyway', { server: good.server }, token, { server: good.server }, token],
    [
      'what tools note for themselves is left out',
      { ...good, extensions: [{ name: 'minikube' }], 'disable-compression': true },
      { ...token, extensions: [] },
      good,
      token,
    ],
    [
      'fields with nothing in them are no matter',
      { ...good, 'insecure-skip-tls-verify': false, 'proxy-url': '' },
      { ...token, exec: null, username: '' },
      good,
      token,
    ],
  ])('%s', async (_, cluster, user, wantedCluster, wantedUser) => {
    expect(await entriesOf(cluster, user)).toEqual({ cluster: wantedCluster, user: wantedUser });
  });
});

describe('a context that the hub would not follow', () => {
  const exec = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', env: [{ name: 'X', value: 'secret-token' }] } };
  it.each([
    ['exec', good, exec, 'users[west-user].user.exec: the hub runs no commands; put in the token of a ServiceAccount'],
    ['exec beside a token', good, { ...token, ...exec }, 'users[west-user].user.exec: the hub runs no commands'],
    ['an auth provider', good, { 'auth-provider': { name: 'gcp' } }, 'user.auth-provider: the hub runs no auth providers'],
    ['a user name', good, { username: 'admin', password: 'secret-token' }, 'user.username: Kubernetes has no passwords any more'],
    ['impersonation', good, { ...token, as: 'root' }, 'user.as: the hub does not impersonate'],
    ['impersonated groups', good, { ...token, 'as-groups': ['system:masters'] }, 'user.as-groups: the hub does not impersonate'],
    ['a proxy', { ...good, 'proxy-url': 'http://secret-token@proxy' }, token, 'clusters[west-cluster].cluster.proxy-url: the hub connects'],
    [
      'no check of certificates',
      { ...good, 'insecure-skip-tls-verify': true },
      token,
      'insecure-skip-tls-verify: the hub checks certificates',
    ],
    ['plain http', { server: 'http://west.example.com' }, token, 'clusters[west-cluster].cluster.server: must be https'],
    ['no server', { 'certificate-authority-data': base64(pem) }, token, 'cluster.server: must be a URL'],
    ['a password in the address', { server: 'https://u:secret-token@west' }, token, 'cluster.server: must hold no user and no password'],
    ['a query in the address', { server: 'https://west/?a=secret-token' }, token, 'cluster.server: must hold no query'],
    ['a field that nobody knows', { ...good, 'future-field': 1 }, token, 'cluster.future-field: is not known to the hub; leave it out'],
    ['no credentials', good, {}, 'users[west-user].user: must hold a token or a client certificate'],
    ['half a client certificate', good, { 'client-certificate': '/etc/pki/client.pem' }, 'client-certificate and client-key go together'],
    ['a certificate file that is gone', { server: good.server, 'certificate-authority': 'gone.pem' }, token, 'there is no such file'],
    ['a token file that is gone', good, { tokenFile: 'gone' }, 'user.tokenFile cannot be read from /home/op/.kube/gone'],
  ])('%s is refused, with what to do and no secret', async (_, cluster, user, said) => {
    const refusal = await selfContained(kubeconfigOf(cluster, user), 'west', io).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CliError);
    expect((refusal as CliError).exitCode).toBe(1);
    expect((refusal as CliError).message).toContain(said);
    expect((refusal as CliError).message).not.toContain('secret-token');
  });

  it.each([
    ['east', 'there is no context "east" in /home/op/.kube/config: it has west, lost, nobody'],
    ['lost', 'contexts[lost].context.cluster: must name one of the clusters'],
    ['nobody', 'contexts[nobody].context.user: must name one of the users'],
  ])('the context %s is not whole', async (name, said) => {
    await expect(selfContained(kubeconfigOf(good, token), name, io)).rejects.toThrow(said);
  });

  it('is told by its token whether it lives long', async () => {
    expect((await selfContained(kubeconfigOf(good, token), 'west', io)).token).toBe('secret-token');
    expect(stringify(await selfContained(kubeconfigOf(good, { ...token, tokenFile: '/var/run/token' }), 'west', io))).toContain(
      'token-of-a-file',
    );
  });
});
