import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import type { MemorySettings } from '../../apps/cli/src/testing/memory-io.js';
import { HubStandIn } from './hub-stand-in.js';
import { runCli } from './run-cli.js';

let hub: HubStandIn;
const cli = (argv: readonly string[], settings?: MemorySettings) => runCli(hub, argv, settings);

beforeEach(async () => {
  hub = await HubStandIn.start();
});

afterEach(async () => {
  await hub.stop();
});

describe('apply', () => {
  const policy = {
    apiVersion: 'application-networking.k8s.aws/v1alpha1',
    kind: 'TargetGroupPolicy',
    metadata: { name: 'inventory-health-policy' },
  };
  const member = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', metadata: { name: 'west' } };
  const both = `${stringify(policy)}---\n${stringify(member)}`;

  it('sends what comes from stdin, and says what was applied', async () => {
    const outcome = await cli(['apply', '-f', '-', '-n', 'shop'], { stdin: both });
    expect(outcome).toEqual({ code: 0, out: 'targetgrouppolicy/inventory-health-policy applied\nmembercluster/west applied\n', err: '' });
    expect(hub.requests).toEqual([{ method: 'POST', url: '/api/v1/apply?namespace=shop', contentType: 'application/yaml', body: both }]);
  });

  it('sends one file after the other', async () => {
    const files = { '/a.yaml': stringify(policy), '/b.json': JSON.stringify(member) };
    const outcome = await cli(['apply', '-f', '/a.yaml', '-f', '/b.json', '--dry-run'], { files });
    expect(outcome.out).toBe(
      'targetgrouppolicy/inventory-health-policy applied (server dry run)\nmembercluster/west applied (server dry run)\n',
    );
    expect(hub.requests.map(({ url, body }) => [url, body])).toEqual([
      ['/api/v1/apply?namespace=default&dryRun=1', files['/a.yaml']],
      ['/api/v1/apply?namespace=default&dryRun=1', files['/b.json']],
    ]);
  });

  it.each<[string, readonly string[], number, string]>([
    ['a file that is gone', ['-f', '/gone.yaml'], 1, 'what is to be applied cannot be read from /gone.yaml: there is no such file'],
    ['an empty file', ['-f', '/empty'], 1, '/empty is empty'],
    ['a file that is too long', ['-f', '/long'], 1, '/long is longer than 1048576 bytes'],
    ['stdin twice', ['-f', '-', '-f', '-'], 2, 'stdin is read once'],
    ['no file', [], 2, "required option '-f, --filename <file>' not specified"],
    ['a good file and one that is gone', ['-f', '/good', '-f', '/gone'], 1, 'cannot be read from /gone'],
  ])('refuses %s before anything is sent', async (_, options, code, said) => {
    const files = { '/empty': ' \n', '/long': 'x'.repeat(1024 * 1024 + 1), '/good': both };
    const outcome = await cli(['apply', ...options], { files });
    expect(outcome.code).toBe(code);
    expect(outcome.err).toContain(said);
    expect(hub.requests).toEqual([]);
  });

  it('names the file that the hub refuses, the field and the fix', async () => {
    const files = { '/secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}' };
    const outcome = await cli(['apply', '-f', '/secret.yaml'], { files });
    expect(outcome).toEqual({
      code: 1,
      out: '',
      err: 'lattice-hub: /secret.yaml: NotAppliable: v1 Secret is not applied here; use kubectl; kind: must be one of TargetGroupPolicy, MemberCluster\n',
    });
  });
});
