import { parseAllDocuments } from 'yaml';

/** An object of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [key: string]: unknown;
}

/** The documents of a YAML text. @throws Error where one is not YAML */
export function readManifests(text: string): readonly Manifest[] {
  return [...parseAllDocuments(text)].flatMap((document) => {
    if (document.errors[0]) throw document.errors[0];
    const object = document.toJS() as Manifest | null;
    return object ? [object] : [];
  });
}

// The first three are the examples of the ServiceExport API reference that the hub was made for, as they stand there.

/** An export of the old kind: one HTTP target group, for the ports of the annotation. */
export const legacyExport = `apiVersion: application-networking.k8s.aws/v1alpha1
kind: ServiceExport
metadata:
  name: service-1
  annotations:
    application-networking.k8s.aws/port: "9200"
spec: {}
`;

/** An export with one target group for each port. */
export const multiPortExport = `apiVersion: application-networking.k8s.aws/v1alpha1
kind: ServiceExport
metadata:
  name: service-1
spec:
  exportedPorts:
  - port: 80
    routeType: HTTP
  - port: 8081
    routeType: GRPC
`;

/** The export that a policy is about. */
export const inventoryExport = `apiVersion: application-networking.k8s.aws/v1alpha1
kind: ServiceExport
metadata:
  name: inventory-service
spec:
  exportedPorts:
  - port: 8080
    routeType: HTTP
`;

/** The policy for it: applied once, in the hub cluster. */
export const inventoryPolicy = `apiVersion: application-networking.k8s.aws/v1alpha1
kind: TargetGroupPolicy
metadata:
  name: inventory-health-policy
spec:
  targetRef:
    group: "application-networking.k8s.aws"
    kind: ServiceExport
    name: inventory-service
  protocol: HTTP
  protocolVersion: HTTP2
  healthCheck:
    enabled: true
    intervalSeconds: 10
    timeoutSeconds: 5
    healthyThresholdCount: 2
    unhealthyThresholdCount: 3
    path: "/health"
    port: 8080
    protocol: HTTP
    protocolVersion: HTTP1
    statusMatch: "200-299"
`;

/** The namespace of the export with several ports, beside the one of the same name in \`default\`. */
export const multiPortNamespace = 'multi-port';

/** A port of a Service and the port that its pods listen on. */
interface PortMapping {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
}

/** A Service and the EndpointSlice behind it, as the endpoint slice controller would write it for these pods. */
export function serviceWithPods(
  namespace: string,
  name: string,
  ports: readonly PortMapping[],
  podIps: readonly string[],
): readonly Manifest[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: {
        selector: { app: name },
        ports: ports.map(({ name: portName, port, targetPort }) => ({ name: portName, port, targetPort, protocol: 'TCP' })),
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace, name: `${name}-sandbox`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: ports.map(({ name: portName, targetPort }) => ({ name: portName, port: targetPort, protocol: 'TCP' })),
      endpoints: podIps.map((ip) => ({ addresses: [ip], conditions: { ready: true, serving: true, terminating: false } })),
    },
  ];
}

/** What one member of the story has. */
export interface MemberStory {
  readonly manifests: readonly Manifest[];
  readonly expected: readonly ExpectedGroup[];
}

/** A target group that the story leads to, before the policy is applied. */
export interface ExpectedGroup {
  readonly namespace: string;
  readonly export: string;
  readonly exportPort: number | null;
  readonly port: number;
  readonly protocol: string;
  readonly protocolVersion: string;
  readonly targets: readonly { readonly ip: string; readonly port: number }[];
}

/** The story of member number `member` (from 1): the examples with Services and pods behind them, and as many more exports as asked for. */
export function memberStory(member: number, moreExports: number): MemberStory {
  const ips = (service: number, pods: number) => Array.from({ length: pods }, (_, pod) => podIp(member, service, pod));
  const inNamespace = (namespace: string, text: string) =>
    readManifests(text).map((m) => ({ ...m, metadata: { ...m.metadata, namespace } }));
  const legacyPorts = [{ name: 'search', port: 9200, targetPort: 9200 }];
  const multiPorts = [
    { name: 'web', port: 80, targetPort: 8080 },
    { name: 'rpc', port: 8081, targetPort: 8081 },
  ];
  const inventoryPorts = [{ name: 'http', port: 8080, targetPort: 8080 }];
  const more = Array.from({ length: moreExports }, (_, i) => ({ name: `export-${String(i + 1).padStart(3, '0')}`, ips: ips(10 + i, 2) }));
  return {
    manifests: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: multiPortNamespace } },
      ...serviceWithPods('default', 'service-1', legacyPorts, ips(1, 2)),
      ...inNamespace('default', legacyExport),
      ...serviceWithPods(multiPortNamespace, 'service-1', multiPorts, ips(2, 2)),
      ...inNamespace(multiPortNamespace, multiPortExport),
      ...serviceWithPods('default', 'inventory-service', inventoryPorts, ips(3, 3)),
      ...inNamespace('default', inventoryExport),
      ...more.flatMap(({ name, ips: podIps }) => [
        ...serviceWithPods('default', name, inventoryPorts, podIps),
        ...inNamespace('default', inventoryExport.replace('inventory-service', name)),
      ]),
    ],
    expected: [
      expectGroup('default', 'service-1', null, 80, 'HTTP1', ips(1, 2), 9200),
      expectGroup(multiPortNamespace, 'service-1', 80, 80, 'HTTP1', ips(2, 2), 8080),
      expectGroup(multiPortNamespace, 'service-1', 8081, 8081, 'GRPC', ips(2, 2), 8081),
      expectGroup('default', 'inventory-service', 8080, 8080, 'HTTP1', ips(3, 3), 8080),
      ...more.map(({ name, ips: podIps }) => expectGroup('default', name, 8080, 8080, 'HTTP1', podIps, 8080)),
    ],
  };
}

function expectGroup(
  namespace: string,
  name: string,
  exportPort: number | null,
  port: number,
  protocolVersion: string,
  ips: readonly string[],
  targetPort: number,
): ExpectedGroup {
  return {
    namespace,
    export: name,
    exportPort,
    port,
    protocol: 'HTTP',
    protocolVersion,
    targets: ips.map((ip) => ({ ip, port: targetPort })),
  };
}

/** Pods of different members and Services never share an address: 10.0.0.0/8 has room for 4,096 members of 256 Services of 16 pods. */
function podIp(member: number, service: number, pod: number): string {
  const number = member * 4096 + (service % 256) * 16 + pod;
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}
