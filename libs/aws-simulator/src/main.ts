import { chmodSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { AwsSimulator } from './aws-simulator.js';
import { exportLines } from './command/export-lines.js';

/** The command line as parsed. */
interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly region: string;
  readonly accounts?: readonly string[];
  readonly out?: string;
  readonly controlPort?: number;
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

function commandLine(): Command {
  return new Command('aws-simulator')
    .description('Amazon VPC Lattice, STS and the Resource Groups Tagging API on one local port')
    .option('--port <port>', 'port to listen on; 0 takes any free one', portNumber, 4566)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--region <region>', 'region that the exports name', 'us-west-2')
    .option('--accounts <ids>', 'accounts that exist, separated by commas (default: 111111111111,222222222222)', accountList)
    .option('--out <file>', 'write what a client of the first account must export to this file, for its owner alone')
    .option('--control-port <port>', 'also serve the control endpoint on this port', portNumber)
    .allowExcessArguments(false);
}

/** The mode of a file that exists already would stay as it is. */
function writeOwnerOnly(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

async function run(options: Arguments): Promise<void> {
  const { region, out, ...start } = options;
  const simulator = await AwsSimulator.start(start);
  const stop = () => void simulator.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const exports = exportLines(simulator, region);
  try {
    if (out !== undefined) writeOwnerOnly(out, exports);
  } catch (error) {
    await simulator.stop();
    throw error;
  }
  const control = simulator.controlUrl === undefined ? '' : ` Control endpoint: ${simulator.controlUrl}.`;
  const hint = out === undefined ? `Export this in a client's shell:\n${exports}` : `In a client's shell: . ${out}\n`;
  process.stdout.write(`AWS simulator on ${simulator.url}, accounts ${simulator.accounts.join(', ')}.${control} ${hint}`);
}

const command = commandLine().parse();
try {
  await run(command.opts<Arguments>());
} catch (error) {
  process.stderr.write(`aws-simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
