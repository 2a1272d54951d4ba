// `npm run test:chaos [-- --runs N --seed S --events E --members M --replicas R --verbose]`: plays histories of faults, each from its seed. One that
// fails is played again without some of its events, until no more can go, and is printed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    events: { type: 'string', default: '200' },
    members: { type: 'string', default: '5' },
    replicas: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
  },
});
for (const name of ['runs', 'seed', 'events', 'members', 'replicas']) {
  if (/^\d+$/.test(values[name])) continue;
  process.stderr.write(`--${name} must be a whole number\n`);
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--runInBand',
    '--selectProjects=integration',
    '--testPathPatterns=test/chaos/chaos.spec',
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CHAOS_RUNS: values.runs,
      CHAOS_SEED: values.seed,
      CHAOS_EVENTS: values.events,
      CHAOS_MEMBERS: values.members,
      CHAOS_REPLICAS: values.replicas,
      CHAOS_SHRINK: '1',
      ...(values.verbose && { CHAOS_VERBOSE: '1' }),
    },
  },
);
process.exit(status ?? 1);
