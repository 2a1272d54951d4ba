import { request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { Command } from 'commander';
import type { Order } from './control-server.js';
import { SandboxFolder } from './sandbox-folder.js';

/** `npm run sandbox -- …`: orders to the sandbox of this clone that runs. */
const program = new Command('npm run sandbox --').description('Orders to the sandbox of this clone that runs (npm start)');

const member = program.command('member').description('switch a member cluster off and on');
member
  .command('stop <number>')
  .description('switch a member off: its API server answers no more')
  .action((number: string) => send({ order: 'member', action: 'stop', member: memberNumber(number) }));
member
  .command('start <number>')
  .description('switch a member on again')
  .action((number: string) => send({ order: 'member', action: 'start', member: memberNumber(number) }));
program
  .command('pod')
  .description('pods of the members')
  .command('delete <cluster> <namespace/service>')
  .description('take one pod of a Service away')
  .action((cluster: string, name: string) => {
    const [namespace, service, ...rest] = name.split('/');
    if (!namespace || !service || rest.length > 0) throw new Error(`${name} must be NAMESPACE/SERVICE`);
    return send({ order: 'pod-delete', member: memberNumber(cluster), namespace, service });
  });
program
  .command('status')
  .description('the members and whether they are on')
  .action(() => send({ order: 'status' }));

function memberNumber(text: string): number {
  const number = Number(/^(?:member-)?(\d+)$/.exec(text)?.[1]);
  if (!Number.isInteger(number)) throw new Error(`${text} is no member: say its number, or member-NUMBER`);
  return number;
}

async function send(order: Order): Promise<void> {
  const folder = SandboxFolder.ofRunning(process.cwd());
  const answer = await new Promise<{ readonly status: number; readonly said: string }>((resolve, reject) => {
    const call = request({ socketPath: folder.socket, method: 'POST', path: '/', timeout: 20_000 }, (response) => {
      readText(response).then((said) => resolve({ status: response.statusCode ?? 0, said }), reject);
    });
    call.once('error', (error) => reject(new Error(`the sandbox does not answer: ${error.message}`)));
    call.end(JSON.stringify(order));
  });
  if (answer.status !== 200) throw new Error(answer.said);
  process.stdout.write(`${answer.said}\n`);
}

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`sandbox: ${error.message}\n`);
  process.exitCode = 1;
});
