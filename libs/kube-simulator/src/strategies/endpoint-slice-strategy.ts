import { isIPv4, isIPv6 } from 'node:net';

import { equalJson, isJsonObject, listAt, objectAt, stringAt, stringMapAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { generationOf, labelsOf, setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { validateDnsLabel, validateDnsSubdomain, validateLabelValue, validateQualifiedName } from '../object/names.js';
import { validateLabels } from '../operations/object-metadata.js';
import type { Strategy } from '../resources/resource.js';
import { child, duplicate, indexed, invalid, notSupported, required, tooMany } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import { validateEndpointIp, validateIp } from './validate-address.js';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20_000;
const maxZones = 8;

/** EndpointSlices: the type of addresses is immutable, addresses are of that type, port names are unique. */
export const endpointSliceStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: false,
  statusFields: [],
  applyDefaults: (slice) => {
    for (const port of listAt(slice, 'ports')) {
      if (!isJsonObject(port)) continue;
      port['name'] ??= '';
      port['protocol'] ??= 'TCP';
    }
  },
  prepareForCreate: (slice) => setMeta(slice, 'generation', 1),
  prepareForUpdate: (slice, old) => {
    const changed = !equalJson({ ...slice, metadata: {} }, { ...old, metadata: {} }) || !equalJson(labelsOf(slice), labelsOf(old));
    if (changed) setMeta(slice, 'generation', generationOf(old) + 1);
  },
  warnings: (slice) => (slice['addressType'] === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
  validate: (slice) => validateSlice(slice, undefined),
  validateUpdate: (slice, old) => [
    ...validateSlice(slice, old),
    ...(slice['addressType'] === old['addressType'] ? [] : [invalid('addressType', undefined, 'field is immutable')]),
  ],
};

function validateSlice(slice: KubeObject, old: KubeObject | undefined): FieldError[] {
  const addressType = stringAt(slice, 'addressType');
  const isUnchanged = old !== undefined && equalJson(slice['endpoints'], old['endpoints']);
  return [
    ...(addressType === ''
      ? [required('addressType')]
      : addressTypes.includes(addressType)
        ? []
        : [notSupported('addressType', addressType, addressTypes)]),
    ...validatePorts(slice),
    ...(isUnchanged ? [] : validateEndpoints(slice, addressType)),
  ];
}

function validatePorts(slice: KubeObject): FieldError[] {
  const ports = listAt(slice, 'ports').filter(isJsonObject);
  if (ports.length > maxPorts) return [tooMany('ports', ports.length, maxPorts)];
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = indexed('ports', index);
    const name = stringAt(port, 'name');
    const protocol = stringAt(port, 'protocol');
    const appProtocol = port['appProtocol'];
    const errors = name === '' ? [] : validateDnsLabel(name).map((message) => invalid(child(path, 'name'), name, message));
    if (names.has(name)) errors.push(duplicate(child(path, 'name'), name));
    names.add(name);
    if (!protocols.includes(protocol)) errors.push(notSupported(child(path, 'protocol'), protocol, protocols));
    if (typeof appProtocol === 'string')
      errors.push(...validateQualifiedName(appProtocol).map((message) => invalid(child(path, 'appProtocol'), appProtocol, message)));
    return errors;
  });
}

function validateEndpoints(slice: KubeObject, addressType: string): FieldError[] {
  const endpoints = listAt(slice, 'endpoints').filter(isJsonObject);
  if (endpoints.length > maxEndpoints) return [tooMany('endpoints', endpoints.length, maxEndpoints)];
  return endpoints.flatMap((endpoint, index) => validateEndpoint(endpoint, addressType, indexed('endpoints', index)));
}

function validateEndpoint(endpoint: JsonObject, addressType: string, path: string): FieldError[] {
  const addressesPath = child(path, 'addresses');
  const addresses = stringsAt(endpoint, 'addresses');
  const errors: FieldError[] = [];
  if (addresses.length > maxAddresses) errors.push(tooMany(addressesPath, addresses.length, maxAddresses));
  for (const [index, address] of addresses.entries()) errors.push(...validateAddress(address, addressType, addressesPath, index));
  const { nodeName, hostname } = endpoint;
  if (typeof nodeName === 'string')
    errors.push(...validateDnsSubdomain(nodeName).map((message) => invalid(child(path, 'nodeName'), nodeName, message)));
  errors.push(...validateLabels(stringMapAt(endpoint, 'deprecatedTopology'), child(path, 'deprecatedTopology')));
  if (typeof hostname === 'string')
    errors.push(...validateDnsLabel(hostname).map((message) => invalid(child(path, 'hostname'), hostname, message)));
  errors.push(...validateZones(objectAt(endpoint, 'hints'), child(path, 'hints.forZones')));
  if (addresses.length === 0) errors.push(required(addressesPath));
  return errors;
}

function validateAddress(address: string, addressType: string, addressesPath: string, index: number): FieldError[] {
  const path = indexed(addressesPath, index);
  if (addressType === 'FQDN') return validateDomain(path, address);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return [];
  const errors = validateIp(path, address);
  if (errors.length > 0) return errors;
  const isRight = addressType === 'IPv4' ? isIPv4(address) : isIPv6(address);
  return [...(isRight ? [] : [invalid(addressesPath, address, `must be an ${addressType} address`)]), ...validateEndpointIp(path, address)];
}

function validateDomain(path: string, name: string): FieldError[] {
  if (name === '') return [required(path)];
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  const messages = validateDnsSubdomain(bare);
  if (messages.length > 0) return messages.map((message) => invalid(path, bare, message));
  return bare.split('.').length < 2 ? [invalid(path, bare, 'should be a domain with at least two segments separated by dots')] : [];
}

function validateZones(hints: JsonObject | undefined, path: string): FieldError[] {
  const zones = listAt(hints, 'forZones').filter(isJsonObject);
  if (zones.length > maxZones) return [tooMany(path, zones.length, maxZones)];
  const seen = new Set<string>();
  return zones.flatMap((zone, index) => {
    const name = stringAt(zone, 'name');
    const namePath = child(indexed(path, index), 'name');
    const errors = validateLabelValue(name).map((message) => invalid(namePath, name, message));
    if (seen.has(name)) errors.unshift(duplicate(namePath, name));
    seen.add(name);
    return errors;
  });
}
