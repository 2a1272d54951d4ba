import { Command, InvalidArgumentError } from 'commander';
import { checkStory, type Check } from './checks.js';
import { ControlServer } from './control-server.js';
import { freePort } from './free-port.js';
import type { TargetGroupRow } from './hub-client.js';
import { Progress } from './progress.js';
import { Sandbox } from './sandbox.js';
import { SandboxFolder } from './sandbox-folder.js';
import { Story } from './story.js';
import { targetGroupTable } from './table.js';

interface Options {
  readonly once: boolean;
  readonly clusters: number;
  readonly exports: number;
  readonly port?: number;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm start`: the whole of lattice-hub on this machine, with a story to look at. */
async function main(options: Options): Promise<number> {
  const root = process.cwd();
  const folder = SandboxFolder.create(root);
  const progress = new Progress(say);
  const port = await freePort(options.port);
  say('lattice-hub sandbox');
  const sandbox = await progress.stage(
    'clusters',
    `a hub cluster, ${options.clusters} member clusters, two AWS accounts in two regions and a Redis, all simulated but the Redis`,
    () => Sandbox.start(root, folder, options.clusters, port, process.env['REDIS_URL']),
  );
  const control = await ControlServer.start(folder, sandbox);
  const told = whenTold();
  try {
    await progress.stage('hub', `one hub process on http://127.0.0.1:${port}`, () => sandbox.startHub(port));
    const story = new Story(root, folder, sandbox, progress, options, `http://127.0.0.1:${port}`);
    await story.play();
    const rows = await story.client.targetGroups();
    say(`\n${targetGroupTable(rows)}\n`);
    if (options.once) return await finish(folder, sandbox, story, progress, rows);
    say(whatNext(port));
    const ended = await Promise.race([
      told,
      sandbox.hub?.ended().then((code) => `the hub ended with code ${code}; .sandbox/hub.log tells why`),
    ]);
    if (ended !== undefined) throw new Error(ended);
    return 0;
  } finally {
    await control.stop();
    await sandbox.stop();
    folder.remove('pid');
    folder.remove('control.sock');
  }
}

/** Checks what the story claims, and writes it down. */
async function finish(
  folder: SandboxFolder,
  sandbox: Sandbox,
  story: Story,
  progress: Progress,
  rows: readonly TargetGroupRow[],
): Promise<number> {
  const checks = await checkStory(sandbox, story);
  const editMs = await story.editPolicy('/healthy');
  progress.stagesMs['policyEdit'] = Math.round(editMs);
  const all: readonly Check[] = [
    ...checks,
    {
      name: 'an edit of the policy reaches every cluster in under a second',
      ok: editMs < 1000,
      detail: `${Math.round(editMs)} ms, the command included`,
    },
  ];
  for (const { name, ok, detail } of all) say(`${ok ? '  ok  ' : 'FAILED'} ${name} (${detail})`);
  const summary = {
    checks: all,
    targetGroups: rows.map(summaryRow),
    awsCalls: sandbox.aws.calls.byOperation(),
    stagesMs: progress.stagesMs,
  };
  folder.write('summary.json', `${JSON.stringify(summary, null, 2)}\n`);
  const failed = all.filter((check) => !check.ok).length;
  say(`\n${all.length - failed} of ${all.length} checks hold; .sandbox/summary.json has the details`);
  return failed === 0 ? 0 : 1;
}

function summaryRow(row: TargetGroupRow): object {
  const {
    arn,
    name,
    account,
    region,
    vpc,
    cluster,
    namespace,
    exportPort,
    protocol,
    protocolVersion,
    port,
    healthCheck,
    targets,
    policy,
    state,
  } = row;
  return {
    arn,
    name,
    account,
    region,
    vpc,
    cluster,
    namespace,
    export: row.export,
    exportPort,
    protocol,
    protocolVersion,
    port,
    healthCheck,
    targets,
    policy,
    state,
  };
}

/** Resolves when a person ends it. */
function whenTold(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
  });
}

function whatNext(port: number): string {
  return `What to try, in another terminal in this folder (kubectl works too, with the kubeconfigs in .sandbox/):

  source .sandbox/env
  lattice-hub get target-groups                            the table above
  lattice-hub get target-groups -w                         … as it changes
  sed -i 's#path: "/.*"#path: "/ready"#' .sandbox/policy.yaml && lattice-hub apply -f .sandbox/policy.yaml
                                                           one edit, in every cluster in under a second
  npm run sandbox -- pod delete member-1 default/inventory-service
                                                           a pod goes, and its target with it
  npm run sandbox -- member stop 2                         a member goes dark: nothing of it is deleted
  lattice-hub cluster list                                 … and the hub says so
  npm run sandbox -- member start 2                        … and back
  lattice-hub cluster describe member-1                    what the hub knows, and what it would tell you
  curl -s http://127.0.0.1:${port}/openapi.json            the REST API

Ctrl-C ends all of it.`;
}

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  return value;
};

const program = new Command('npm start --')
  .description('The whole of lattice-hub on this machine: simulated clusters, simulated AWS, a real Redis, one hub')
  .option('--once', 'play the story unattended, check what it claims, write .sandbox/summary.json and end', false)
  .option('--clusters <number>', 'how many member clusters', whole(1, 4000), 3)
  .option('--exports <number>', 'how many more exports each has', whole(0, 240), 0)
  .option('--port <port>', 'the port of the hub; a free one where left out', whole(1, 65535))
  .parse();

main(program.opts<Options>()).then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`sandbox: ${error.message}\n`);
    process.exit(1);
  },
);
