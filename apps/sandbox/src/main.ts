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
import { whatNext } from './what-next.js';

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
  const told = whenTold();
  say('lattice-hub sandbox');
  const sandbox = await progress.stage(
    'clusters',
    `a hub cluster, ${options.clusters} member clusters, two AWS accounts in two regions and a Redis, all simulated but the Redis`,
    () => Sandbox.start(root, folder, options.clusters, port, process.env['REDIS_URL']),
  );
  const control = await ControlServer.start(folder, sandbox);
  try {
    await progress.stage('hub', `one hub process on http://127.0.0.1:${port}`, () => sandbox.startHub(port));
    const story = new Story(root, folder, sandbox, progress, options, `http://127.0.0.1:${port}`);
    if (await Promise.race([told, story.play()])) return 0;
    const rows = await story.client.targetGroups();
    say(`\n${targetGroupTable(rows)}\n`);
    if (options.once) return await finish(folder, sandbox, story, progress, rows);
    say(whatNext(`http://127.0.0.1:${port}`));
    const ended = await Promise.race([told, sandbox.hub?.ended()]);
    if (typeof ended === 'string') throw new Error(ended);
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

/** Resolves when a person ends it, also by closing the terminal: Redis does not end by itself then. */
function whenTold(): Promise<true> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(true));
  });
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
