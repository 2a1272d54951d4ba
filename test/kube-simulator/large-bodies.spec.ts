import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiConnection, KubeClient } from '@hub/kube';
import { KubeSimulator } from '@hub/kube-simulator';

const maps = '/api/v1/namespaces/default/configmaps';
const resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const text = 'x'.repeat(300_000);

describe('large bodies at once, over the one connection to a cluster', () => {
  let simulator: KubeSimulator;
  let connection: ApiConnection;
  let client: KubeClient;
  const signal = AbortSignal.timeout(60_000);

  beforeAll(async () => {
    simulator = await KubeSimulator.start({ name: 'one' });
    const endpoint = {
      server: new URL(simulator.url),
      ca: simulator.caCertificate,
      token: simulator.issueToken({ name: 'admin', groups: ['system:masters'] }),
    };
    const options = { connectTimeoutMs: 5000, pingIntervalMs: 15_000, pingTimeoutMs: 10_000, userAgent: 'test' };
    connection = await ApiConnection.open(endpoint, options, signal);
    client = new KubeClient(connection, { callMs: 30_000, listMs: 30_000 });
  });

  afterAll(async () => {
    connection.close();
    await simulator.stop();
  });

  it('all go out: 40 of 300 kB', async () => {
    const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { text } });
    const made = await Promise.all(Array.from({ length: 40 }, (_, i) => client.create(maps, map(`map-${i}`), signal)));
    expect(made).toHaveLength(40);
  }, 60_000);

  it('all come in: 4 LISTs of 12 MB', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map(() => client.listPage(resource, { limit: 500, continueToken: undefined }, signal)));
    expect(pages.map(({ items }) => items.filter((item) => item.metadata.name.startsWith('map-')).length)).toEqual([40, 40, 40, 40]);
  }, 60_000);
});
