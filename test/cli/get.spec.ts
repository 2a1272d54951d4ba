import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../apps/cli/src/run.js';
import type { MemorySettings } from '../../apps/cli/src/testing/memory-io.js';
import { clusterNamed, eventOf, exportOf, policyOf, targetGroupOf, withheldStep } from './fleet-objects.js';
import { HubStandIn, tokens } from './hub-stand-in.js';
import { ioOf, runCli, tableOf } from './run-cli.js';

let hub: HubStandIn;
const cli = (argv: readonly string[], settings?: MemorySettings) => runCli(hub, argv, settings);

beforeEach(async () => {
  hub = await HubStandIn.start();
});

afterEach(async () => {
  await hub.stop();
});

describe('get', () => {
  beforeEach(() => {
    hub.clusters.set('east', clusterNamed('east', {}, { state: 'Unreachable' }));
    hub.clusters.set('west', clusterNamed('west'));
    hub.exports = [exportOf('west', 'inventory'), exportOf('east', 'inventory'), exportOf('west', 'cart')];
    hub.policies = [policyOf('hub', 'inventory-health-policy'), policyOf('west', 'inventory-health-policy')];
    hub.targetGroups = [targetGroupOf('west', 'inventory'), targetGroupOf('east', 'inventory'), targetGroupOf('west', 'cart')];
    hub.events = [eventOf('west', 'Synced'), eventOf('east', 'Unreachable')];
    hub.plan = [withheldStep('west')];
  });

  it.each<[readonly string[], readonly (readonly string[])[]]>([
    [
      ['get', 'clusters'],
      [
        ['NAME', 'STATE', 'ACCOUNT', 'REGION', 'VPC', 'EXPORTS', 'GROUPS', 'WITHHELD'],
        ['east', 'Unreachable', '111122223333', 'us-west-2', 'vpc-0a1b2c3d4e5f60718', '-', '-', '-'],
        ['west', 'Synced', '111122223333', 'us-west-2', 'vpc-0a1b2c3d4e5f60718', '3', '4', '0'],
      ],
    ],
    [
      ['cluster', 'list', '-o', 'wide'],
      [
        'NAME STATE ACCOUNT REGION VPC EXPORTS GROUPS WITHHELD CLUSTER-NAME POLICY-SCOPE ON-DETACH VERSION LAST-SYNC HELD-BY'.split(' '),
        [
          'east',
          'Unreachable',
          '111122223333',
          'us-west-2',
          'vpc-0a1b2c3d4e5f60718',
          '-',
          '-',
          '-',
          'east',
          'Fleet',
          'Keep',
          '-',
          '-',
          'hub-0',
        ],
        [
          'west',
          'Synced',
          '111122223333',
          'us-west-2',
          'vpc-0a1b2c3d4e5f60718',
          '3',
          '4',
          '0',
          'west',
          'Fleet',
          'Keep',
          'v1.35.0',
          '60s',
          'hub-0',
        ],
      ],
    ],
    [
      ['get', 'exports', '--cluster', 'west'],
      [
        ['CLUSTER', 'NAMESPACE', 'NAME', 'SERVICE', 'PORTS', 'GROUPS', 'STATE'],
        ['west', 'shop', 'inventory', 'inventory', '8080', '1/1', 'Ready'],
        ['west', 'shop', 'cart', 'cart', '8080', '1/1', 'Ready'],
      ],
    ],
    [
      ['get', 'exports', 'cart', '-o', 'wide'],
      [
        ['CLUSTER', 'NAMESPACE', 'NAME', 'SERVICE', 'PORTS', 'GROUPS', 'STATE', 'POLICY', 'MESSAGE'],
        ['west', 'shop', 'cart', 'cart', '8080', '1/1', 'Ready', 'hub/shop/inventory-health-policy', '-'],
      ],
    ],
    [
      ['get', 'target-groups', 'cart'],
      [
        'ACCOUNT REGION CLUSTER NAMESPACE EXPORT PORT NAME PROTOCOL HEALTH-CHECK TARGETS POLICY STATE'.split(' '),
        [
          '111122223333',
          'us-west-2',
          'west',
          'shop',
          'cart',
          '8080',
          'k8s-shop-cart-abcdefghij',
          'HTTP/HTTP1:80',
          'HTTP:8081/health 10s 200-299',
          '0',
          '-',
          'Ready',
        ],
      ],
    ],
    [
      ['get', 'policy', '--cluster', 'hub'],
      [
        ['CLUSTER', 'NAMESPACE', 'NAME', 'TARGET', 'ACCEPTED', 'GROUPS'],
        ['hub', 'shop', 'inventory-health-policy', 'ServiceExport/inventory', 'False (Conflicted)', '2/3'],
      ],
    ],
    [
      ['get', 'events', 'west'],
      [
        ['AGE', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
        ['9m30s', 'Normal', 'Synced', 'membercluster/west', 'every watched kind was read whole'],
      ],
    ],
    [
      ['plan', 'west'],
      [
        ['NAMESPACE', 'EXPORT', 'STEP', 'TARGET-GROUP', 'REASON', 'RELEASED'],
        ['shop', 'cart', 'delete', 'k8s-shop-cart-abcdefghij', 'DeletionBudget', 'by the acknowledgement of a person'],
      ],
    ],
  ])('%j is a table', async (argv, rows) => {
    const outcome = await cli(argv);
    expect([outcome.code, outcome.err]).toEqual([0, '']);
    expect(tableOf(outcome.out)).toEqual(rows);
  });

  it.each<[readonly string[], readonly string[]]>([
    [
      ['get', 'tg'],
      ['k8s-shop-inventory-abcdefghij', 'k8s-shop-inventory-abcdefghij', 'k8s-shop-cart-abcdefghij'],
    ],
    [['get', 'target-groups', 'cart'], ['k8s-shop-cart-abcdefghij']],
    [['get', 'target-groups', 'k8s-shop-cart-abcdefghij'], ['k8s-shop-cart-abcdefghij']],
    [['get', 'target-groups', '-n', 'shop', '--cluster', 'east'], ['k8s-shop-inventory-abcdefghij']],
  ])('%j -o name', async (argv, names) => {
    const { out } = await cli([...argv, '-o', 'name']);
    expect(out).toBe(names.map((name) => `targetgroup/${name}\n`).join(''));
  });

  it('is the answer of the hub as JSON', async () => {
    expect(JSON.parse((await cli(['get', 'exports', 'inventory', '-o', 'json'])).out)).toEqual({ items: hub.exports.slice(0, 2) });
    expect(JSON.parse((await cli(['get', 'clusters', 'west', '-o', 'json'])).out)).toEqual(hub.clusters.get('west'));
    expect(JSON.parse((await cli(['plan', 'west', '-o', 'json'])).out)).toEqual({ items: hub.plan });
  });

  it.each([
    [['get', 'exports', '-n', 'empty'], '', 'No exports found in namespace empty.\n'],
    [['get', 'target-groups', '--cluster', 'gone'], '', 'No target groups found of cluster gone.\n'],
    [['get', 'exports', '-n', 'empty', '-o', 'json'], '{\n  "items": []\n}\n', 'No exports found in namespace empty.\n'],
    [['plan', 'east'], '', 'No withheld steps found: nothing is held back in east.\n'],
  ])('%j finds none, which is no failure', async (argv, out, err) => {
    expect(await cli(argv)).toEqual({ code: 0, out, err });
  });
});

describe('a watch', () => {
  /** Polls until something holds. */
  async function until(holds: () => boolean): Promise<void> {
    const untilMs = Date.now() + 10_000;
    while (!holds()) {
      if (Date.now() > untilMs) throw new Error('it did not come about');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async function begin(argv: readonly string[]) {
    const io = ioOf(hub);
    const done = run(argv, io);
    await until(() => hub.watches.length > 0);
    const [watch] = hub.watches;
    if (!watch) throw new Error('no watch');
    return { io, done, watch };
  }

  const west = exportOf('west', 'inventory');
  const behind = { ...west, ready: 0 };

  it('prints a line for each change as it comes, until the hub ends it', async () => {
    const { io, done, watch } = await begin(['get', 'exports', '-n', 'shop', '-w']);
    expect(watch.url.search).toBe('?namespace=shop&watch=1');
    watch.send({ type: 'ADDED', object: west });
    await until(() => io.out.includes('1/1'));
    watch.send({ type: 'MODIFIED', object: behind }, { type: 'MODIFIED', object: west });
    await until(() => io.out.split('\n').length === 5);
    watch.end();
    expect(await done).toBe(0);
    expect(tableOf(io.out).map((fields) => fields[5])).toEqual(['GROUPS', '1/1', '0/1', '1/1']);
    expect(io.err).toContain('The hub ended the watch');
  });

  it.each([
    [
      ['-o', 'json'],
      [west, behind],
    ],
    [
      ['-o', 'json', '--output-watch-events'],
      [
        { type: 'ADDED', object: west },
        { type: 'DELETED', object: behind },
      ],
    ],
  ])('%j is an object a line', async (options, objects) => {
    const { io, done, watch } = await begin(['get', 'exports', '-w', ...options]);
    watch.send({ type: 'ADDED', object: west }, { type: 'DELETED', object: behind });
    watch.end();
    expect(await done).toBe(0);
    const lines = io.out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(objects);
  });

  it('shows only what is named, also of clusters', async () => {
    const { io, done, watch } = await begin(['get', 'clusters', 'west', '-w', '-o', 'name']);
    watch.send({ type: 'ADDED', object: clusterNamed('east') }, { type: 'ADDED', object: clusterNamed('west') });
    watch.end();
    expect(await done).toBe(0);
    expect(io.out).toBe('membercluster/west\n');
  });

  it('that is broken off is a failure', async () => {
    const { io, done, watch } = await begin(['get', 'exports', '-w']);
    watch.send({ type: 'ADDED', object: west });
    await until(() => io.out !== '');
    watch.breakOff();
    expect(await done).toBe(1);
    expect(io.err).toBe(`lattice-hub: ${hub.url} broke off the connection\n`);
  });

  it('ends when it is interrupted', async () => {
    const { io, done } = await begin(['get', 'exports', '-w']);
    io.interrupt.abort();
    expect([await done, io.out, io.err]).toEqual([130, '', '']);
  });

  it('that is refused is a refusal', async () => {
    expect(await cli(['get', 'exports', '-w', '--token', tokens.stranger])).toMatchObject({ code: 1, out: '' });
  });
});
