import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { KubeSimulator } from '@hub/kube-simulator';
import type { ObjectInput } from '@hub/kube-simulator';
import { sendRaw } from '../raw-request.js';
import type { RawAnswer, RawServer } from '../raw-request.js';
import { RealApiServer } from '../real-api-server.js';
import { realAssets } from '../real-assets.js';
import { accessScenarios } from './access-scenarios.js';
import { applyScenarios } from './apply-scenarios.js';
import { coreScenarios } from './core-scenarios.js';
import { customScenarios } from './custom-scenarios.js';
import { definitionScenarios } from './definition-scenarios.js';
import { deletionScenarios } from './deletion-scenarios.js';
import { endpointSliceScenarios } from './endpoint-slice-scenarios.js';
import { eventScenarios } from './event-scenarios.js';
import { permissionScenarios } from './permission-scenarios.js';
import { listScenarios } from './list-scenarios.js';
import { protocolScenarios } from './protocol-scenarios.js';
import { serviceScenarios } from './service-scenarios.js';
import { tableScenarios } from './table-scenarios.js';
import { watchScenarios } from './watch-scenarios.js';
import { play } from './side-by-side.js';
import { readTranscript, writeTranscript } from './transcript.js';

if (realAssets === undefined)
  process.stderr.write(
    'No real API server to compare with, for KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd: what one has answered is compared.\n',
  );
/** Set, with KUBEBUILDER_ASSETS, to record anew what the real server answers. */
const isRecording = process.env['RECORD_SIDE_BY_SIDE'] === '1' && realAssets !== undefined;

const scenarios = [
  ...serviceScenarios,
  ...endpointSliceScenarios,
  ...coreScenarios,
  ...customScenarios,
  ...definitionScenarios,
  ...applyScenarios,
  ...deletionScenarios,
  ...accessScenarios,
  ...permissionScenarios,
  ...protocolScenarios,
  ...listScenarios,
  ...eventScenarios,
  ...tableScenarios,
  ...watchScenarios,
];
const sharedGroups = [
  'apiextensions.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'rbac.authorization.k8s.io',
  'application-networking.k8s.aws',
];
const definitions = ['serviceexports', 'targetgrouppolicies'].map(
  (plural) => parse(readFileSync(join(import.meta.dirname, `../../../deploy/crds/${plural}.yaml`), 'utf8')) as ObjectInput,
);

describe('The simulator and a real API server answer alike', () => {
  const recorded: Readonly<Record<string, unknown>> = isRecording ? {} : readTranscript();
  const answers = new Map<string, unknown>();
  let real: RealApiServer | undefined;
  let simulator: KubeSimulator;

  beforeAll(async () => {
    simulator = await KubeSimulator.start();
    simulator.registerToken('admin-token', { name: 'admin', uid: '1', groups: ['system:masters'] });
    simulator.registerToken('hub-token', { name: 'hub', uid: '2' });
    await simulator.installDefinitions(definitions);
    if (realAssets === undefined) return;
    real = await RealApiServer.start(realAssets);
    await installOn(real);
  }, RealApiServer.startTimeoutMs + 30_000);

  afterAll(async () => {
    await simulator.stop();
    await real?.stop();
    if (isRecording) writeTranscript(answers);
  });

  /** What both answer, and what was recorded: without a real server the record stands for it. */
  async function compare(name: string, ask: (server: RawServer) => Promise<unknown>): Promise<void> {
    const servers = [{ url: simulator.url, caPem: simulator.caCertificate }, ...(real === undefined ? [] : [real])];
    const [simulated, actual = recorded[name]] = await Promise.all(servers.map(ask));
    expect(simulated).toEqual(actual);
    answers.set(name, actual);
    expect(actual).toEqual(isRecording ? actual : recorded[name]);
  }

  it('when a client discovers the groups, all at once', async () => compare('discovery', discover), 60_000);

  for (const scenario of scenarios) {
    const namespace = `side-${createHash('sha256').update(scenario.name).digest('hex').slice(0, 8)}`;
    it(`when ${scenario.name}`, async () => compare(scenario.name, async (server) => play(server, scenario, namespace)), 60_000);
  }
});

/** What one server tells of the groups that both have, in the form that new clients ask for, and whether it says when nothing is new. */
async function discover(server: RawServer): Promise<unknown> {
  const headers = { authorization: 'Bearer admin-token', accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  const answer = await sendRaw(server, { method: 'GET', path: '/apis', headers });
  const again = await sendRaw(server, {
    method: 'GET',
    path: '/apis',
    headers: { ...headers, 'if-none-match': answer.headers['etag'] ?? '' },
  });
  const { items, ...rest } = JSON.parse(answer.text) as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
  const form = ({ status, headers: given }: RawAnswer): unknown => [
    status,
    Object.keys(given).toSorted(),
    given['content-type'] ?? null,
    given['vary'] ?? null,
    /^"[0-9A-F]{128}"$/u.test(given['etag'] ?? ''),
  ];
  const groups = sharedGroups.map((group) => items.find(({ metadata }) => metadata.name === group));
  return { groups, rest, answer: form(answer), again: [form(again), again.text] };
}

async function installOn(server: RealApiServer): Promise<void> {
  const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json' };
  for (const definition of definitions) {
    await sendRaw(server, {
      method: 'POST',
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      headers,
      body: JSON.stringify(definition),
    });
  }
  const endMs = Date.now() + 30_000;
  for (const plural of ['serviceexports', 'targetgrouppolicies']) {
    const path = `/apis/application-networking.k8s.aws/v1alpha1/${plural}`;
    while ((await sendRaw(server, { method: 'GET', path, headers })).status !== 200) {
      if (Date.now() > endMs) throw new Error(`${plural} are not served`);
    }
  }
}
