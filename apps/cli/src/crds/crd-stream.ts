import { crdYaml } from '@hub/api';

/** All CRDs as one YAML stream. */
export function crdStream(): string {
  return Object.values(crdYaml)
    .map((text) => `---\n${text.replace(/^---\n/, '').trimEnd()}\n`)
    .join('');
}
