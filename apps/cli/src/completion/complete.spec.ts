import { describe, expect, it } from '@jest/globals';
import { buildProgram } from '../program.js';
import { MemoryIo } from '../testing/memory-io.js';
import { positionOf } from './command-position.js';
import { complete } from './complete.js';

const kubeconfig = (...names: readonly string[]) =>
  `contexts: [${names.map((name) => `{name: "${name}", context: {cluster: c, user: u}}`).join(', ')}]`;
const files = { '/home/nobody/.kube/config': kubeconfig('west', 'arn:aws:eks:east'), '/other': kubeconfig('other') };

async function offered(line: string): Promise<readonly string[]> {
  const io = new MemoryIo({ files });
  return (await complete(buildProgram(io), line.split(' ').slice(1), io)).map(({ text }) => text);
}

describe('completion', () => {
  it.each([
    ['lattice-hub ', ['cluster', 'get', 'plan', 'apply', 'crds', 'version', 'completion', 'help']],
    ['lattice-hub c', ['cluster', 'crds', 'completion']],
    ['lattice-hub --server http://127.0.0.1:1 cr', ['crds']],
    ['lattice-hub cluster r', ['rotate', 'resume']],
    ['lattice-hub cluster d', ['describe', 'detach']],
    ['lattice-hub get ', ['clusters', 'exports', 'policies', 'target-groups', 'events']],
    ['lattice-hub get exports -o ', ['table', 'wide', 'json', 'yaml', 'name']],
    ['lattice-hub get exports --output=j', ['--output=json']],
    ['lattice-hub cluster add west --on-detach ', ['Keep', 'Remove']],
    ['lattice-hub cluster add ', ['west', 'arn:aws:eks:east']],
    ['lattice-hub cluster add --kubeconfig /other ', ['other']],
    ['lattice-hub cluster add --kubeconfig=/other ', ['other']],
    ['lattice-hub cluster add --kubeconfig /gone ', []],
    ['lattice-hub cluster add west --aws', ['--aws-account']],
    ['lattice-hub plan --server', ['--server']],
    ['lattice-hub completion ', ['bash', 'zsh', 'fish']],
    ['lattice-hub apply -f ', []],
    ['lattice-hub version ', []],
  ])('of %j', async (line, candidates) => {
    expect(await offered(line)).toEqual(candidates);
  });

  it('does not offer the command that it is asked by', async () => {
    expect(await offered('lattice-hub __')).toEqual([]);
  });
});

describe('a word on the command line', () => {
  it.each([
    ['lattice-hub cluster describe ', 'describe', 'cluster', []],
    ['lattice-hub cluster rotate west ', 'rotate', 'context', ['west']],
    ['lattice-hub get -n shop exports ', 'get', 'name', ['exports']],
    ['lattice-hub get --watch exports ', 'get', 'name', ['exports']],
    ['lattice-hub plan west ', 'plan', undefined, ['west']],
  ])('stands at the end of %j', (line, command, argument, before) => {
    const position = positionOf(buildProgram(new MemoryIo()), line.split(' ').slice(1));
    expect([position.command.name(), position.argument?.name(), position.before]).toEqual([command, argument, before]);
  });
});
