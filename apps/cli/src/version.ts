import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The version of this command: that of the package.json above it, which is at another height once it is built.
 * @throws Error where there is none
 */
export function ownVersion(): string {
  for (let directory = import.meta.dirname; directory !== dirname(directory); directory = dirname(directory)) {
    const path = join(directory, 'package.json');
    if (!existsSync(path)) continue;
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
    if (name === 'lattice-hub' && version !== undefined) return version;
  }
  throw new Error('the package.json of lattice-hub is missing: install it anew');
}
