import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { sendRaw } from './raw-request.js';

/** What `npm run kube-simulator` runs: the build, which `npm test` brings up to date first. */
const program = process.env['KUBE_SIMULATOR'] ?? join(import.meta.dirname, '../../dist/libs/kube-simulator/src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'kube-simulator-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it until it ends by itself. */
async function fail(...args: readonly string[]): Promise<{ readonly code: unknown; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, [program, ...args], { timeout: 10_000, cwd: folder }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: unknown) => error as { code: unknown; stderr: string },
  );
}

interface Kubeconfig {
  readonly 'current-context': string;
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** Starts it, and gives its first line. */
async function start(...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, line: line.toString('utf8') };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const gone = once(child, 'exit');
  child.kill(signal);
  return gone;
}

describe('npm run kube-simulator', () => {
  it('starts clusters, writes a kubeconfig of an administrator for each, and says what to export', async () => {
    const { child, line } = await start('--clusters', '2', '--port', '0', '--out', 'made/here', '--control-port', '0');
    expect(line).toMatch(
      /^Kubernetes simulator: cluster-1 to cluster-2 on .+\. Control endpoint: http:\/\/127\.0\.0\.1:\d+\. In a client's shell: export KUBECONFIG=\/.+\/made\/here\/cluster-1\.kubeconfig\n$/u,
    );
    const file = join(folder, 'made/here/cluster-2.kubeconfig');
    expect(statSync(file).mode % 0o1000).toBe(0o600);
    const config = parse(readFileSync(file, 'utf8')) as Kubeconfig;
    const [{ cluster } = { cluster: undefined }] = config.clusters;
    const ca = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString('utf8');
    const headers = { authorization: `Bearer ${config.users[0]?.user.token ?? ''}` };
    const server = { url: cluster?.server ?? '', caPem: ca };
    expect(config['current-context']).toBe('cluster-2');
    const definitions = await sendRaw(server, { method: 'GET', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', headers });
    expect([definitions.status, JSON.parse(definitions.text)]).toEqual([200, expect.objectContaining({ items: [] })]);
    expect(await stop(child, 'SIGINT')).toEqual([0, null]);
  }, 20_000);

  it('ends at SIGTERM, and leaves its port', async () => {
    const { child, line } = await start('--port', '0', '--out', 'one');
    const port = /:(\d+)\. /u.exec(line)?.[1] ?? '';
    const taken = await fail('--port', port, '--out', 'two');
    expect(taken).toMatchObject({ code: 1, stderr: `kube-simulator: port ${port} is taken\n` });
    expect(await stop(child, 'SIGTERM')).toEqual([0, null]);
    const again = await start('--port', port, '--out', 'one');
    expect(again.line).toContain(`https://127.0.0.1:${port}.`);
    await stop(again.child, 'SIGTERM');
  }, 20_000);

  it.each([
    [['--bogus'], "error: unknown option '--bogus'\n"],
    [['more'], 'error: too many arguments. Expected 0 arguments but got 1: more.\n'],
    [['--port', 'x'], "error: option '--port <port>' argument 'x' is invalid. A port is a whole number from 0 to 65535.\n"],
    [
      ['--clusters', '0'],
      "error: option '--clusters <number>' argument '0' is invalid. The number of clusters is a whole number from 1 to 10000.\n",
    ],
    [['--port', '65535', '--clusters', '3'], 'kube-simulator: there are no 3 ports from 65535 on\n'],
    [['--port', '0', '--out', '/dev/null'], 'kube-simulator: /dev/null is no folder\n'],
    [['--port', '0', '--out', '/dev/null/x'], "kube-simulator: /dev/null/x can't be written (ENOTDIR)\n"],
  ])('refuses %j in a line', async (args, stderr) => {
    expect(await fail(...args)).toMatchObject({ code: 1, stderr });
  });

  it('has examples in its help that do what they say', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--help']);
    const [, rule = ''] = /cluster-2\/faults -d '(\{.+\})'$/mu.exec(stdout) ?? [];
    const { child, line } = await start('--clusters', '2', '--port', '0', '--out', 'examples', '--control-port', '0');
    const control = /http:\/\/127\.0\.0\.1:\d+/u.exec(line)?.[0] ?? '';
    const statusOf = async (cluster: string): Promise<number> => {
      const config = parse(readFileSync(join(folder, `examples/${cluster}.kubeconfig`), 'utf8')) as Kubeconfig;
      const { server, 'certificate-authority-data': ca } = config.clusters[0]?.cluster ?? { server: '', 'certificate-authority-data': '' };
      const headers = { authorization: `Bearer ${config.users[0]?.user.token ?? ''}` };
      const request = { method: 'GET', path: '/api/v1/configmaps', headers };
      return (await sendRaw({ url: server, caPem: Buffer.from(ca, 'base64').toString('utf8') }, request)).status;
    };
    await fetch(`${control}/clusters/cluster-2/faults`, { method: 'POST', body: rule });
    expect([await statusOf('cluster-1'), await statusOf('cluster-2')]).toEqual([200, 503]);
    await fetch(`${control}/clusters/cluster-2/faults`, { method: 'DELETE' });
    expect(await statusOf('cluster-2')).toBe(200);
    await stop(child, 'SIGTERM');
  }, 20_000);

  it('has help', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--help']);
    expect(stdout).toMatch(/--clusters <number>[^]*--port <port>[^]*--out <folder>[^]*--control-port <port>/u);
  });
});
