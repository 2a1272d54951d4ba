import { ensureObject, isJsonObject, listAt, objectAt, stringAt } from '../../object/json-value.js';
import type { JsonObject } from '../../object/json-value.js';
import type { KubeObject } from '../../object/kube-object.js';

const fileMode = 0o644;
const evictionSeconds = 300;

/** The containers of a pod, those that run first included. */
export function containersOf(spec: JsonObject | undefined): JsonObject[] {
  return [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].filter(isJsonObject);
}

/** The defaults of a pod (Kubernetes API, core/v1 PodSpec). */
export function applyPodDefaults(pod: KubeObject): void {
  agreeOnIps(pod);
  const spec = ensureObject(pod, 'spec');
  spec['restartPolicy'] ??= 'Always';
  spec['terminationGracePeriodSeconds'] ??= 30;
  spec['dnsPolicy'] ??= 'ClusterFirst';
  spec['securityContext'] ??= {};
  spec['schedulerName'] ??= 'default-scheduler';
  spec['enableServiceLinks'] ??= true;
  const account = stringAt(spec, 'serviceAccountName') || stringAt(spec, 'serviceAccount');
  if (account !== '') Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const container of containersOf(spec)) applyContainerDefaults(container);
  for (const volume of listAt(spec, 'volumes').filter(isJsonObject)) applyVolumeDefaults(volume);
}

/** `podIP` is the first of `podIPs`, and the only one where the list is missing. */
function agreeOnIps(pod: KubeObject): void {
  const status = objectAt(pod, 'status');
  const [first] = listAt(status, 'podIPs').filter(isJsonObject);
  const ip = stringAt(status, 'podIP');
  if (status === undefined) return;
  if (first !== undefined) status['podIP'] = first['ip'];
  else if (ip !== '') status['podIPs'] = [{ ip }];
}

/** What admission adds to a pod that is created: tolerations, priority, and the class of its resources. */
export function admitPod(pod: KubeObject): void {
  pod['status'] = { phase: 'Pending', qosClass: qosClass(admitPodSpec(pod)) };
}

/** What it adds to every pod that is written: whoever leaves out what was added before does not take it away. */
export function admitPodSpec(pod: KubeObject): JsonObject {
  const spec = ensureObject(pod, 'spec');
  const tolerations = listAt(spec, 'tolerations');
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const isTolerated = tolerations.some(
      (toleration) => isJsonObject(toleration) && (toleration['key'] === key || (toleration['key'] ?? '') === ''),
    );
    if (!isTolerated) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: evictionSeconds });
  }
  spec['tolerations'] = tolerations;
  spec['priority'] ??= 0;
  spec['preemptionPolicy'] ??= 'PreemptLowerPriority';
  return spec;
}

function applyContainerDefaults(container: JsonObject): void {
  const image = stringAt(container, 'image');
  container['terminationMessagePath'] ??= '/dev/termination-log';
  container['terminationMessagePolicy'] ??= 'File';
  container['imagePullPolicy'] ??= /:(?!latest$)[^/:]+$|@/.test(image) ? 'IfNotPresent' : 'Always';
  for (const port of listAt(container, 'ports').filter(isJsonObject)) port['protocol'] ??= 'TCP';
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => objectAt(container, name)))
    if (probe !== undefined) applyProbeDefaults(probe);
  const resources = objectAt(container, 'resources');
  const limits = objectAt(resources, 'limits');
  if (resources === undefined || limits === undefined) return;
  const requests = ensureObject(resources, 'requests');
  for (const [name, value] of Object.entries(limits)) requests[name] ??= value;
}

function applyProbeDefaults(probe: JsonObject): void {
  probe['timeoutSeconds'] ??= 1;
  probe['periodSeconds'] ??= 10;
  probe['successThreshold'] ??= 1;
  probe['failureThreshold'] ??= 3;
  const httpGet = objectAt(probe, 'httpGet');
  if (httpGet === undefined) return;
  httpGet['path'] ??= '/';
  httpGet['scheme'] ??= 'HTTP';
}

function applyVolumeDefaults(volume: JsonObject): void {
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected'].map((name) => objectAt(volume, name)))
    if (source !== undefined) source['defaultMode'] ??= fileMode;
  for (const entry of listAt(objectAt(volume, 'projected'), 'sources').filter(isJsonObject)) {
    const token = objectAt(entry, 'serviceAccountToken');
    if (token !== undefined) token['expirationSeconds'] ??= 3600;
  }
  const hostPath = objectAt(volume, 'hostPath');
  if (hostPath !== undefined) hostPath['type'] ??= '';
}

function qosClass(spec: JsonObject): string {
  const resources = containersOf(spec).map((container) => objectAt(container, 'resources') ?? {});
  const hasAny = resources.some(
    (entry) => Object.keys(objectAt(entry, 'requests') ?? {}).length + Object.keys(objectAt(entry, 'limits') ?? {}).length > 0,
  );
  if (!hasAny) return 'BestEffort';
  const isGuaranteed = resources.every((entry) => {
    const limits = objectAt(entry, 'limits') ?? {};
    const requests = objectAt(entry, 'requests') ?? {};
    return ['cpu', 'memory'].every((name) => limits[name] !== undefined && limits[name] === requests[name]);
  });
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
