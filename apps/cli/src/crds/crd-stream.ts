import { crdYaml, networkingGroup } from '@hub/api';

/** CRDs as one YAML stream: all of them, or those that a member needs. */
export function crdStream(isForMember: boolean): string {
  return Object.values(crdYaml)
    .filter((text) => !isForMember || text.includes(`\n  group: ${networkingGroup}\n`))
    .map((text) => `---\n${text.replace(/^---\n/, '').trimEnd()}\n`)
    .join('');
}
