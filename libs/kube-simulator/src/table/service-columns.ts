import { isJsonObject, listAt, numberAt, objectAt, stringAt, stringMapAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Column } from './column.js';
import { builtInAgeColumn, nameColumn, orNone, textColumn, wideColumn } from './common-columns.js';

const specOf = (service: KubeObject): JsonObject => objectAt(service, 'spec') ?? {};

/** The columns of Services, as `kubectl get services` shows them. */
export const serviceColumns: readonly Column[] = [
  nameColumn,
  textColumn('Type', 'How the Service is reached.', (service) => stringAt(specOf(service), 'type')),
  textColumn('Cluster-IP', 'The address of the Service inside the cluster.', (service) =>
    orNone(stringsAt(specOf(service), 'clusterIPs')[0] ?? ''),
  ),
  textColumn('External-IP', 'The addresses of the Service outside of the cluster.', externalText),
  textColumn('Port(s)', 'The ports of the Service, with those on the nodes.', portsText),
  builtInAgeColumn,
  wideColumn('Selector', 'The labels of the pods behind the Service.', selectorText),
];

function externalText(service: KubeObject): string {
  const spec = specOf(service);
  const given = stringsAt(spec, 'externalIPs');
  switch (stringAt(spec, 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return orNone(given.join(','));
    case 'LoadBalancer':
      return orNone([...balancerAddresses(service), ...given].join(','), '<pending>');
    case 'ExternalName':
      return stringAt(spec, 'externalName');
    default:
      return '<unknown>';
  }
}

function balancerAddresses(service: KubeObject): string[] {
  const ingress = listAt(objectAt(objectAt(service, 'status'), 'loadBalancer'), 'ingress').filter(isJsonObject);
  const addresses = ingress.map((entry) => orNone(stringAt(entry, 'ip'), stringAt(entry, 'hostname'))).filter((address) => address !== '');
  return [...new Set(addresses)].toSorted();
}

function portsText(service: KubeObject): string {
  const pieces = listAt(specOf(service), 'ports')
    .filter(isJsonObject)
    .map((port) => {
      const nodePort = numberAt(port, 'nodePort') ?? 0;
      return `${numberAt(port, 'port') ?? 0}${nodePort > 0 ? `:${nodePort}` : ''}/${stringAt(port, 'protocol')}`;
    });
  return orNone(pieces.join(','));
}

function selectorText(service: KubeObject): string {
  const pairs = Object.entries(stringMapAt(specOf(service), 'selector')).map(([key, value]) => `${key}=${value}`);
  return orNone(pairs.toSorted().join(','));
}
