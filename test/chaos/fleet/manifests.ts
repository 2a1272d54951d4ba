import { crdYaml } from '@hub/api';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../../fixtures/test-cluster.js';

export type { Manifest } from '../../fixtures/test-cluster.js';

export const networking = 'application-networking.k8s.aws';
export const networkingVersion = `${networking}/v1alpha1`;

/** The documents of a YAML text. */
export function manifestsOf(text: string): readonly Manifest[] {
  return [...parseAllDocuments(text)].map((document) => document.toJS() as Manifest | null).filter((object) => object !== null);
}

/** Every CRD of the house, for the hub cluster. */
export function hubDefinitions(): readonly Manifest[] {
  return Object.values(crdYaml).flatMap(manifestsOf);
}

/** The CRDs that a member has. */
export function memberDefinitions(): readonly Manifest[] {
  return Object.entries(crdYaml).flatMap(([file, text]) => (file.startsWith('member') ? [] : manifestsOf(text)));
}

/** The ways to say what is exported. */
export const exportForms = ['http', 'grpc', 'tls', 'two', 'all', 'annotated', 'ghost', 'elsewhere'] as const;
export type ExportForm = (typeof exportForms)[number];

const exportedPorts: Readonly<Partial<Record<ExportForm, readonly { readonly port: number; readonly routeType: string }[]>>> = {
  http: [{ port: 80, routeType: 'HTTP' }],
  grpc: [{ port: 90, routeType: 'GRPC' }],
  tls: [{ port: 443, routeType: 'TLS' }],
  two: [
    { port: 80, routeType: 'HTTP' },
    { port: 90, routeType: 'GRPC' },
  ],
  ghost: [
    { port: 80, routeType: 'HTTP' },
    { port: 8081, routeType: 'HTTP' },
  ],
};

export function serviceExport(namespace: string, name: string, form: ExportForm): Manifest {
  const ports = exportedPorts[form];
  const annotations = {
    ...(form === 'annotated' && { [`${networking}/port`]: '80, 90' }),
    ...(form === 'elsewhere' && { [`${networking}/federation`]: 'another-federation' }),
  };
  return {
    apiVersion: networkingVersion,
    kind: 'ServiceExport',
    metadata: { namespace, name, annotations },
    spec: ports ? { exportedPorts: ports } : {},
  };
}

const servicePorts = [
  { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
  { name: 'grpc', port: 90, targetPort: 9090, protocol: 'TCP' },
  { name: 'tls', port: 443, targetPort: 8443, protocol: 'TCP' },
] as const;

/** Whether a Service has a port for each kind of route, or lacks one. */
export const serviceForms = ['whole', 'withoutHttp', 'withoutGrpc', 'withoutTls'] as const;
export type ServiceForm = (typeof serviceForms)[number];

export function service(namespace: string, name: string, form: ServiceForm = 'whole'): Manifest {
  const ports = servicePorts.filter((port) => form.toLowerCase() !== `without${port.name}`);
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec: { ports, selector: { app: name } } };
}

/** A pod behind a Service. */
export interface Pod {
  readonly ip: string;
  readonly state: 'ready' | 'notReady' | 'terminating';
}

/** One of the slices of a Service. */
export function endpointSlice(namespace: string, serviceName: string, index: number, pods: readonly Pod[]): Manifest {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name: `${serviceName}-${index}`, labels: { 'kubernetes.io/service-name': serviceName } },
    addressType: 'IPv4',
    ports: [
      { name: 'http', port: 8080, protocol: 'TCP' },
      { name: 'grpc', port: 9090, protocol: 'TCP' },
      { name: 'tls', port: 8443, protocol: 'TCP' },
    ],
    endpoints: pods.map(({ ip, state }) => ({
      addresses: [ip],
      conditions: { ready: state === 'ready', ...(state === 'terminating' && { serving: true, terminating: true }) },
    })),
  };
}

/** What a TCP group must be told for its health check; AWS has no defaults for it. */
const checkedBy = { enabled: true, protocol: 'HTTP', protocolVersion: 'HTTP1' } as const;

/** What a policy may say, by name. `broken` is what no group can follow. */
const policySettings = {
  path: { healthCheck: { ...checkedBy, path: '/alive', intervalSeconds: 10, timeoutSeconds: 5 } },
  otherPath: { healthCheck: { ...checkedBy, path: '/ready', healthyThresholdCount: 2, statusMatch: '200-299' } },
  off: { healthCheck: { enabled: false } },
  http2: { protocol: 'HTTP', protocolVersion: 'HTTP2' },
  https: { protocol: 'HTTPS', protocolVersion: 'HTTP1', healthCheck: { protocol: 'HTTPS', path: '/secure' } },
  tcp: { protocol: 'TCP' },
  broken: { protocol: 'SCTP' },
} as const;
export type PolicySetting = keyof typeof policySettings;

export function targetGroupPolicy(
  namespace: string,
  name: string,
  target: { readonly kind: 'ServiceExport' | 'Service'; readonly name: string },
  setting: PolicySetting,
): Manifest {
  return {
    apiVersion: networkingVersion,
    kind: 'TargetGroupPolicy',
    metadata: { namespace, name },
    spec: { targetRef: { group: target.kind === 'Service' ? '' : networking, ...target }, ...policySettings[setting] },
  };
}
