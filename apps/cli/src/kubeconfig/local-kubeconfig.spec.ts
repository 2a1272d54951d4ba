import { describe, expect, it } from '@jest/globals';
import { currentContextToken } from './context-token.js';
import { contextNamed, pathIn, readLocalKubeconfig } from './local-kubeconfig.js';
import type { CliIo } from '../cli-io.js';
import { MemoryIo } from '../testing/memory-io.js';

const config = (name: string, more = '') => `
current-context: ${name}
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}, {name: both, context: {cluster: ${name}, user: ${name}}}]
clusters: [{name: ${name}, cluster: {server: "https://${name}"}}]
users: [{name: ${name}, user: {token: token-of-${name}}}]
${more}`;

const files: Readonly<Record<string, string>> = {
  '/home/op/.kube/config': config('home'),
  '/a/config': config('a'),
  '/b/config': config('b'),
  '/no-current/config': 'contexts: []',
  '/broken': 'users: [{token: secret-token',
  '/list': '- secret-token',
  '/strange': 'users: [{name: x, user: secret-token}]',
  '/kubectl-emptied': 'apiVersion: v1\ncontexts: null\nclusters: null\nusers: null\ncurrent-context: ""\n',
  '/exec': config('e').replace('token: token-of-e', 'exec: {command: aws, env: [{name: A, value: secret-token}]}'),
  '/cert': config('c').replace('token: token-of-c', 'client-certificate-data: eA=='),
  '/token-file': config('f').replace('token: token-of-f', 'tokenFile: its.token'),
  '/its.token': 'token-of-a-file\n',
};

const ioWith = (env: CliIo['env']) => new MemoryIo({ env, files, homeDirectory: '/home/op' });

describe("the operator's kubeconfig", () => {
  it.each([
    ['~/.kube/config without any word', undefined, {}, 'home', ['home', 'both']],
    ['that of KUBECONFIG', undefined, { KUBECONFIG: '/a/config' }, 'a', ['a', 'both']],
    ['the one that is named, whatever KUBECONFIG says', '/b/config', { KUBECONFIG: '/a/config' }, 'b', ['b', 'both']],
    ['all of KUBECONFIG, less those that are missing', undefined, { KUBECONFIG: '/a/config:/gone:/b/config' }, 'a', ['a', 'both', 'b']],
    ['what kubectl leaves of it when it is emptied', '/kubectl-emptied', {}, undefined, []],
  ])('is %s', async (_, path, env, current, contexts) => {
    const kubeconfig = await readLocalKubeconfig(path, ioWith(env));
    expect(kubeconfig.currentContext).toBe(current);
    expect([...kubeconfig.contexts.keys()]).toEqual(contexts);
  });

  it('takes what several files name from the first of them, paths included', async () => {
    const kubeconfig = await readLocalKubeconfig(undefined, ioWith({ KUBECONFIG: '/b/config:/a/config' }));
    const { clusterName, cluster } = contextNamed(kubeconfig, 'both');
    expect([clusterName, pathIn(cluster, 'ca.pem'), pathIn(cluster, '/etc/ca.pem')]).toEqual(['b', '/b/ca.pem', '/etc/ca.pem']);
  });

  it.each([
    ['/gone', 'the kubeconfig cannot be read from /gone: there is no such file'],
    ['/broken', '/broken is not YAML'],
    ['/list', '/list is not a kubeconfig: the text: Invalid input'],
    ['/strange', '/strange is not a kubeconfig: users.0.user: Invalid input'],
  ])('that stands in %s is refused without a word of what is in it', async (path, said) => {
    const refusal = await readLocalKubeconfig(path, ioWith({})).catch((error: unknown) => error as Error);
    expect(refusal).toHaveProperty('message', expect.stringContaining(said));
    expect(refusal).toHaveProperty('message', expect.not.stringContaining('secret-token'));
  });
});

describe('the token of the current context', () => {
  it.each([
    ['/a/config', 'token-of-a'],
    ['/token-file', 'token-of-a-file'],
  ])('of %s is %s', async (path, token) => {
    const found = await currentContextToken(ioWith({ KUBECONFIG: path }));
    expect(found.token).toBe(token);
    expect(found.source).toContain(path);
    expect(found.source).not.toContain(token);
  });

  it.each([
    ['/exec', 'gets one by a command, which is not run here'],
    ['/cert', 'has none'],
    ['/no-current/config', 'has no current-context'],
    ['/gone', 'there is no kubeconfig at /gone'],
  ])('is not in %s, which says what to do', async (path, said) => {
    const refusal = await currentContextToken(ioWith({ KUBECONFIG: path })).catch((error: unknown) => error as Error);
    expect(refusal).toHaveProperty('message', expect.stringContaining(said));
    expect(refusal).toHaveProperty('message', expect.stringContaining('kubectl create token'));
    expect(refusal).toHaveProperty('message', expect.not.stringContaining('secret-token'));
  });
});
