import { resolve as resolvePath } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { AwsSimulator } from './aws-simulator.js';
import { exportLines } from './command/export-lines.js';
import { readJson, writeOwnerOnly } from './command/state-file.js';
import { isRegionName } from './signature/region-names.js';

/** The command line as parsed. */
interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly region: string;
  readonly accounts?: readonly string[];
  readonly out?: string;
  readonly controlPort?: number;
  readonly load?: string;
  readonly save?: string;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

function accountList(text: string): readonly string[] {
  const accounts = text.split(',').map((account) => account.trim());
  if (!accounts.every((account) => /^\d{12}$/.test(account)))
    throw new InvalidArgumentError('Accounts are ids of twelve digits, separated by commas.');
  return accounts;
}

function regionName(text: string): string {
  if (!isRegionName(text)) throw new InvalidArgumentError('A region has a name such as us-west-2.');
  return text;
}

/** Shown below the options. */
const examples = `
Examples:
  npm run aws-simulator -- --port 4566 --out aws.env       then, in a client's shell:  . ./aws.env
  npm run aws-simulator -- --control-port 4567             turn settings, faults and the clock with curl
  npm run aws-simulator -- --load story.json --save story.json

libs/aws-simulator/README.md says what is covered, what is not, and what can be turned.`;

function commandLine(): Command {
  return new Command('aws-simulator')
    .description('Amazon VPC Lattice, STS and the Resource Groups Tagging API on one local port')
    .option('--port <port>', 'port to listen on; 0 takes any free one', portNumber, 4566)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--region <region>', 'region that the exports name', regionName, 'us-west-2')
    .option('--accounts <ids>', 'accounts that exist, separated by commas (default: 111111111111,222222222222)', accountList)
    .option('--out <file>', 'write what a client of the first account must export to this file, for its owner alone')
    .option('--control-port <port>', 'also serve the control endpoint on this port', portNumber)
    .option('--load <file>', 'go on from the state that this file holds')
    .option('--save <file>', 'write the state to this file at the end, for its owner alone')
    .addHelpText('after', examples)
    .allowExcessArguments(false);
}

/** Stops at a signal; a state that can't be saved is told, and is the exit code. */
async function stopped(simulator: AwsSimulator, save: string | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await simulator.stop();
  if (save !== undefined) writeOwnerOnly(save, `${JSON.stringify(simulator.save())}\n`);
}

async function run(options: Arguments): Promise<void> {
  const { region, out, load, save, ...start } = options;
  const saved = load === undefined ? undefined : readJson(load);
  const simulator = await AwsSimulator.start(start);
  const end = stopped(simulator, save);
  try {
    if (saved !== undefined) simulator.load(saved);
    const exports = exportLines(simulator, region);
    if (out !== undefined) writeOwnerOnly(out, exports);
    const control = simulator.controlUrl === undefined ? '' : ` Control endpoint: ${simulator.controlUrl}.`;
    const hint = out === undefined ? `Export this in a client's shell:\n${exports}` : `In a client's shell: . ${resolvePath(out)}\n`;
    process.stdout.write(`AWS simulator on ${simulator.url}, accounts ${simulator.accounts.join(', ')}.${control} ${hint}`);
  } catch (error) {
    await simulator.stop();
    throw error;
  }
  await end;
}

/** What went wrong, in a line: an address that can't be listened on is said in words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, port, address, hostname } = error as NodeJS.ErrnoException & {
    readonly port?: number;
    readonly address?: string;
    readonly hostname?: string;
  };
  if (syscall === 'getaddrinfo') return `--host ${hostname ?? ''} is no address of this machine`;
  if (syscall !== 'listen') return error.message;
  if (code === 'EADDRINUSE') return `port ${port ?? ''} is taken`;
  if (code === 'EACCES') return `port ${port ?? ''} may not be used`;
  return code === 'EADDRNOTAVAIL' ? `--host ${address ?? ''} is no address of this machine` : error.message;
}

const command = commandLine().parse();
try {
  await run(command.opts<Arguments>());
} catch (error) {
  process.stderr.write(`aws-simulator: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
