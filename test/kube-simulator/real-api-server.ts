import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../fixtures/free-port.js';
import { sendRaw } from './raw-request.js';
import type { RawServer } from './raw-request.js';

const startTimeoutMs = 60_000;
const users = ['admin-token,admin,1,"system:masters"', 'hub-token,hub,2'];

/** A kube-apiserver with its etcd, both on loopback, for as long as a test needs them. */
export class RealApiServer implements RawServer {
  private constructor(
    readonly url: string,
    readonly caPem: string,
    private readonly folder: string,
    private readonly processes: readonly ChildProcess[],
  ) {}

  /**
   * Starts both from a folder with `kube-apiserver` and `etcd`, as setup-envtest makes it.
   * @throws Error where they are not ready in a minute
   */
  static async start(assets: string): Promise<RealApiServer> {
    const folder = mkdtempSync(join(tmpdir(), 'kube-apiserver-'));
    const [clientPort, peerPort, apiPort] = [await freePort(), await freePort(), await freePort()];
    const etcdUrl = `http://127.0.0.1:${clientPort}`;
    const etcd = run(join(assets, 'etcd'), etcdArguments(folder, etcdUrl, `http://127.0.0.1:${peerPort}`));
    const api = run(join(assets, 'kube-apiserver'), apiArguments(folder, etcdUrl, apiPort));
    const stop = async (): Promise<void> => stopAll(folder, [api, etcd]);
    try {
      const caPem = await ready(folder, `https://127.0.0.1:${apiPort}`);
      return new RealApiServer(`https://127.0.0.1:${apiPort}`, caPem, folder, [api, etcd]);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await stopAll(this.folder, this.processes);
  }
}

function run(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, { stdio: 'ignore', env: { ...process.env, GOGC: '40' } });
}

function etcdArguments(folder: string, url: string, peerUrl: string): string[] {
  return [
    '--unsafe-no-fsync',
    '--log-level=error',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
  ];
}

function apiArguments(folder: string, etcdUrl: string, port: number): string[] {
  const keyFile = join(folder, 'service-accounts.key');
  const tokenFile = join(folder, 'tokens.csv');
  writeFileSync(keyFile, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }), {
    mode: 0o600,
  });
  writeFileSync(tokenFile, `${users.join('\n')}\n`, { mode: 0o600 });
  return [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--cert-dir=${folder}`,
    `--token-auth-file=${tokenFile}`,
    '--anonymous-auth=false',
    '--authorization-mode=RBAC',
    `--service-account-key-file=${keyFile}`,
    `--service-account-signing-key-file=${keyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.0.0.0/16',
    '--endpoint-reconciler-type=none',
    '--disable-admission-plugins=ServiceAccount',
  ];
}

async function ready(folder: string, url: string): Promise<string> {
  const certificate = join(folder, 'apiserver.crt');
  const endMs = Date.now() + startTimeoutMs;
  while (Date.now() < endMs) {
    await delay(200);
    if (!existsSync(certificate)) continue;
    const caPem = readFileSync(certificate, 'utf8');
    const answer = await sendRaw(
      { url, caPem },
      { method: 'GET', path: '/readyz', headers: { authorization: 'Bearer admin-token' } },
    ).catch(() => undefined);
    if (answer?.text === 'ok') return caPem;
  }
  throw new Error(`kube-apiserver was not ready after ${startTimeoutMs} ms`);
}

async function stopAll(folder: string, processes: readonly ChildProcess[]): Promise<void> {
  for (const child of processes) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
}
