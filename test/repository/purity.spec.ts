import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

const sources = (dir: string) =>
  readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(spec|generated)\.ts$|spec-builders/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** Code without its comments and texts. */
const codeOf = (file: string) =>
  readFileSync(file, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");

describe('law 5: what decides does not await', () => {
  it.each(['libs/plan/src', 'libs/model/src'])('%s has no await, no clock, no chance and no output', (dir) => {
    const files = sources(dir);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const hits = codeOf(file).match(
        /\b(await|async|Promise|Date\.now|performance|new Date\(\)|Math\.random|setTimeout|setInterval|console|process)\b/g,
      );
      expect({ file, hits }).toEqual({ file, hits: null });
    }
  });
});

describe('the project speaks of itself alone', () => {
  it('knows every variable that its configuration reads', () => {
    const config = readFileSync(join(root, 'apps/hub/src/config.ts'), 'utf8');
    const documented = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
    const variables = [...config.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1] ?? '');
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
  });

  it('names only files that are there, in its architecture', () => {
    const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const names = [...text.matchAll(/(?:libs|apps)\/[\w/.-]+\.ts/g)].map((match) => match[0]);
    expect(names.length).toBeGreaterThan(10);
    const missing = names.filter((name) => !sources(name.split('/').slice(0, 2).join('/')).includes(join(root, name)));
    expect(missing).toEqual([]);
  });
});
