import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeSimulator } from '@hub/kube-simulator';
import { findKubectl, Kubectl } from './kubectl.js';

const command = await findKubectl();
if (command === undefined)
  process.stderr.write(
    'No kubectl was found, neither in KUBEBUILDER_ASSETS nor in ~/.cache/kube-assets nor on the PATH: its tests are left out.\n',
  );
const describeWithKubectl = command === undefined ? describe.skip : describe;

const definitions = join(import.meta.dirname, '../../deploy/crds');
const service = (targetPort: number): string =>
  [
    'apiVersion: v1',
    'kind: Service',
    'metadata: {name: web, namespace: team}',
    'spec:',
    '  selector: {app: web}',
    `  ports: [{name: http, port: 80, targetPort: ${targetPort}}]`,
    '',
  ].join('\n');
const policy = (protocol: string): string =>
  [
    'apiVersion: application-networking.k8s.aws/v1alpha1',
    'kind: TargetGroupPolicy',
    'metadata: {name: web, namespace: team}',
    `spec: {protocol: ${protocol}, targetRef: {group: "", kind: Service, name: web}}`,
    '',
  ].join('\n');

describeWithKubectl('kubectl', () => {
  let simulator: KubeSimulator;
  let folder: string;
  let kubectl: Kubectl;

  beforeAll(async () => {
    simulator = await KubeSimulator.start({ name: 'kubectl' });
    folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, simulator.kubeconfig(), { mode: 0o600 });
    kubectl = new Kubectl(command ?? '', folder, kubeconfig);
    await kubectl.out(`apply -f ${definitions}`);
    await kubectl.out('wait --for=condition=Established crd --all --timeout=10s');
    await kubectl.out('create namespace team');
  }, 60_000);

  afterAll(async () => {
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('applies definitions a second time and changes nothing', async () => {
    const before = simulator.resourceVersion;
    const lines = (await kubectl.out(`apply -f ${definitions}`)).trimEnd().split('\n');
    expect(lines.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
    expect(simulator.resourceVersion).toBe(before);
  }, 30_000);

  it('applies, shows differences, and applies again', async () => {
    expect(await kubectl.out('apply -f -', `${service(8080)}---\n${policy('HTTP')}`)).toBe(
      'service/web created\ntargetgrouppolicy.application-networking.k8s.aws/web created\n',
    );
    expect(await kubectl.out('apply -f -', service(8080))).toBe('service/web unchanged\n');
    const difference = await kubectl.run(['diff', '-f', '-'], service(9090));
    expect([difference.code, difference.stdout]).toEqual([1, expect.stringMatching(/-    targetPort: 8080\n\+    targetPort: 9090\n/u)]);
    expect(await kubectl.out('apply -f -', `${service(9090)}---\n${policy('HTTPS')}`)).toBe(
      'service/web configured\ntargetgrouppolicy.application-networking.k8s.aws/web configured\n',
    );
    expect((await kubectl.run(['diff', '-f', '-'], service(9090))).code).toBe(0);
    expect(await kubectl.out('get service web -n team -o jsonpath={.spec.ports[0].targetPort}')).toBe('9090');
  }, 30_000);

  it('applies on the server, and is told of conflicts', async () => {
    const config = (value: string): string =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared', namespace: 'team' }, data: { key: value } });
    expect(await kubectl.out('apply --server-side --field-manager=one -f -', config('a'))).toBe('configmap/shared serverside-applied\n');
    const conflict = await kubectl.run(['apply', '--server-side', '--field-manager=two', '-f', '-'], config('b'));
    expect([conflict.code, conflict.stderr]).toEqual([
      1,
      expect.stringContaining('Apply failed with 1 conflict: conflict with "one": .data.key'),
    ]);
    await kubectl.out('apply --server-side --field-manager=two --force-conflicts -f -', config('b'));
    expect(await kubectl.out('get configmap shared -n team -o jsonpath={.data.key}')).toBe('b');
    expect((await kubectl.run(['diff', '--server-side', '--field-manager=two', '-f', '-'], config('c'))).stdout).toContain('+  key: c');
  }, 30_000);

  it('takes over with server-side apply what client-side apply has written', async () => {
    const config = (value: string): string =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'moved', namespace: 'team' }, data: { key: value } });
    await kubectl.out('apply -f -', config('a'));
    expect(await kubectl.out('apply --server-side -f -', config('b'))).toBe('configmap/moved serverside-applied\n');
    const { metadata } = simulator.objects.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'moved' });
    expect(metadata.managedFields?.map(({ manager, operation }) => [manager, operation])).toEqual([
      ['kubectl-last-applied', 'Apply'],
      ['kubectl', 'Apply'],
    ]);
  }, 30_000);

  it('refuses fields that a kind does not have', async () => {
    const { code, stderr } = await kubectl.run(['apply', '-f', '-'], service(8080).replace('selector:', 'sellector:'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('strict decoding error: unknown field "spec.sellector"')]);
  }, 30_000);

  it('lists with columns, labels and selectors', async () => {
    simulator.objects.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'team', labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    } as Parameters<typeof simulator.objects.create>[0]);
    const headers = async (line: string): Promise<string[]> => ((await kubectl.out(line)).split('\n')[0] ?? '').trim().split(/ {2,}/u);
    expect(await headers('get services -n team')).toEqual(['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE']);
    expect(await headers('get services -A -o wide')).toEqual([
      'NAMESPACE',
      'NAME',
      'TYPE',
      'CLUSTER-IP',
      'EXTERNAL-IP',
      'PORT(S)',
      'AGE',
      'SELECTOR',
    ]);
    expect(await headers('get pods -n team -o wide')).toEqual([
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ]);
    expect(await headers('get tgp -A')).toEqual(['NAMESPACE', 'NAME', 'TARGET', 'ACCEPTED', 'PROGRAMMED', 'AGE']);
    expect(await kubectl.out('get pods -n team -l app=web -o name')).toBe('pod/p\n');
    expect(await kubectl.out('get pods -n team -l app!=web -o name')).toBe('');
    expect(await kubectl.out('get pods -n team --field-selector=status.phase=Pending -o name')).toBe('pod/p\n');
    expect(await kubectl.out('get gateway-api -n team -o name')).toBe('targetgrouppolicy.application-networking.k8s.aws/web\n');
    expect(await kubectl.out('get all -n team -o name')).toBe('pod/p\nservice/web\n');
  }, 30_000);

  it('describes built-in and custom objects', async () => {
    expect(await kubectl.out('describe service web -n team')).toMatch(/^Name: +web\nNamespace: +team\n/u);
    expect(await kubectl.out('describe pod p -n team')).toMatch(/\nStatus: +Pending\n/u);
    expect(await kubectl.out('describe tgp web -n team')).toMatch(/\nKind: +TargetGroupPolicy\n/u);
    expect(await kubectl.out('describe crd serviceexports.application-networking.k8s.aws')).toMatch(/\nKind: +CustomResourceDefinition\n/u);
    expect(await kubectl.out('describe namespace team')).toMatch(/\nStatus: +Active\n/u);
  }, 30_000);

  it('edits', async () => {
    const editor = join(folder, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i "s/protocol: HTTPS/protocol: TCP/" "$1"\n', { mode: 0o700 });
    const { code, stdout } = await kubectl.run(['edit', 'tgp', 'web', '-n', 'team'], '', { KUBE_EDITOR: editor });
    expect([code, stdout]).toEqual([0, 'targetgrouppolicy.application-networking.k8s.aws/web edited\n']);
    expect(await kubectl.out('get tgp web -n team -o jsonpath={.spec.protocol}/{.metadata.generation}')).toBe('TCP/3');
  }, 30_000);

  it('patches in every way, labels and annotates', async () => {
    const value = async (path: string): Promise<string> => kubectl.out(`get service web -n team -o jsonpath={${path}}`);
    await kubectl.out('patch service web -n team -p {"spec":{"ports":[{"port":80,"targetPort":1}]}}');
    expect(await value('.spec.ports[*].name')).toBe('http');
    await kubectl.out('patch service web -n team --type=merge -p {"metadata":{"labels":{"a":"b"}}}');
    await kubectl.out('patch service web -n team --type=json -p [{"op":"replace","path":"/spec/ports/0/targetPort","value":2}]');
    await kubectl.out('patch tgp web -n team --subresource=status --type=merge -p {"status":{"conditions":[]}}');
    await kubectl.out('label service web -n team c=d');
    await kubectl.out('annotate service web -n team e=f');
    expect([await value('.spec.ports[0].targetPort'), await value('.metadata.labels'), await value('.metadata.annotations.e')]).toEqual([
      '2',
      '{"a":"b","c":"d"}',
      'f',
    ]);
    const taken = await kubectl.run(['label', 'service', 'web', '-n', 'team', 'c=x']);
    expect(taken.stderr).toContain("'c' already has a value (d), and --overwrite is false");
    const strategic = await kubectl.run(['patch', 'tgp', 'web', '-n', 'team', '-p', '{}']);
    expect(strategic.stderr).toContain('application/json-patch+json, application/merge-patch+json');
  }, 30_000);

  it('creates with its generators, and replaces', async () => {
    await kubectl.out('create configmap made -n team --from-literal=a=b');
    await kubectl.out('create secret generic made -n team --from-literal=a=b');
    await kubectl.out('create serviceaccount robot -n team');
    await kubectl.out('create role reader -n team --verb=get,list --resource=configmaps');
    await kubectl.out('create rolebinding robots -n team --role=reader --serviceaccount=team:robot');
    await kubectl.out('create service clusterip made -n team --tcp=80:8080');
    await kubectl.out('run runner -n team --image=i --labels=run=runner --port=80');
    await kubectl.out('expose pod runner -n team --port=80');
    expect(await kubectl.out('create configmap dry -n team --dry-run=server -o name')).toBe('configmap/dry\n');
    expect((await kubectl.run(['get', 'configmap', 'dry', '-n', 'team'])).stderr).toBe(
      'Error from server (NotFound): configmaps "dry" not found\n',
    );
    const made = JSON.parse(await kubectl.out('get configmap made -n team -o json')) as { readonly data: object };
    await kubectl.out('replace -f -', JSON.stringify({ ...made, data: { a: 'c' } }));
    const stale = await kubectl.run(['replace', '-f', '-'], JSON.stringify({ ...made, data: { a: 'd' } }));
    expect(stale.stderr).toContain('the object has been modified; please apply your changes to the latest version and try again');
    expect((await kubectl.run(['create', 'configmap', 'made', '-n', 'team'])).stderr).toBe(
      'error: failed to create configmap: configmaps "made" already exists\n',
    );
  }, 60_000);

  it('asks who may do what, and gets tokens', async () => {
    expect(await kubectl.out('auth can-i create pods')).toBe('yes\n');
    const robot = '--as=system:serviceaccount:team:robot';
    expect(await kubectl.out(`auth can-i list configmaps -n team ${robot}`)).toBe('yes\n');
    const no = await kubectl.run(['auth', 'can-i', 'delete', 'configmaps', '-n', 'team', robot]);
    expect([no.code, no.stdout]).toEqual([1, 'no\n']);
    expect(await kubectl.out(`auth can-i --list -n team ${robot}`)).toMatch(/configmaps +\[\] +\[\] +\[get list\]/u);
    expect(await kubectl.out('auth whoami -o jsonpath={.status.userInfo.groups}')).toContain('system:masters');
    const token = (await kubectl.out('create token robot -n team --duration=1h')).trim();
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    expect(await kubectl.out('create -f - -o jsonpath={.status.user.username}', JSON.stringify(review))).toBe(
      'system:serviceaccount:team:robot',
    );
    const { stderr } = await kubectl.run(['get', 'secrets', '-n', 'team', robot]);
    expect(stderr).toContain(
      'secrets is forbidden: User "system:serviceaccount:team:robot" cannot list resource "secrets" in API group "" in the namespace "team"',
    );
  }, 60_000);

  it('explains, and tells what there is', async () => {
    expect(await kubectl.out('explain targetgrouppolicy.spec.healthCheck.port')).toMatch(
      /FIELD: port <integer>[^]*The port that is asked/u,
    );
    expect(await kubectl.out('explain service.spec.ports')).toMatch(/FIELD: ports <\[\]ServicePort>[^]*targetPort\t<IntOrString>/u);
    expect(await kubectl.out('explain endpointslice --recursive')).toMatch(
      /endpoints\t<\[\]Endpoint>[^]*addresses\t<\[\]string> -required-/u,
    );
    expect(await kubectl.out('api-resources --api-group=application-networking.k8s.aws -o name')).toContain(
      'targetgrouppolicies.application-networking.k8s.aws\n',
    );
    expect(await kubectl.out('api-versions')).toContain('discovery.k8s.io/v1\n');
    expect(JSON.parse(await kubectl.out('version -o json'))).toMatchObject({ serverVersion: { gitVersion: 'v1.37.2' } });
    expect(await kubectl.out('get --raw /readyz?verbose')).toMatch(/^\[\+\]ping ok\n[^]*readyz check passed\n$/u);
  }, 60_000);

  it('shows events', async () => {
    simulator.objects.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'seen', namespace: 'team' },
      involvedObject: { apiVersion: 'v1', kind: 'Service', namespace: 'team', name: 'web' },
      type: 'Normal',
      reason: 'Checked',
      message: 'it is there',
      lastTimestamp: new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/u, 'Z'),
    } as Parameters<typeof simulator.objects.create>[0]);
    const rows = (text: string): string[][] =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/u));
    expect(rows(await kubectl.out('get events -n team'))).toEqual([
      ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
      [expect.stringMatching(/^6[0-9]s$/u), 'Normal', 'Checked', 'service/web', 'it is there'],
    ]);
    expect(rows(await kubectl.out('events -n team --for=service/web'))[1]?.slice(1)).toEqual([
      'Normal',
      'Checked',
      'Service/web',
      'it is there',
    ]);
  }, 30_000);

  it('watches', async () => {
    const lines = await kubectl.lines('get configmaps -n team -w --field-selector=metadata.name=made', 4, async () => {
      await kubectl.out('patch configmap made -n team -p {"data":{"b":"c"}}');
      await kubectl.out('delete configmap made -n team');
    });
    expect(lines.map((line) => line.split(/ +/u).slice(0, 2))).toEqual([
      ['NAME', 'DATA'],
      ['made', '1'],
      ['made', '2'],
      ['made', '2'],
    ]);
  }, 60_000);

  it('waits for conditions, values and deletions', async () => {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'team', name: 'p' };
    const ready = kubectl.out('wait --for=condition=Ready pod/p -n team --timeout=20s');
    const running = kubectl.out('wait --for=jsonpath={.status.phase}=Running pod/p -n team --timeout=20s');
    simulator.objects.patch(
      ref,
      { merge: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } } },
      { subresource: 'status' },
    );
    expect([await ready, await running]).toEqual(['pod/p condition met\n', 'pod/p condition met\n']);
    const gone = kubectl.out('wait --for=delete pod/p -n team --timeout=20s');
    simulator.objects.delete(ref);
    expect(await gone).toMatch(/^(?:pod\/p condition met\n)?$/u);
    const late = await kubectl.run(['wait', '--for=condition=Ready', 'pod/runner', '-n', 'team', '--timeout=1s']);
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('timed out waiting for the condition on pods/runner')]);
  }, 60_000);

  it('prints as it is asked to', async () => {
    const columns = 'custom-columns=NAME:.metadata.name,KEYS:.data';
    await kubectl.out('create configmap listed-b -n team --from-literal=key=1');
    await kubectl.out('create configmap listed-a -n team --from-literal=key=2');
    await kubectl.out('label configmap listed-a listed-b -n team listed=yes');
    const listed = 'get configmaps -n team -l listed=yes';
    expect(await kubectl.out(`${listed} -o ${columns} --no-headers --sort-by=.data.key`)).toBe(
      'listed-b   map[key:1]\nlisted-a   map[key:2]\n',
    );
    expect(await kubectl.out(`${listed} -o jsonpath={.items[*].data.key}`)).toBe('2 1');
    expect(await kubectl.out(`${listed} --chunk-size=1 -o name`)).toBe('configmap/listed-a\nconfigmap/listed-b\n');
    expect(await kubectl.out('get configmap listed-a -n team -o yaml')).toMatch(/^apiVersion: v1\ndata:\n {2}key: "2"\nkind: ConfigMap\n/u);
    expect(await kubectl.out('get configmap listed-a -n team -L listed --no-headers')).toMatch(/^listed-a +1 +\S+ +yes\n$/u);
  }, 60_000);

  it.each([
    ['get nothing', 'error: the server doesn\'t have a resource type "nothing"\n'],
    ['get deployments', 'error: the server doesn\'t have a resource type "deployments"\n'],
    [
      'get configmaps -l a=b=c',
      'Error from server (BadRequest): Unable to find "/v1, Resource=configmaps" that match label selector "a=b=c"',
    ],
    ['scale configmap/listed-a --replicas=2 -n team', 'Error from server (NotFound): the server could not find the requested resource\n'],
    ['logs runner -n team', 'Error from server (NotFound): the server could not find the requested resource\n'],
    ['exec runner -n team -- ls', 'error: unable to upgrade connection: the server could not find the requested resource\n'],
    ['rollout status configmap/listed-a -n team', 'error: no status viewer has been implemented for ConfigMap\n'],
    ['rollout restart deployment/web -n team', 'error: the server doesn\'t have a resource type "deployment"\n'],
    ['create token nobody -n team', 'error: failed to create token: serviceaccounts "nobody" not found\n'],
    ['create token robot -n team --duration=5m', 'may not specify a duration less than 10 minutes'],
    ['wait --for=create configmap/never -n team --timeout=1s', 'timed out waiting for the condition'],
    ['patch configmap listed-a -n team -p {', 'Error from server (BadRequest): invalid JSON patch\n'],
    ['apply -f - --validate=strict', 'unknown field "spec.nope"'],
  ])(
    'says what is wrong with %j',
    async (line, expected) => {
      const { code, stderr } = await kubectl.run(line.split(' '), policy('HTTP').replace('protocol:', 'nope: 1, protocol:'));
      expect([code, stderr]).toEqual([1, expect.stringContaining(expected)]);
    },
    30_000,
  );

  it('makes names, replaces by force, and deletes in the foreground', async () => {
    const generated = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-', namespace: 'team' } };
    expect(await kubectl.out('create -f -', JSON.stringify(generated))).toMatch(/^configmap\/made-[a-z0-9]{5} created\n$/u);
    const named = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'forced', namespace: 'team' }, data: { a: 'b' } };
    await kubectl.out('create -f -', JSON.stringify(named));
    expect(await kubectl.out('replace --force -f -', JSON.stringify(named))).toContain('configmap/forced replaced');
    expect(await kubectl.out('delete configmap forced -n team --cascade=foreground --timeout=20s')).toContain('deleted');
    expect((await kubectl.run(['get', 'configmap', 'forced', '-n', 'team'])).code).toBe(1);
  }, 60_000);

  it('deletes one by one, by label, with finalizers, and whole namespaces', async () => {
    await kubectl.out('patch tgp web -n team --type=merge -p {"metadata":{"finalizers":["example.com/hold"]}}');
    expect(await kubectl.out('delete tgp web -n team --wait=false')).toMatch(
      /^targetgrouppolicy.application-networking.k8s.aws "web" deleted/u,
    );
    expect(await kubectl.out('get tgp web -n team -o jsonpath={.metadata.deletionTimestamp}')).not.toBe('');
    const waiting = kubectl.out('wait --for=delete tgp/web -n team --timeout=20s');
    await kubectl.out('patch tgp web -n team --type=merge -p {"metadata":{"finalizers":null}}');
    await waiting;
    expect(await kubectl.out('delete services -n team -l app=made')).toMatch(/^service "made" deleted/u);
    expect((await kubectl.run(['delete', 'service', 'made', '-n', 'team'])).stderr).toBe(
      'Error from server (NotFound): services "made" not found\n',
    );
    await kubectl.out('delete namespace team --timeout=20s');
    expect(simulator.objects.list({ apiVersion: 'v1', kind: 'Service', namespace: 'team' })).toEqual([]);
    expect(await kubectl.out('delete crd serviceimports.application-networking.k8s.aws --timeout=20s')).toContain('deleted');
    expect((await kubectl.run(['get', 'serviceimports'])).stderr).toContain('the server could not find the requested resource');
  }, 60_000);
});
