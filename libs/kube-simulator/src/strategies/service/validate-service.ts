import { equalJson, isJsonObject, listAt, numberAt, objectAt, stringAt, stringMapAt, stringsAt } from '../../object/json-value.js';
import type { JsonObject } from '../../object/json-value.js';
import type { KubeObject } from '../../object/kube-object.js';
import { validateDnsLabel, validateDnsSubdomain, validatePortName, validateQualifiedName } from '../../object/names.js';
import { validateLabels } from '../../operations/object-metadata.js';
import { child, duplicate, forbidden, indexed, invalid, notSupported, required } from '../../status/field-error.js';
import type { FieldError } from '../../status/field-error.js';
import { validateEndpointIp, validateIp } from '../validate-address.js';
import { clusterIpsOf, isHeadless, portsOf, specOf, typeOf } from './service-defaults.js';
import { validateClusterIps } from './validate-cluster-ips.js';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const affinities = ['ClientIP', 'None'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const trafficPolicies = ['Cluster', 'Local'];

/** What must hold for a Service (Kubernetes API, core/v1 Service). */
export function validateService(service: KubeObject): FieldError[] {
  const spec = specOf(service);
  const ports = portsOf(service);
  const type = typeOf(service);
  return [
    ...(ports.length === 0 && !isHeadless(service) && type !== 'ExternalName' ? [required('spec.ports')] : []),
    ...validateType(service),
    ...validatePorts(ports),
    ...validateLabels(stringMapAt(spec, 'selector'), 'spec.selector'),
    ...validateAffinity(spec),
    ...validateClusterIps(service),
    ...stringsAt(spec, 'externalIPs').flatMap((ip, index) => validateExternalIp(indexed('spec.externalIPs', index), ip)),
    ...(types.includes(type) ? [] : [notSupported('spec.type', type, types)]),
    ...validateNodePorts(ports, type),
    ...validateDistinctPorts(ports),
    ...validateTraffic(service),
  ];
}

/** What must hold between a Service and what it was. */
export function validateServiceUpdate(service: KubeObject, old: KubeObject): FieldError[] {
  return [...validateClusterIpChange(service, old), ...validateClassChange(service, old), ...validateService(service)];
}

function validateExternalIp(path: string, ip: string): FieldError[] {
  const errors = validateIp(path, ip);
  return errors.length > 0 ? errors : validateEndpointIp(path, ip);
}

function validateType(service: KubeObject): FieldError[] {
  const spec = specOf(service);
  const type = typeOf(service);
  if (type === 'ExternalName') return validateExternalName(spec);
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(service)) {
    return [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)];
  }
  return [];
}

function validateExternalName(spec: JsonObject): FieldError[] {
  const why = 'may not be set for ExternalName services';
  const name = stringAt(spec, 'externalName').replace(/\.$/, '');
  return [
    ...(listAt(spec, 'clusterIPs').length > 0 ? [forbidden('spec.clusterIPs', why)] : []),
    ...(listAt(spec, 'ipFamilies').length > 0 ? [forbidden('spec.ipFamilies', why)] : []),
    ...(spec['ipFamilyPolicy'] === undefined ? [] : [forbidden('spec.ipFamilyPolicy', why)]),
    ...(name === ''
      ? [required('spec.externalName')]
      : validateDnsSubdomain(name).map((message) => invalid('spec.externalName', name, message))),
  ];
}

function validatePorts(ports: readonly JsonObject[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = indexed('spec.ports', index);
    const name = stringAt(port, 'name');
    const errors: FieldError[] = [];
    if (name === '' && ports.length > 1) errors.push(required(child(path, 'name')));
    if (name !== '') errors.push(...validateDnsLabel(name).map((message) => invalid(child(path, 'name'), name, message)));
    if (name !== '' && names.has(name)) errors.push(duplicate(child(path, 'name'), name));
    names.add(name);
    return [...errors, ...validatePort(port, path)];
  });
}

function validatePort(port: JsonObject, path: string): FieldError[] {
  const number = numberAt(port, 'port') ?? 0;
  const protocol = stringAt(port, 'protocol');
  const target = port['targetPort'];
  const appProtocol = port['appProtocol'];
  return [
    ...(isPort(number) ? [] : [invalid(child(path, 'port'), number, outOfRange)]),
    ...(protocols.includes(protocol) ? [] : [notSupported(child(path, 'protocol'), protocol, protocols)]),
    ...(typeof target === 'number' && !isPort(target) ? [invalid(child(path, 'targetPort'), target, outOfRange)] : []),
    ...(typeof target === 'string' ? validatePortName(target).map((message) => invalid(child(path, 'targetPort'), target, message)) : []),
    ...(typeof appProtocol === 'string'
      ? validateQualifiedName(appProtocol).map((message) => invalid(child(path, 'appProtocol'), appProtocol, message))
      : []),
  ];
}

const outOfRange = 'must be between 1 and 65535, inclusive';
const isPort = (port: number): boolean => port >= 1 && port <= 65_535;

function validateAffinity(spec: JsonObject): FieldError[] {
  const affinity = stringAt(spec, 'sessionAffinity');
  if (!affinities.includes(affinity)) return [notSupported('spec.sessionAffinity', affinity, affinities)];
  const timeout = numberAt(objectAt(objectAt(spec, 'sessionAffinityConfig'), 'clientIP'), 'timeoutSeconds');
  if (affinity !== 'ClientIP' || timeout === undefined || (timeout > 0 && timeout <= 86_400)) return [];
  return [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', timeout, 'must be greater than 0 and less than 86400')];
}

function validateNodePorts(ports: readonly JsonObject[], type: string): FieldError[] {
  const seen = new Set<string>();
  const forbiddenPorts: FieldError[] = [];
  const repeated: FieldError[] = [];
  for (const [index, port] of ports.entries()) {
    const number = numberAt(port, 'nodePort') ?? 0;
    const path = child(indexed('spec.ports', index), 'nodePort');
    if (number === 0) continue;
    if (type === 'ClusterIP') forbiddenPorts.push(forbidden(path, "may not be used when `type` is 'ClusterIP'"));
    const key = `${stringAt(port, 'protocol')}/${number}`;
    if (seen.has(key)) repeated.push(duplicate(path, number));
    seen.add(key);
  }
  return [...forbiddenPorts, ...repeated];
}

function validateDistinctPorts(ports: readonly JsonObject[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap((port, index) => {
    const key = {
      Name: '',
      Protocol: stringAt(port, 'protocol'),
      AppProtocol: null,
      Port: numberAt(port, 'port') ?? 0,
      TargetPort: 0,
      NodePort: 0,
    };
    const text = JSON.stringify(key);
    const isRepeated = seen.has(text);
    seen.add(text);
    return isRepeated ? [duplicate(indexed('spec.ports', index), key)] : [];
  });
}

function validateTraffic(service: KubeObject): FieldError[] {
  const spec = specOf(service);
  const type = typeOf(service);
  const errors: FieldError[] = [];
  if (type !== 'LoadBalancer') {
    if (listAt(spec, 'loadBalancerSourceRanges').length > 0)
      errors.push(forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"));
    if (spec['allocateLoadBalancerNodePorts'] !== undefined)
      errors.push(forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"));
    if (spec['loadBalancerClass'] !== undefined)
      errors.push(forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
  }
  const external = spec['externalTrafficPolicy'];
  if (typeof external === 'string' && !trafficPolicies.includes(external))
    errors.push(notSupported('spec.externalTrafficPolicy', external, trafficPolicies));
  if (external !== undefined && (type === 'ClusterIP' || type === 'ExternalName') && listAt(spec, 'externalIPs').length === 0) {
    errors.push(invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'));
  }
  const internal = spec['internalTrafficPolicy'];
  if (typeof internal === 'string' && !trafficPolicies.includes(internal))
    errors.push(notSupported('spec.internalTrafficPolicy', internal, trafficPolicies));
  return errors;
}

function validateClusterIpChange(service: KubeObject, old: KubeObject): FieldError[] {
  if (typeOf(service) === 'ExternalName' || typeOf(old) === 'ExternalName' || (isHeadless(old) && isHeadless(service))) return [];
  const now = clusterIpsOf(service);
  const before = clusterIpsOf(old);
  if (before.length === 0 || equalJson(now.slice(0, before.length), before)) return [];
  if (now.length === 0) return [invalid('spec.clusterIPs[0]', now, 'primary clusterIP can not be unset')];
  const changed = before.findIndex((ip, index) => now[index] !== undefined && now[index] !== ip);
  return changed < 0 ? [] : [invalid(`spec.clusterIPs[${changed}]`, now, 'may not change once set')];
}

function validateClassChange(service: KubeObject, old: KubeObject): FieldError[] {
  const now = specOf(service)['loadBalancerClass'];
  const stays = typeOf(service) !== 'LoadBalancer' || typeOf(old) !== 'LoadBalancer' || now === specOf(old)['loadBalancerClass'];
  return stays ? [] : [invalid('spec.loadBalancerClass', now, 'may not change once set')];
}

/** What /status may say of a load balancer. */
export function validateServiceStatus(service: KubeObject): FieldError[] {
  const ingress = listAt(objectAt(objectAt(service, 'status'), 'loadBalancer'), 'ingress').filter(isJsonObject);
  if (ingress.length > 0 && typeOf(service) !== 'LoadBalancer') {
    return [forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((entry, index) => {
    const ip = stringAt(entry, 'ip');
    return ip === '' ? [] : validateIp(child(indexed('status.loadBalancer.ingress', index), 'ip'), ip);
  });
}
