import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a client of the sandbox needs to know. */
export interface SandboxAddresses {
  readonly hubUrl: string;
  readonly token: string;
  readonly redisUrl: string;
  readonly awsUrl: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly awsRegion: string;
}

/** The folder `.sandbox` of a clone: readable by its owner alone, because there are keys in it, even if they open nothing but simulators. */
export class SandboxFolder {
  readonly path: string;

  private constructor(private readonly root: string) {
    this.path = join(root, '.sandbox');
  }

  /** Makes it anew. @throws Error with one line where a sandbox of this clone runs already */
  static create(root: string): SandboxFolder {
    const folder = new SandboxFolder(root);
    const running = folder.runningPid();
    if (running !== undefined) throw new Error(`a sandbox of this clone runs already, as process ${running}: end it with Ctrl-C`);
    rmSync(folder.path, { recursive: true, force: true });
    mkdirSync(join(folder.path, 'bin'), { recursive: true, mode: 0o700 });
    chmodSync(folder.path, 0o700);
    folder.write('pid', String(process.pid));
    return folder;
  }

  /** The folder of a sandbox that runs. @throws Error with one line where none does */
  static ofRunning(root: string): SandboxFolder {
    const folder = new SandboxFolder(root);
    if (folder.runningPid() === undefined) throw new Error('no sandbox of this clone runs: start one with npm start');
    return folder;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Where the sandbox listens for orders. */
  get socket(): string {
    return this.file('control.sock');
  }

  write(name: string, text: string, mode = 0o600): void {
    writeFileSync(this.file(name), text, { mode });
  }

  /** A file to source: everything that a client of whatever author needs to talk to all of it, and the `lattice-hub` command. */
  writeEnvironment(addresses: SandboxAddresses): void {
    const variables: Readonly<Record<string, string>> = {
      LATTICE_HUB_URL: addresses.hubUrl,
      LATTICE_HUB_TOKEN: addresses.token,
      REDIS_URL: addresses.redisUrl,
      AWS_ENDPOINT_URL: addresses.awsUrl,
      AWS_ENDPOINT_URL_VPC_LATTICE: addresses.awsUrl,
      AWS_ENDPOINT_URL_STS: addresses.awsUrl,
      AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API: addresses.awsUrl,
      AWS_ACCESS_KEY_ID: addresses.accessKeyId,
      AWS_SECRET_ACCESS_KEY: addresses.secretAccessKey,
      AWS_REGION: addresses.awsRegion,
      AWS_DEFAULT_REGION: addresses.awsRegion,
      AWS_EC2_METADATA_DISABLED: 'true',
      KUBECONFIG: this.file('hub.kubeconfig'),
    };
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
    this.write('env', [...lines, `export PATH=${quote(this.file('bin'))}:"$PATH"`, ''].join('\n'));
    const cli = join(this.root, 'dist/apps/cli/src/main.js');
    this.write('bin/lattice-hub', `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(cli)} "$@"\n`, 0o700);
  }

  remove(name: string): void {
    rmSync(this.file(name), { recursive: true, force: true });
  }

  private runningPid(): number | undefined {
    if (!existsSync(this.file('pid'))) return undefined;
    const pid = Number(readFileSync(this.file('pid'), 'utf8'));
    if (!pid || pid === process.pid) return undefined;
    try {
      process.kill(pid, 0);
      return pid;
    } catch {
      return undefined;
    }
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
