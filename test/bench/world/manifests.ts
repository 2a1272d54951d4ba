import { parseAllDocuments } from 'yaml';
import { serviceName, type FleetShape } from './fleet-shape.js';

/** An object of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

const networking = 'application-networking.k8s.aws/v1alpha1';
export const namespace = 'default';
const firstPort = 80;

/** The documents of a YAML text. */
export function manifestsOf(text: string): readonly Manifest[] {
  return [...parseAllDocuments(text)].map((document) => document.toJS() as Manifest | null).filter((object) => object !== null);
}

/** Everything that a member of this shape has. */
export function memberObjects(shape: FleetShape): readonly Manifest[] {
  return indexes(shape.exports).flatMap((index) => [
    service(index, shape),
    ...indexes(shape.slices).map((slice) => endpointSlice(index, slice, addressesOf(index, slice, shape.endpointsPerSlice), shape)),
    serviceExport(index, shape),
  ]);
}

/** The addresses that the endpoints of a slice begin with. */
export function addressesOf(index: number, slice: number, count: number): readonly string[] {
  return indexes(count).map((i) => `10.${index}.${slice}.${i + 1}`);
}

export function endpointSlice(index: number, slice: number, addresses: readonly string[], shape: FleetShape): Manifest {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name: sliceName(index, slice), labels: { 'kubernetes.io/service-name': serviceName(index) } },
    addressType: 'IPv4',
    ports: indexes(shape.ports).map((port) => ({ name: `port-${port}`, port: 8080 + port, protocol: 'TCP' })),
    endpoints: addresses.map((address, i) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: `ip-10-0-${i}-1.us-west-2.compute.internal`,
      targetRef: {
        kind: 'Pod',
        namespace,
        name: `${serviceName(index)}-5d9c7b6f4-${i}`,
        uid: `0000000${slice}-0000-4000-8000-0000000000${i % 10}0`,
      },
      zone: 'us-west-2a',
    })),
  };
}

export function sliceName(index: number, slice: number): string {
  return `${serviceName(index)}-${slice}`;
}

/** A policy in the hub cluster on the first export of every member, told apart by its path. */
export function policy(path: string): Manifest {
  return {
    apiVersion: networking,
    kind: 'TargetGroupPolicy',
    metadata: { namespace, name: 'bench' },
    spec: {
      targetRef: { group: 'application-networking.k8s.aws', kind: 'ServiceExport', name: serviceName(0) },
      healthCheck: { enabled: true, path, intervalSeconds: 10, timeoutSeconds: 5, healthyThresholdCount: 2, unhealthyThresholdCount: 3 },
    },
  };
}

function service(index: number, shape: FleetShape): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: serviceName(index), labels: { app: serviceName(index) } },
    spec: {
      ports: indexes(shape.ports).map((port) => ({
        name: `port-${port}`,
        port: firstPort + port,
        targetPort: 8080 + port,
        protocol: 'TCP',
      })),
      selector: { app: serviceName(index) },
    },
  };
}

function serviceExport(index: number, shape: FleetShape): Manifest {
  return {
    apiVersion: networking,
    kind: 'ServiceExport',
    metadata: { namespace, name: serviceName(index) },
    spec: { exportedPorts: indexes(shape.ports).map((port) => ({ port: firstPort + port, routeType: 'HTTP' })) },
  };
}

function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
