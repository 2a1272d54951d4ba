import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { sendRaw, sendSigned } from './signed-request.js';

/** What `npm run aws-simulator` runs: the build, which `npm test` brings up to date first. */
const program = join(import.meta.dirname, '../../dist/libs/aws-simulator/src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'aws-simulator-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it until it ends by itself. */
async function ended(...args: readonly string[]): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, [program, ...args], { timeout: 25_000, cwd: folder }).then(
    (output) => ({ code: 0, ...output }),
    (error: unknown) => error as { code: unknown; stdout: string; stderr: string },
  );
}

/** Starts it, and gives what it says. */
async function start(...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString('utf8') };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const gone = once(child, 'exit');
  child.kill(signal);
  return gone;
}

/** The values of export lines. */
function exported(lines: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(lines.matchAll(/^export (\w+)='(.*)'$/gm), ([, name = '', value = '']) => [name, value]));
}

function listGroups(values: Readonly<Record<string, string>>): ReturnType<typeof sendSigned> {
  const keys = { accessKeyId: values['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: values['AWS_SECRET_ACCESS_KEY'] ?? '' };
  return sendSigned(values['AWS_ENDPOINT_URL'] ?? '', keys, { method: 'GET', path: '/targetgroups', service: 'vpc-lattice' });
}

describe('npm run aws-simulator', () => {
  it('serves whoever has what it exports, and says where that is', async () => {
    const { child, said } = await start('--port', '0', '--out', 'aws.env', '--control-port', '0', '--accounts', '333333333333');
    expect(said).toMatch(
      /^AWS simulator on http:\/\/127\.0\.0\.1:\d+, accounts 333333333333\. Control endpoint: http:\/\/127\.0\.0\.1:\d+\. In a client's shell: \. \/.+\/aws\.env\n$/,
    );
    expect(statSync(join(folder, 'aws.env')).mode % 0o1000).toBe(0o600);
    const values = exported(readFileSync(join(folder, 'aws.env'), 'utf8'));
    expect((await listGroups(values)).body).toBe('{"items":[]}');
    expect((await sendRaw(values['CONTROL'] ?? '', { method: 'GET', path: '/calls/count' })).body).toBe('{"count":1}\n');
    expect(await stop(child, 'SIGINT')).toEqual([0, null]);
  });

  it('prints the exports where no file is named, saves its state at the end and goes on from it', async () => {
    const first = await start('--port', '0', '--control-port', '0', '--save', 'story.json');
    const values = exported(first.said);
    const input = { name: 'kept', type: 'LAMBDA' };
    const foreign = { account: '111111111111', region: values['AWS_REGION'], operation: 'CreateTargetGroup', input };
    await sendRaw(values['CONTROL'] ?? '', { method: 'POST', path: '/foreign', body: JSON.stringify(foreign) });
    expect(await stop(first.child, 'SIGTERM')).toEqual([0, null]);
    expect(statSync(join(folder, 'story.json')).mode % 0o1000).toBe(0o600);
    const second = await start('--port', '0', '--load', 'story.json');
    expect(JSON.parse((await listGroups(exported(second.said))).body)).toMatchObject({ items: [{ name: 'kept' }] });
    await stop(second.child, 'SIGTERM');
  });

  it('says so where its port is taken', async () => {
    const { child, said } = await start('--port', '0');
    const port = /:(\d+),/.exec(said)?.[1] ?? '';
    expect(await ended('--port', port)).toMatchObject({ code: 1, stderr: `aws-simulator: port ${port} is taken\n` });
    await stop(child, 'SIGTERM');
  });

  it('says so where the port of its control endpoint is taken', async () => {
    const { child, said } = await start('--port', '0');
    const port = /:(\d+),/.exec(said)?.[1] ?? '';
    expect(await ended('--port', '0', '--control-port', port)).toMatchObject({ code: 1, stderr: `aws-simulator: port ${port} is taken\n` });
    await stop(child, 'SIGTERM');
  });

  // 192.0.2.1 is for documentation (RFC 5737), and .invalid has no addresses (RFC 6761).
  it.each(['192.0.2.1', 'nowhere.invalid'])('says so where %s is no address to listen on', async (host) => {
    const stderr = `aws-simulator: --host ${host} is no address of this machine\n`;
    expect(await ended('--port', '0', '--host', host)).toMatchObject({ code: 1, stderr });
  });

  it.each([
    { args: ['--bogus'], stderr: "error: unknown option '--bogus'\n" },
    { args: ['more'], stderr: 'error: too many arguments. Expected 0 arguments but got 1: more.\n' },
    { args: ['--port', 'x'], stderr: "error: option '--port <port>' argument 'x' is invalid. A port is a number from 0 to 65535.\n" },
    {
      args: ['--accounts', '12'],
      stderr: "error: option '--accounts <ids>' argument '12' is invalid. Accounts are ids of twelve digits, separated by commas.\n",
    },
    {
      args: ['--region', 'nowhere'],
      stderr: "error: option '--region <region>' argument 'nowhere' is invalid. A region has a name such as us-west-2.\n",
    },
    { args: ['--port', '0', '--out', '/dev/null/x'], stderr: "aws-simulator: /dev/null/x can't be written (ENOTDIR)\n" },
    { args: ['--port', '0', '--load', 'missing.json'], stderr: "aws-simulator: missing.json can't be read (ENOENT)\n" },
    { args: ['--port', '0', '--load', 'text'], stderr: 'aws-simulator: text is not JSON\n' },
    { args: ['--port', '0', '--load', 'empty'], stderr: 'aws-simulator: this is not a saved state of the simulator, version 1\n' },
  ])('refuses $args in a line', async ({ args, stderr }) => {
    writeFileSync(join(folder, 'text'), 'hello');
    writeFileSync(join(folder, 'empty'), '{}');
    expect(await ended(...args)).toMatchObject({ code: 1, stderr });
  });

  it('has help with every option and examples', async () => {
    const { stdout } = await ended('--help');
    const options = ['--port', '--host', '--region', '--accounts', '--out', '--control-port', '--load', '--save', 'Examples:'];
    expect(options.filter((option) => !stdout.includes(option))).toEqual([]);
  });
});
