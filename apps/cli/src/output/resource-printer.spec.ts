import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { targetGroupKind } from '../get/target-group-kind.js';
import { MemoryIo } from '../testing/memory-io.js';
import type { OutputFormat } from './output-options.js';
import { listText, WatchPrinter } from './resource-printer.js';

const group = {
  arn: 'arn:aws:vpc-lattice:us-west-2:111122223333:targetgroup/tg-0123456789abcdef0',
  name: 'k8s-shop-inventory-abcdefghij',
  account: '111122223333',
  region: 'us-west-2',
  vpc: 'vpc-0a1b2c3d4e5f60718',
  cluster: 'west',
  namespace: 'shop',
  export: 'inventory',
  exportPort: 8080,
  protocol: 'HTTP',
  protocolVersion: 'HTTP1',
  port: 8080,
  ipFamily: 'IPV4',
  healthCheck: {
    enabled: true,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    port: 9090,
    path: '/health',
    intervalSeconds: 10,
    statusMatch: '200-299',
  },
  targets: [
    { ip: '10.0.0.1', port: 8080, status: 'HEALTHY' },
    { ip: 'fd00::1', port: 8080, status: 'UNHEALTHY' },
  ],
  inUse: true,
  policy: { cluster: 'hub', namespace: 'shop', name: 'inventory-health-policy' },
  state: 'Ready',
  reason: 'Programmed',
  message: 'the target group is as it must be',
  observedAt: '2026-01-01T00:00:00Z',
  saidByNewerHubs: true,
};
const missing = {
  ...group,
  arn: null,
  exportPort: null,
  protocol: 'TCP',
  protocolVersion: null,
  healthCheck: { enabled: false },
  targets: [],
  policy: { cluster: 'east', namespace: 'shop', name: '' },
  state: 'Failed',
  reason: 'AccessDenied',
};
const justRegistered = {
  ...group,
  inUse: false,
  targets: group.targets.map((target) => ({ ...target, status: 'INITIAL' })),
};
const unused = {
  ...group,
  healthCheck: null,
  targets: group.targets.map((target) => ({ ...target, status: 'UNUSED' })),
  policy: null,
};

const nowMs = Date.parse('2026-01-01T00:03:20Z');
const io = new MemoryIo({ nowMs });
const columns = (line: string | undefined) => line?.split(/ {3,}/);
const list = (format: OutputFormat, ...raws: readonly object[]) =>
  listText(
    raws.map((raw) => targetGroupKind.row(raw)),
    targetGroupKind,
    format,
    io,
  );

describe('a table of target groups', () => {
  it.each([
    [
      'in use',
      group,
      ['8080', 'HTTP/HTTP1:8080', 'HTTP:9090/health 10s 200-299', '2 (1 healthy)', 'hub/shop/inventory-health-policy', 'Ready'],
    ],
    ['that failed', missing, ['legacy', 'TCP:8080', 'off', '0', 'east/shop/?', 'Failed (AccessDenied)']],
    [
      'that nothing uses yet',
      justRegistered,
      ['8080', 'HTTP/HTTP1:8080', 'HTTP:9090/health 10s 200-299', '2', 'hub/shop/inventory-health-policy', 'Ready'],
    ],
    ['that nothing uses', unused, ['8080', 'HTTP/HTTP1:8080', '-', '2', '-', 'Ready']],
  ])('shows one %s', async (_, raw, [port = '', protocol = '', health = '', targets = '', policy = '', state = '']) => {
    const [header, line] = (await list('table', raw)).split('\n');
    expect(header?.split(/ +/)).toEqual(
      'ACCOUNT REGION CLUSTER NAMESPACE EXPORT PORT NAME PROTOCOL HEALTH-CHECK TARGETS POLICY STATE'.split(' '),
    );
    const place = ['111122223333', 'us-west-2', 'west', 'shop', 'inventory', port, 'k8s-shop-inventory-abcdefghij'];
    expect(columns(line)).toEqual([...place, protocol, health, targets, policy, state]);
  });

  it('shows all of one where it is wide', async () => {
    const [header, line] = (await list('wide', group)).split('\n');
    expect(columns(header)?.slice(-4)).toEqual(['ARN', 'VPC', 'OBSERVED', 'ALL-TARGETS']);
    expect(columns(line)?.slice(-4)).toEqual([group.arn, group.vpc, '3m20s', '10.0.0.1:8080=HEALTHY,[fd00::1]:8080=UNHEALTHY']);
  });

  it('is nothing where there is none', async () => {
    expect(await list('table')).toBe('');
  });
});

describe('other formats', () => {
  it('hold all that the hub said', async () => {
    expect(JSON.parse(await list('json', group, missing))).toEqual({ items: [group, missing] });
    expect(parse(await list('yaml', group, missing))).toEqual({ items: [group, missing] });
    expect(await list('name', group, missing)).toBe('targetgroup/k8s-shop-inventory-abcdefghij\n'.repeat(2));
  });

  it('are lists also where there is none', async () => {
    expect(JSON.parse(await list('json'))).toEqual({ items: [] });
    expect(parse(await list('yaml'))).toEqual({ items: [] });
    expect(await list('name')).toBe('');
  });

  it('show the one thing itself where it is asked for by itself', async () => {
    const rows = [targetGroupKind.row(group)];
    expect(JSON.parse(await listText(rows, targetGroupKind, 'json', io, true))).toEqual(group);
    expect(parse(await listText(rows, targetGroupKind, 'yaml', io, true))).toEqual(group);
  });
});

describe('a watch', () => {
  const changes = [
    { type: 'ADDED', row: targetGroupKind.row(group) },
    { type: 'DELETED', row: targetGroupKind.row(missing) },
  ];
  const print = (format: OutputFormat, showsType: boolean) => new WatchPrinter(targetGroupKind, format, showsType, io).text(changes);

  it('is an object a line as JSON, with its change where that is asked for', async () => {
    const objects = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    expect(objects(await print('json', false))).toEqual([group, missing]);
    expect(objects(await print('json', true))).toEqual([
      { type: 'ADDED', object: group },
      { type: 'DELETED', object: missing },
    ]);
  });

  it('is a stream of documents as YAML', async () => {
    const documents = parseAllDocuments(await print('yaml', false)).map((document) => document.toJS() as unknown);
    expect(documents).toEqual([group, missing]);
  });

  it('is a line for each change as a table or as names', async () => {
    expect((await print('table', true)).split('\n').map((line) => line.split(/ +/)[0])).toEqual(['EVENT', 'ADDED', 'DELETED', '']);
    expect((await print('table', false)).split('\n')).toHaveLength(4);
    expect(await print('name', true)).toBe(
      'ADDED targetgroup/k8s-shop-inventory-abcdefghij\nDELETED targetgroup/k8s-shop-inventory-abcdefghij\n',
    );
  });
});

describe('what is no target group', () => {
  it('is not shown as one', () => {
    expect(() => targetGroupKind.row({ ...group, targets: 'none' })).toThrow('target-groups.targets');
  });
});
