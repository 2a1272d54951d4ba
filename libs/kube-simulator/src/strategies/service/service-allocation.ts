import { equalJson, isJsonObject, numberAt, objectAt, stringAt, stringsAt } from '../../object/json-value.js';
import { nameOf } from '../../object/kube-object.js';
import type { KubeObject } from '../../object/kube-object.js';
import { invalidObject } from '../../status/api-error.js';
import { invalid } from '../../status/field-error.js';
import type { FieldError } from '../../status/field-error.js';
import { familyOf } from './service-addresses.js';
import type { IpFamily, ServiceAddresses } from './service-addresses.js';
import {
  clusterIpsOf,
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePort,
  portsOf,
  specOf,
  typeOf,
  wantsNodePorts,
} from './service-defaults.js';
import { validateClusterIps } from './validate-cluster-ips.js';

const reject = (service: KubeObject, errors: readonly FieldError[]): Error =>
  invalidObject({ group: '', name: 'Service' }, nameOf(service), errors);

/** Makes `clusterIP` and `clusterIPs` agree as far as the client's intent can be told. */
export function normalizeClusterIps(service: KubeObject, old: KubeObject | undefined): void {
  const spec = specOf(service);
  const ip = stringAt(spec, 'clusterIP');
  if (old === undefined) {
    if (ip !== '' && clusterIpsOf(service).length === 0) spec['clusterIPs'] = [ip];
    return;
  }
  const oldIp = stringAt(specOf(old), 'clusterIP');
  const sameIps = equalJson(clusterIpsOf(service), clusterIpsOf(old));
  if (clusterIpsOf(old).length > 0 && clusterIpsOf(service).length === 0 && oldIp === ip) spec['clusterIPs'] = clusterIpsOf(old);
  if (oldIp === ip || !sameIps) return;
  if (oldIp !== '' && ip === '') delete spec['clusterIPs'];
  else spec['clusterIPs'] = [ip];
}

/** Keeps what was allocated where the client leaves it out. */
export function keepAllocated(service: KubeObject, old: KubeObject): void {
  const spec = specOf(service);
  const before = specOf(old);
  if (needsClusterIp(old) && needsClusterIp(service)) {
    if (stringAt(spec, 'clusterIP') === '' && before['clusterIP'] !== undefined) spec['clusterIP'] = before['clusterIP'];
    if (clusterIpsOf(service).length === 0 && clusterIpsOf(old).length > 0) spec['clusterIPs'] = clusterIpsOf(old);
  }
  if (needsNodePort(old) && needsNodePort(service)) keepNodePorts(service, old);
  if (needsHealthCheckPort(old) && needsHealthCheckPort(service)) spec['healthCheckNodePort'] ??= before['healthCheckNodePort'];
}

function keepNodePorts(service: KubeObject, old: KubeObject): void {
  const given = new Set(portsOf(service).map((port) => numberAt(port, 'nodePort') ?? 0));
  const byName = new Map(portsOf(old).map((port) => [stringAt(port, 'name'), numberAt(port, 'nodePort') ?? 0]));
  for (const port of portsOf(service)) {
    const before = byName.get(stringAt(port, 'name')) ?? 0;
    if ((numberAt(port, 'nodePort') ?? 0) === 0 && before !== 0 && !given.has(before)) port['nodePort'] = before;
  }
}

/**
 * Decides families and addresses, as the API server does before it validates.
 * @throws ApiError 422
 */
export function allocateAddresses(service: KubeObject, old: KubeObject | undefined, addresses: ServiceAddresses): void {
  if (needsClusterIp(service)) {
    initFamilies(service, old, addresses);
    if (!(clusterIpsOf(service)[0] === 'None')) allocateClusterIps(service, old, addresses);
  }
  if (wantsNodePorts(service)) allocateNodePorts(service, old, addresses);
  if (needsHealthCheckPort(service) && (numberAt(specOf(service), 'healthCheckNodePort') ?? 0) === 0) {
    specOf(service)['healthCheckNodePort'] = addresses.allocateNodePort('TCP', new Set()) ?? 0;
  }
}

function initFamilies(service: KubeObject, old: KubeObject | undefined, addresses: ServiceAddresses): void {
  const spec = specOf(service);
  const oldPolicy = old === undefined ? undefined : specOf(old)['ipFamilyPolicy'];
  const isSelectorless = Object.keys(objectAt(spec, 'selector') ?? {}).length === 0;
  const isFreeHeadless = stringAt(spec, 'clusterIP') === 'None' && isSelectorless;
  spec['ipFamilyPolicy'] ??= oldPolicy ?? (isFreeHeadless ? 'RequireDualStack' : 'SingleStack');
  const errors = validateClusterIps(service);
  if (errors.length > 0) throw reject(service, errors);
  checkFamilies(service, old, addresses);
  const families = familiesOf(service);
  if (families.length === 0) families.push(addresses.defaultFamily);
  const wantsTwo = spec['ipFamilyPolicy'] !== 'SingleStack' && families.length === 1;
  if (wantsTwo && (isFreeHeadless || addresses.families.length === 2)) families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
  if (!isFreeHeadless) checkSupport(service, families, addresses);
  spec['ipFamilies'] = families;
}

const familiesOf = (service: KubeObject): IpFamily[] => stringsAt(specOf(service), 'ipFamilies') as IpFamily[];

function checkFamilies(service: KubeObject, old: KubeObject | undefined, addresses: ServiceAddresses): void {
  const spec = specOf(service);
  const policy = spec['ipFamilyPolicy'] ?? null;
  const path = 'spec.ipFamilyPolicy';
  const errors: FieldError[] = [];
  if (old !== undefined && policy === 'SingleStack') releaseSecond(service, old);
  if (policy === 'SingleStack') {
    if (clusterIpsOf(service).length === 2)
      errors.push(invalid(path, policy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified"));
    if (familiesOf(service).length === 2)
      errors.push(invalid(path, policy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"));
  }
  const families = familiesOf(service);
  for (const [index, ip] of clusterIpsOf(service).entries()) {
    if (ip === 'None' || index < families.length) continue;
    const family = familyOf(ip);
    if (addresses.families.includes(family)) families.push(family);
    else errors.push(invalid(`spec.clusterIPs[${index}]`, clusterIpsOf(service), `${family} is not configured on this cluster`));
  }
  if (errors.length > 0) throw reject(service, errors);
  if (families.length > 0) spec['ipFamilies'] = families;
}

/** A service that becomes single-stack gives its second address and family back. */
function releaseSecond(service: KubeObject, old: KubeObject): void {
  const spec = specOf(service);
  if (equalJson(clusterIpsOf(service), clusterIpsOf(old)) && clusterIpsOf(service).length > 1)
    spec['clusterIPs'] = clusterIpsOf(service).slice(0, 1);
  if (equalJson(familiesOf(service), familiesOf(old)) && familiesOf(service).length > 1)
    spec['ipFamilies'] = familiesOf(service).slice(0, 1);
}

function checkSupport(service: KubeObject, families: readonly IpFamily[], addresses: ServiceAddresses): void {
  const policy = specOf(service)['ipFamilyPolicy'];
  const errors: FieldError[] = [];
  if (policy === 'RequireDualStack' && addresses.families.length < 2) {
    errors.push(invalid('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'));
  }
  for (const [index, family] of families.entries()) {
    if (!addresses.families.includes(family)) errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
  if (errors.length > 0) throw reject(service, errors);
}

function allocateClusterIps(service: KubeObject, old: KubeObject | undefined, addresses: ServiceAddresses): void {
  const spec = specOf(service);
  const owned = new Set(old === undefined ? [] : clusterIpsOf(old));
  const given = clusterIpsOf(service);
  for (const ip of given) {
    if (owned.has(ip)) continue;
    if (!addresses.isInRange(ip))
      throw reject(service, [
        invalid('spec.clusterIPs', given, `failed to allocate IP ${ip}: the provided network does not match the current range`),
      ]);
    if (addresses.isTaken(ip))
      throw reject(service, [invalid('spec.clusterIPs', given, `failed to allocate IP ${ip}: provided IP is already allocated`)]);
  }
  const wanted = familiesOf(service);
  const ips = wanted.map((family, index) => given[index] ?? addresses.allocateIp(family));
  spec['clusterIPs'] = ips;
  spec['clusterIP'] = ips[0];
}

function allocateNodePorts(service: KubeObject, old: KubeObject | undefined, addresses: ServiceAddresses): void {
  if (typeOf(service) === 'ExternalName') return;
  const owned = new Set(
    old === undefined ? [] : portsOf(old).map((port) => `${stringAt(port, 'protocol')}/${numberAt(port, 'nodePort') ?? 0}`),
  );
  const used = new Set<number>();
  const named = new Set<string>();
  for (const [index, port] of portsOf(service).entries()) {
    const protocol = stringAt(port, 'protocol');
    const given = numberAt(port, 'nodePort') ?? 0;
    const path = `spec.ports[${index}].nodePort`;
    if (given === 0) {
      port['nodePort'] = sharedPort(service, index) ?? addresses.allocateNodePort(protocol, used) ?? 0;
    } else if (!owned.has(`${protocol}/${given}`)) {
      if (!addresses.isNodePort(given)) {
        throw reject(service, [invalid(path, given, 'provided port is not in the valid range. The range of valid ports is 30000-32767')]);
      }
      if (addresses.isNodePortTaken(protocol, given) || named.has(`${protocol}/${given}`))
        throw reject(service, [invalid(path, given, 'provided port is already allocated')]);
    }
    used.add(numberAt(port, 'nodePort') ?? 0);
    if (given !== 0) named.add(`${protocol}/${given}`);
  }
}

/** Two protocols on one port share the node port. */
function sharedPort(service: KubeObject, index: number): number | undefined {
  const ports = portsOf(service);
  const wanted = ports[index];
  const twin = ports
    .slice(0, index)
    .find((port) => isJsonObject(port) && port['port'] === wanted?.['port'] && port['protocol'] !== wanted?.['protocol']);
  return numberAt(twin, 'nodePort');
}
