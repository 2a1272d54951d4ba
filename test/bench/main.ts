import { mkdirSync, writeFileSync } from 'node:fs';
import { figures } from './figures/figures.js';
import { machine } from './measure/machine.js';
import { help, readOptions } from './options.js';
import { Recorder, type Results } from './report/results.js';
import { tablesOf } from './report/table.js';
import { Worlds } from './world/worlds.js';

/** Takes the figures one after the other, prints them, and ends with 1 where a count is wrong or a figure could not be taken. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(`${help}\nFigures:\n${figures.map(({ name, about }) => `  ${name.padEnd(18)} ${about}\n`).join('')}`);
    return 0;
  }
  const unknown = options.only.filter((name) => !figures.some((figure) => figure.name === name));
  if (unknown.length > 0) throw new Error(`there is no figure ${unknown.join(', ')}; --help names them`);
  if (options.logs !== undefined) mkdirSync(options.logs, { recursive: true, mode: 0o700 });
  const beganMs = performance.now();
  const before = machine();
  const recorder = new Recorder((text) =>
    process.stderr.write(`${((performance.now() - beganMs) / 1000).toFixed(0).padStart(5)} s  ${text}\n`),
  );
  const worlds = new Worlds(options, recorder);
  let failures = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void worlds.stop().finally(() => process.exit(1)));
  for (const figure of figures) {
    if (options.only.length > 0 ? !options.only.includes(figure.name) : options.isQuick && !figure.isQuick) continue;
    try {
      await figure.run({ options, recorder, worlds });
    } catch (error) {
      failures++;
      recorder.progress(`${figure.name} could not be taken: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  await worlds.stop();
  const { rows, checks } = recorder;
  const results: Results = { machine: before, tookSeconds: (performance.now() - beganMs) / 1000, rows, checks };
  process.stdout.write(`${tablesOf(results)}\n`);
  if (options.outFile !== undefined) writeFileSync(options.outFile, `${JSON.stringify(results, undefined, 2)}\n`);
  return failures > 0 || checks.some(({ actual, expected }) => actual !== expected) ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
