import { isJsonObject, listAt, numberAt, objectAt, stringAt, stringsAt, ensureObject, equalJson } from '../../object/json-value.js';
import type { JsonObject } from '../../object/json-value.js';
import type { KubeObject } from '../../object/kube-object.js';

/** The spec of a Service; put there where it is missing. */
export const specOf = (service: KubeObject): JsonObject => ensureObject(service, 'spec');
export const portsOf = (service: KubeObject): JsonObject[] => listAt(specOf(service), 'ports').filter(isJsonObject);
export const typeOf = (service: KubeObject): string => stringAt(specOf(service), 'type');
export const clusterIpsOf = (service: KubeObject): string[] => stringsAt(specOf(service), 'clusterIPs');
export const isHeadless = (service: KubeObject): boolean => clusterIpsOf(service).length === 1 && clusterIpsOf(service)[0] === 'None';
export const needsClusterIp = (service: KubeObject): boolean => typeOf(service) !== 'ExternalName';

/** Whether the ports of the Service may be open on every node. */
export const needsNodePort = (service: KubeObject): boolean => typeOf(service) === 'NodePort' || typeOf(service) === 'LoadBalancer';

/** Whether ports on the nodes are to be found for those that have none. */
export const wantsNodePorts = (service: KubeObject): boolean =>
  needsNodePort(service) && specOf(service)['allocateLoadBalancerNodePorts'] !== false;

/** Whether the nodes answer health checks of a load balancer for this Service. */
export function needsHealthCheckPort(service: KubeObject): boolean {
  return typeOf(service) === 'LoadBalancer' && specOf(service)['externalTrafficPolicy'] === 'Local';
}

const isExternallyAccessible = (service: KubeObject): boolean =>
  typeOf(service) === 'LoadBalancer' ||
  typeOf(service) === 'NodePort' ||
  (typeOf(service) === 'ClusterIP' && stringsAt(specOf(service), 'externalIPs').length > 0);

/** The defaults that do not depend on the cluster (Kubernetes API, core/v1 Service). */
export function applyServiceDefaults(service: KubeObject): void {
  const spec = specOf(service);
  spec['sessionAffinity'] ??= 'None';
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig'];
  if (
    spec['sessionAffinity'] === 'ClientIP' &&
    numberAt(objectAt(objectAt(spec, 'sessionAffinityConfig'), 'clientIP'), 'timeoutSeconds') === undefined
  ) {
    spec['sessionAffinityConfig'] = { clientIP: { timeoutSeconds: 10_800 } };
  }
  spec['type'] ??= 'ClusterIP';
  for (const port of portsOf(service)) {
    port['protocol'] ??= 'TCP';
    if (port['targetPort'] === undefined || port['targetPort'] === 0 || port['targetPort'] === '') port['targetPort'] = port['port'];
  }
  if (isExternallyAccessible(service)) spec['externalTrafficPolicy'] ??= 'Cluster';
  if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(typeOf(service))) spec['internalTrafficPolicy'] ??= 'Cluster';
  if (typeOf(service) !== 'LoadBalancer') return;
  spec['allocateLoadBalancerNodePorts'] ??= true;
  for (const ingress of listAt(objectAt(objectAt(service, 'status'), 'loadBalancer'), 'ingress').filter(isJsonObject)) {
    if (stringAt(ingress, 'ip') !== '') ingress['ipMode'] ??= 'VIP';
  }
}

/** Takes away what the new type has no use for and the client did not touch. */
export function dropFieldsOfOldType(service: KubeObject, old: KubeObject): void {
  const spec = specOf(service);
  const before = specOf(old);
  const dropUntouched = (...fields: string[]): void => {
    for (const field of fields) if (equalJson(spec[field] ?? null, before[field] ?? null)) delete spec[field];
  };
  if (needsClusterIp(old) && !needsClusterIp(service)) {
    if (equalJson(spec['clusterIPs'] ?? null, before['clusterIPs'] ?? null)) dropUntouched('clusterIP', 'clusterIPs');
    dropUntouched('ipFamilies', 'ipFamilyPolicy');
  }
  if (needsNodePort(old) && !needsNodePort(service) && sameNodePorts(service, old))
    for (const port of portsOf(service)) delete port['nodePort'];
  if (needsHealthCheckPort(old) && !needsHealthCheckPort(service)) dropUntouched('healthCheckNodePort');
  if (typeOf(old) === 'LoadBalancer' && typeOf(service) !== 'LoadBalancer')
    dropUntouched('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (isExternallyAccessible(old) && !isExternallyAccessible(service)) dropUntouched('externalTrafficPolicy');
  if (typeOf(service) === 'ExternalName') dropUntouched('internalTrafficPolicy');
  if (typeOf(service) !== 'LoadBalancer') service['status'] = { ...objectAt(service, 'status'), loadBalancer: {} };
}

function sameNodePorts(service: KubeObject, old: KubeObject): boolean {
  const numbers = (object: KubeObject): Set<number> =>
    new Set(
      portsOf(object)
        .map((port) => numberAt(port, 'nodePort') ?? 0)
        .filter((port) => port !== 0),
    );
  return numbers(service).isSubsetOf(numbers(old));
}
