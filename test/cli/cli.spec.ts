import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crdYaml } from '@hub/api';
import { parseAllDocuments } from 'yaml';
import type { MemorySettings } from '../../apps/cli/src/testing/memory-io.js';
import { clusterNamed } from './fleet-objects.js';
import { HubStandIn } from './hub-stand-in.js';
import { add, place, role, runCli } from './run-cli.js';

let hub: HubStandIn;
const cli = (argv: readonly string[], settings?: MemorySettings) => runCli(hub, argv, settings);

beforeEach(async () => {
  hub = await HubStandIn.start();
});

afterEach(async () => {
  await hub.stop();
});

describe('exit codes', () => {
  it.each<[number, string, readonly string[]]>([
    [0, 'Usage: lattice-hub', ['--help']],
    [0, 'Usage: lattice-hub cluster add', ['cluster', 'add', '--help']],
    [0, 'Usage: lattice-hub get', ['help', 'get']],
    [0, 'lattice-hub 0.', ['version']],
    [0, 'lattice-hub 0.', ['--version']],
    [2, 'Usage: lattice-hub', []],
    [2, 'Usage: lattice-hub cluster', ['cluster']],
    [2, "lattice-hub: unknown command 'clsuter' (Did you mean cluster?)", ['clsuter']],
    [2, "unknown option '--al'", ['get', 'clusters', '--al']],
    [2, "missing required argument 'cluster'", ['plan']],
    [2, 'too many arguments', ['crds', 'now']],
    [2, 'It must be one of clusters, exports', ['get', 'pods']],
    [2, 'Allowed choices are table, wide, json, yaml, name', ['get', 'exports', '-o', 'xml']],
    [2, "required option '--aws-account <id>' not specified", ['cluster', 'add', 'west']],
    [2, 'Allowed choices are Fleet, Own, Ignore', [...add, '--policy-scope', 'All']],
    [2, 'cannot be used with option', ['cluster', 'detach', 'west', '--keep', '--remove']],
    [2, 'cannot be used with option', ['get', 'exports', '--token', 'a', '--token-file', 'b']],
    [2, 'It must be a number of seconds', ['get', 'exports', '--request-timeout', 'soon']],
    [2, 'is not for clusters', ['get', 'clusters', '--cluster', 'west']],
    [2, 'is not for clusters', ['get', 'clusters', '-n', 'shop']],
    [2, '--output-watch-events goes with --watch', ['get', 'exports', '--output-watch-events']],
    [2, 'can be no name of a cluster', ['cluster', 'describe', '..']],
    [2, 'can be no name of a cluster', ['plan', 'a/b']],
    [2, 'the address of the hub', ['get', 'exports', '--server', 'hub']],
    [2, 'over plain http the token could be read', ['get', 'exports', '--server', 'http://hub.example.com']],
    [2, 'the context "West_1" gives no name', ['cluster', 'add', 'West_1', ...place, ...role]],
    [1, 'there is no MemberCluster "west"', ['get', 'clusters', 'west']],
    [1, 'no exports named "inventory" found in namespace shop', ['get', 'exports', 'inventory', '-n', 'shop']],
  ])('%d: %s', async (code, said, argv) => {
    const outcome = await cli(argv);
    expect(outcome.code).toBe(code);
    expect(code === 0 ? outcome.out : outcome.err).toContain(said);
    expect(code === 0 ? outcome.err : outcome.out).toBe('');
  });

  it('wrong usage reaches no hub', async () => {
    await cli(['cluster', 'describe', '..']);
    await cli(['get', 'clusters', '-n', 'shop']);
    expect(hub.requests).toEqual([]);
  });
});

describe('what needs no hub', () => {
  it('prints every CRD in one stream', async () => {
    const { code, out } = await cli(['crds']);
    const documents = parseAllDocuments(out);
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(code).toBe(0);
    expect(documents.map((document) => (document.toJS() as { kind: string }).kind)).toEqual(
      Object.keys(crdYaml).map(() => 'CustomResourceDefinition'),
    );
  });

  it('prints the CRDs that a member needs, and no others', async () => {
    const { code, out } = await cli(['crds', '--member']);
    expect(code).toBe(0);
    expect(parseAllDocuments(out).map((document) => (document.toJS() as { metadata: { name: string } }).metadata.name)).toEqual([
      'serviceexports.application-networking.k8s.aws',
      'serviceimports.application-networking.k8s.aws',
      'targetgrouppolicies.application-networking.k8s.aws',
    ]);
  });

  it.each(['bash', 'zsh', 'fish'])('prints a completion script for %s that asks the command itself', async (shell) => {
    const { code, out } = await cli(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('__complete --');
  });
});

describe('completion', () => {
  beforeEach(() => {
    for (const name of ['west', 'west-2', 'east']) hub.clusters.set(name, clusterNamed(name));
  });

  it.each([
    [
      ['cluster', 'describe', ''],
      ['west', 'west-2', 'east'],
    ],
    [
      ['cluster', 'detach', '--remove', 'w'],
      ['west', 'west-2'],
    ],
    [['plan', 'e'], ['east']],
    [
      ['get', 'clusters', 'west'],
      ['west', 'west-2'],
    ],
    [['get', 'exports', '--cluster', 'e'], ['east']],
    [['get', 'exports', '--cluster=e'], ['--cluster=east']],
    [['--token', 'wrong', 'plan', ''], []],
  ])('of %j knows the names of clusters', async (words, names) => {
    const { code, out, err } = await cli(['__complete', '--', ...words]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(names.map((name) => `${name}\n`).join(''));
  });

  it('says what commands and options are for', async () => {
    expect((await cli(['__complete', '--', 'cr'])).out).toBe('crds\tprint the CRDs\n');
    expect((await cli(['__complete', '--', 'get', 'exports', '--w'])).out).toBe('--watch\tgo on and print what changes\n');
  });
});
