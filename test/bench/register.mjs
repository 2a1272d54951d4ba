// Lets Node run the TypeScript of the bench and of the simulators as it stands, without a build: `node --import ./test/bench/register.mjs`.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = join(import.meta.dirname, '../..');

/** The file of a room, of a sibling that is imported by the name it has once it is built, or nothing. */
function sourceOf(specifier, parent) {
  const room = /^@hub\/([^/]+)$/.exec(specifier);
  if (room) return join(root, 'libs', room[1], 'src/index.ts');
  if (!specifier.startsWith('.') || !specifier.endsWith('.js') || !parent?.startsWith('file:')) return undefined;
  const file = fileURLToPath(new URL(specifier.replace(/\.js$/, '.ts'), parent));
  return existsSync(file) ? file : undefined;
}

registerHooks({
  resolve(specifier, context, next) {
    const file = sourceOf(specifier, context.parentURL);
    return file === undefined ? next(specifier, context) : { url: pathToFileURL(file).href, format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      filename,
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'es6' },
      jsc: { target: 'es2024', parser: { syntax: 'typescript', decorators: true } },
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
