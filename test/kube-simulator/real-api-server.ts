import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../fixtures/free-port.js';
import { ProcessKeeper, isRunning } from '../fixtures/process-keeper.js';
import { started } from '../fixtures/started.js';
import { until } from '../fixtures/until.js';
import { sendRaw } from './raw-request.js';
import type { RawServer } from './raw-request.js';

const tries = 3;
const startTimeoutMs = 40_000;
const users = ['admin-token,admin,1,"system:masters"', 'hub-token,hub,2'];

/** A kube-apiserver of default settings with its etcd, both on loopback, for as long as a test needs them. */
export class RealApiServer implements RawServer {
  /** How long a start may take at most, with all that is tried. */
  static readonly startTimeoutMs = 2 * tries * startTimeoutMs;

  private constructor(
    readonly url: string,
    readonly caPem: string,
    private readonly folder: string,
    private readonly keeper: ProcessKeeper,
  ) {}

  /**
   * Starts both from a folder with `kube-apiserver` and `etcd`, as setup-envtest makes it.
   * @throws Error with their last words where they do not start
   */
  static async start(assets: string): Promise<RealApiServer> {
    return started('a kube-apiserver with its etcd', tries, async () => RealApiServer.startOnce(assets));
  }

  async stop(): Promise<void> {
    await this.keeper.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private static async startOnce(assets: string): Promise<RealApiServer> {
    const folder = mkdtempSync(join(tmpdir(), 'kube-apiserver-'));
    const keeper = new ProcessKeeper(folder);
    try {
      const etcdUrl = `http://127.0.0.1:${await freePort()}`;
      const peerUrl = `http://127.0.0.1:${await freePort()}`;
      const etcd = keeper.start('etcd', join(assets, 'etcd'), etcdArguments(folder, etcdUrl, peerUrl));
      await ready(keeper, 'etcd', etcd, async () => (await fetch(`${etcdUrl}/health`)).ok);
      const port = await freePort();
      const url = `https://127.0.0.1:${port}`;
      const api = keeper.start('kube-apiserver', join(assets, 'kube-apiserver'), apiArguments(folder, etcdUrl, port), { GOGC: '40' });
      await ready(keeper, 'kube-apiserver', api, async () => {
        const request = { method: 'GET', path: '/readyz', headers: { authorization: 'Bearer admin-token' } };
        return (await sendRaw({ url, caPem: certificateIn(folder) }, request)).text === 'ok';
      });
      return new RealApiServer(url, certificateIn(folder), folder, keeper);
    } catch (error) {
      await keeper.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

/** The certificate that an API server without one makes for itself. */
function certificateIn(folder: string): string {
  return readFileSync(join(folder, 'apiserver.crt'), 'utf8');
}

async function ready(keeper: ProcessKeeper, name: string, process: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  await until(
    `${name} is ready`,
    async () => {
      if (!isRunning(process)) throw new Error(`${name} has ended: ${keeper.lastWords(name)}`);
      try {
        return (await isReady()) ? undefined : `it is not; its last words: ${keeper.lastWords(name)}`;
      } catch (error) {
        return `${String(error)}; its last words: ${keeper.lastWords(name)}`;
      }
    },
    startTimeoutMs,
  );
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
