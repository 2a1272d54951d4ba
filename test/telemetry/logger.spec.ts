import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const built = join(import.meta.dirname, '../../dist/libs/telemetry/src/logger.js');

/** Runs a program that logs, in a process of its own. Its standard output is read when it is asked for, and not before. */
function running(program: string) {
  const script = `import { createLogger } from ${JSON.stringify(built)}; const logger = createLogger('info'); ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit').then(([code]) => code as number);
  return { stderr: child.stderr, lines: async () => (await text(child.stdout)).trimEnd().split('\n'), ended };
}

describe('the log of a process', () => {
  it('has every line that was said before the process ends', async () => {
    const { lines, ended } = running(`for (let i = 0; i < 5000; i++) logger.info({ i }, 'said'); process.exit(3);`);
    const said = await lines();
    expect(await ended).toBe(3);
    expect(said.map((line) => (JSON.parse(line) as { i: number }).i)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  it('holds nothing up where nobody reads it, keeps no more than it may, and tells what was lost', async () => {
    const { stderr, lines, ended } = running(`
      const long = 'x'.repeat(10_000);
      for (let i = 0; i < 4000; i++) {
        logger.info({ i, long }, 'said');
        if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      process.stderr.write('went on with ' + Math.round(process.memoryUsage().rss / 2 ** 20));
      process.stderr.end();`);
    // It gets this far although not one line was taken.
    const [, rssMiB] = /^went on with (\d+)$/.exec(await text(stderr)) ?? [];
    expect(Number(rssMiB)).toBeLessThan(300);
    const said = (await lines()).map((line) => JSON.parse(line) as { i?: number; msg: string; lines?: number });
    const lost = said.find(({ msg }) => msg.startsWith('lines of the log were lost'))?.lines ?? 0;
    expect(lost).toBeGreaterThan(1000);
    expect(said.filter(({ msg }) => msg === 'said').length + lost).toBe(4000);
    expect(await ended).toBe(0);
  });
});
