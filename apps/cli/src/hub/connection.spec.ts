import { describe, expect, it } from '@jest/globals';
import type { CliError } from '../cli-error.js';
import { MemoryIo } from '../testing/memory-io.js';
import { connectionFrom } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';

const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const files = {
  '/token': 'token-of-a-file\n',
  '/two-lines': 'secret\ntoken',
  '/ca.pem': certificate,
  '/not-a.pem': 'nothing',
  '/home/nobody/.kube/config':
    'current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {}}]\nusers: [{name: u, user: {token: token-of-kubeconfig}}]',
};

type Given = Partial<ConnectionOptions>;
const connect = (options: Given, env: Readonly<Record<string, string>> = {}) =>
  connectionFrom({ requestTimeout: 30, ...options }, new MemoryIo({ env, files }));

describe('the address of the hub', () => {
  it.each<[string, Given, Readonly<Record<string, string>>, string]>([
    ['is loopback where nothing is said', {}, {}, 'http://127.0.0.1:8080/'],
    ['is that of the environment', {}, { LATTICE_HUB_URL: 'https://hub.example.com' }, 'https://hub.example.com/'],
    ['is that of the option first', { server: 'https://a.example' }, { LATTICE_HUB_URL: 'https://b.example' }, 'https://a.example/'],
    ['may have a path', { server: 'https://example.com/hub/' }, {}, 'https://example.com/hub/'],
    ['may be http to localhost', { server: 'http://localhost:1' }, {}, 'http://localhost:1/'],
    ['may be http to loopback of IPv6', { server: 'http://[::1]:1' }, {}, 'http://[::1]:1/'],
    ['is not an empty variable', {}, { LATTICE_HUB_URL: '' }, 'http://127.0.0.1:8080/'],
  ])('%s', async (_, options, env, href) => {
    expect((await connect({ token: 't', ...options }, env)).server.href).toBe(href);
  });

  it.each([
    ['http://hub.example.com', 'http://hub.example.com is refused: over plain http the token could be read'],
    ['http://10.0.0.1', 'is refused'],
    ['http://127.0.0.1.example.com', 'is refused'],
    ['http://localhost.example.com', 'is refused'],
    ['ftp://hub', 'must be a URL'],
    ['hub.example.com', 'must be a URL'],
    ['https://user:secret@hub.example.com', 'must hold no user and no password'],
    ['https://hub.example.com/?token=secret', 'must hold no query'],
  ])('is not %s', async (server, said) => {
    const refusal = (await connect({ token: 't', server }).catch((error: unknown) => error)) as CliError;
    expect(refusal.message).toContain(said);
    expect(refusal.message).not.toContain('secret');
    expect(refusal.exitCode).toBe(2);
  });
});

describe('the token', () => {
  it.each<[string, Given, Readonly<Record<string, string>>, string]>([
    ['the option', { token: 'a' }, { LATTICE_HUB_TOKEN: 'b' }, 'a'],
    ['the file', { tokenFile: '/token' }, { LATTICE_HUB_TOKEN: 'b' }, 'token-of-a-file'],
    ['the environment', {}, { LATTICE_HUB_TOKEN: 'b' }, 'b'],
    ['the kubeconfig', {}, {}, 'token-of-kubeconfig'],
    ['the kubeconfig, where the variable is empty', {}, { LATTICE_HUB_TOKEN: '' }, 'token-of-kubeconfig'],
  ])('comes from %s', async (_, options, env, token) => {
    const connection = await connect(options, env);
    expect(connection.token).toBe(token);
    expect(connection.tokenSource).not.toContain(token === 'a' || token === 'b' ? '=' : token);
  });

  it.each<[Given, string]>([
    [{ tokenFile: '/gone' }, 'the token (--token-file) cannot be read from /gone: there is no such file'],
    [{ tokenFile: '/two-lines' }, 'the token from --token-file /two-lines is not one line of printable characters'],
    [{ token: '' }, 'the token from --token is not one line'],
  ])('is refused: %j', async (options, said) => {
    await expect(connect(options)).rejects.toThrow(said);
  });
});

describe('the certificates of the hub', () => {
  it.each<[Given, Readonly<Record<string, string>>, string | undefined]>([
    [{ caFile: '/ca.pem' }, {}, certificate],
    [{}, { LATTICE_HUB_CA_FILE: '/ca.pem' }, certificate],
    [{}, {}, undefined],
  ])('%j %j', async (options, env, ca) => {
    expect((await connect({ token: 't', ...options }, env)).ca).toBe(ca);
  });

  it('are refused where the file holds none', async () => {
    await expect(connect({ token: 't', caFile: '/not-a.pem' })).rejects.toThrow('/not-a.pem (--ca-file, LATTICE_HUB_CA_FILE) holds no PEM');
  });
});
