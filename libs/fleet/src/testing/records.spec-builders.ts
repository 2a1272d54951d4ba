import type { KubeObject } from '@hub/kube';

// The objects of a member as its API server sends them, as far as the hub reads them.

let version = 100;

/** Metadata of an object of the namespace shop. Each one made has a newer resourceVersion than the one before. */
function metadata(name: string, fields: Readonly<Record<string, unknown>> = {}): KubeObject['metadata'] {
  return { namespace: 'shop', name, uid: `${name}-uid`, resourceVersion: `${version++}`, generation: 1, ...fields };
}

export const annotation = (name: string) => `application-networking.k8s.aws/${name}`;

interface ExportFields {
  readonly ports?: unknown;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** A ServiceExport; without ports and annotations it exports every TCP port of its Service. */
export function serviceExport(name: string, fields: ExportFields = {}): KubeObject {
  const { ports, annotations, spec, status } = fields;
  return {
    metadata: metadata(name, { ...(annotations && { annotations }), ...fields.metadata }),
    spec: spec ?? (ports === undefined ? {} : { exportedPorts: ports }),
    ...(status !== undefined && { status }),
  };
}

interface ServiceFields {
  readonly ports?: unknown;
  readonly ipFamilies?: unknown;
  readonly type?: string;
}

/** A Service with one unnamed TCP port 80. */
export function service(
  name: string,
  { ports = [{ port: 80 }], ipFamilies = ['IPv4'], type = 'ClusterIP' }: ServiceFields = {},
): KubeObject {
  return { metadata: metadata(name), spec: { ports, ipFamilies, type } };
}

interface SliceFields {
  readonly of?: string;
  readonly addressType?: unknown;
  readonly ports?: unknown;
  readonly endpoints?: unknown;
}

/** A slice of the Service web with one unnamed TCP port 8080, and an endpoint for each address. */
export function slice(name: string, addresses: readonly string[] = ['10.0.0.1'], fields: SliceFields = {}): KubeObject {
  const { of = 'web', addressType = 'IPv4', ports = [{ port: 8080, protocol: 'TCP' }] } = fields;
  return {
    metadata: metadata(name, { labels: { 'kubernetes.io/service-name': of } }),
    addressType,
    ports,
    endpoints: fields.endpoints ?? addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
}

/** A TargetGroupPolicy on the ServiceExport web. */
export function policy(name: string, generation = 1, spec: object = {}): KubeObject {
  return {
    metadata: metadata(name, { generation, creationTimestamp: '2026-08-01T10:00:00Z' }),
    spec: { targetRef: { group: 'application-networking.k8s.aws', kind: 'ServiceExport', name: 'web' }, ...spec },
  };
}
