/**
 * How much a thousand simulated clusters cost in one process: time to start, memory, and what watches and objects add.
 *
 *   node --expose-gc --import ./test/bench/register.mjs test/bench/kube-simulator-fleet.mts [CLUSTERS]
 *
 * The clients are a process of their own: for each cluster one HTTP/2 connection with four watches.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { parse } from 'yaml';
import { KubeSimulator } from '@hub/kube-simulator';
import type { ObjectInput } from '@hub/kube-simulator';

interface Target {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

const watched = [
  '/api/v1/services',
  '/apis/discovery.k8s.io/v1/endpointslices',
  '/apis/application-networking.k8s.aws/v1alpha1/serviceexports',
  '/apis/application-networking.k8s.aws/v1alpha1/targetgrouppolicies',
];
const servicesPerCluster = 50;

/** Measures one step and prints a line. */
async function step(words: string, act: () => Promise<void>): Promise<void> {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await act();
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(startCpu);
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  const figures = [
    (tookMs / 1000).toFixed(2),
    ((user + system) / 1e6).toFixed(2),
    mebibytes(rss),
    mebibytes(heapUsed),
    mebibytes(external),
  ];
  process.stdout.write(`| ${[words, ...figures].join(' | ')} |\n`);
}

function objectsOf(number: number): ObjectInput[] {
  return Array.from({ length: servicesPerCluster }, (_, index): ObjectInput[] => {
    const metadata = { name: `service-${index}`, namespace: 'default', labels: { app: `app-${index}` } };
    const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
    const endpoints = Array.from({ length: 10 }, (_endpoint, item) => ({
      addresses: [`10.${number % 256}.${index}.${item + 1}`],
      conditions: { ready: true },
    }));
    const labels = { ...metadata.labels, 'kubernetes.io/service-name': metadata.name };
    const slice = { metadata: { ...metadata, labels }, addressType: 'IPv4', ports, endpoints };
    return [
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: metadata.labels, ports } } as ObjectInput,
      { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', ...slice },
      { apiVersion: 'application-networking.k8s.aws/v1alpha1', kind: 'ServiceExport', metadata },
    ];
  }).flat();
}

async function serve(count: number): Promise<void> {
  const definition = (plural: string): ObjectInput =>
    parse(readFileSync(new URL(`../../deploy/crds/${plural}.yaml`, import.meta.url), 'utf8')) as ObjectInput;
  const definitions = ['serviceexports', 'targetgrouppolicies'].map(definition);
  const clusters: KubeSimulator[] = [];
  const [cpu] = cpus();
  process.stdout.write(
    `${count} clusters, Node ${process.version}, ${availableParallelism()} x ${cpu?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB\n\n`,
  );
  process.stdout.write('| after | seconds | CPU seconds | RSS MiB | heap MiB | external MiB |\n|---|---|---|---|---|---|\n');
  await step('the process alone', async () => undefined);
  await step('one cluster', async () => void clusters.push(await KubeSimulator.start({ name: 'cluster-1' })));
  await step(`${count} clusters`, async () => {
    for (let number = 2; number <= count; number += 1) clusters.push(await KubeSimulator.start({ name: `cluster-${number}` }));
  });
  await step(
    'two definitions in each',
    async () => void (await Promise.all(clusters.map(async (one) => one.installDefinitions(definitions)))),
  );
  await step('four watches on one connection to each', async () => startClients(clusters));
  await step(`${servicesPerCluster * 3} objects in each, sent to the watches`, async () => {
    for (const [number, cluster] of clusters.entries()) {
      for (const object of objectsOf(number)) cluster.objects.create(object);
      // The watches are to be written while the next cluster is filled.
      if (number % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
  await step('ten idle seconds', async () => new Promise((resolve) => setTimeout(resolve, 10_000)));
  await step('the end of all', async () => void (await Promise.all(clusters.map(async (cluster) => cluster.stop()))));
}

async function startClients(clusters: readonly KubeSimulator[]): Promise<void> {
  const clients = fork(import.meta.filename, ['--clients'], {
    execArgv: process.execArgv.filter((argument) => argument !== '--expose-gc'),
  });
  const targets = clusters.map((cluster): Target => ({
    url: cluster.url,
    ca: cluster.caCertificate,
    token: cluster.issueToken({ name: 'client', groups: ['system:masters'] }),
  }));
  clients.send(targets);
  await once(clients, 'message');
  clients.disconnect();
  process.once('exit', () => clients.kill());
}

/** The other process: opens the watches and says when all are open. */
async function watchAll(): Promise<void> {
  const [targets] = (await once(process, 'message')) as [readonly Target[]];
  for (const { url, ca, token } of targets) {
    const session = connect(url, { ca });
    session.on('error', () => undefined);
    await Promise.all(
      watched.map(async (path) => {
        const stream = session.request({ ':path': `${path}?watch=true&allowWatchBookmarks=true`, authorization: `Bearer ${token}` });
        stream.on('error', () => undefined);
        stream.resume();
        await once(stream, 'response');
      }),
    );
  }
  process.send?.('ready');
}

if (process.argv.includes('--clients')) await watchAll();
else {
  await serve(Number(process.argv[2] ?? 1000));
  process.exit();
}
