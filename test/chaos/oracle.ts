// What must be in AWS, computed from the objects of the clusters alone and by the documented rules alone (design 5). It shares no line with the
// hub: no import but of types of its own, no computed name. Groups are told apart by their tags.

/** The metadata of an object, as far as the rules look at it. */
export interface OracleMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

interface OraclePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
}

export interface OracleExport {
  readonly metadata: OracleMeta;
  readonly spec?: { readonly exportedPorts?: readonly { readonly port: number; readonly routeType: 'HTTP' | 'GRPC' | 'TLS' }[] };
}

export interface OracleService {
  readonly metadata: OracleMeta;
  readonly spec: { readonly ports?: readonly OraclePort[]; readonly ipFamilies?: readonly string[] };
}

export interface OracleSlice {
  readonly metadata: OracleMeta;
  readonly addressType: string;
  readonly ports?: readonly OraclePort[];
  readonly endpoints?: readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly terminating?: boolean } }[];
}

/** A health check by the names of a policy's fields. */
export type OracleHealthCheck = Readonly<Record<string, string | number | boolean | undefined>>;

export interface OraclePolicy {
  readonly metadata: OracleMeta;
  readonly spec: {
    readonly targetRef: { readonly kind: string; readonly name: string };
    readonly protocol?: string;
    readonly protocolVersion?: string;
    readonly healthCheck?: OracleHealthCheck;
  };
}

/** One member cluster: where its groups go, and what is in it. */
export interface OracleCluster {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly policyScope: 'Fleet' | 'Own' | 'Ignore';
  readonly exports: readonly OracleExport[];
  readonly services: readonly OracleService[];
  readonly slices: readonly OracleSlice[];
  readonly policies: readonly OraclePolicy[];
}

/** Everything that people say, in all clusters. */
export interface OracleWorld {
  readonly hubId: string;
  readonly hubPolicies: readonly OraclePolicy[];
  readonly clusters: readonly OracleCluster[];
}

/** What an exported port must have in AWS. */
export interface ExpectedGroup {
  /** `cluster namespace/name/slot`. */
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  /** `kept`: what is asked for can't be had, so what is there stays, and at most these addresses are in it. */
  readonly certainty: 'exact' | 'kept';
  readonly tags: Readonly<Record<string, string>>;
  readonly port: number;
  readonly ipAddressType: 'IPV4' | 'IPV6';
  /** Undefined where the policy in force can't be followed: shape and health check stay as they are. */
  readonly settings:
    | {
        readonly protocol: string;
        readonly protocolVersion: string | undefined;
        /** As the policy in force says, before any default; and the value of the policy tag. */
        readonly healthCheck: OracleHealthCheck;
        readonly policy: string;
      }
    | undefined;
  /** `ip port`, sorted. */
  readonly targets: readonly string[];
  /** Every address behind the Service. */
  readonly addresses: ReadonlySet<string>;
}

const upstream = 'application-networking.k8s.aws';

/** What must be in AWS, by id. */
export function expectedGroups(world: OracleWorld): ReadonlyMap<string, ExpectedGroup> {
  const groups = new Map<string, ExpectedGroup>();
  for (const cluster of world.clusters) {
    for (const exported of cluster.exports) {
      if (!counts(exported)) continue;
      for (const group of groupsOf(world, cluster, exported)) groups.set(group.id, group);
    }
  }
  return groups;
}

/** The addresses behind a Service of a cluster: no group that is kept for it may lose one of them, or have another one. */
export function addressesBehind(cluster: OracleCluster, namespace: string, service: string): ReadonlySet<string> {
  return new Set(slicesOf(cluster, namespace, service).flatMap((slice) => liveAddresses(slice)));
}

/** What the policy in force asks of a health check for a Service, whose export may be over; undefined where it can't be followed. */
export function askedHealthCheck(world: OracleWorld, clusterName: string, namespace: string, name: string, service: string) {
  const cluster = world.clusters.find((candidate) => candidate.name === clusterName);
  return settingsOf(cluster && policyFor(world, cluster, namespace, name, service)?.value, 'HTTP', '')?.healthCheck;
}

/**
 * What may be in force of a health check for a Service where each policy is known as it was in any of these worlds: whoever is cut off from some
 * clusters sees theirs late, and what a LIST lacks is there for a while beside what is new. One that was ahead in all of them is ahead of what is
 * behind it, whatever else is known.
 */
export function healthChecksInReach(
  worlds: readonly OracleWorld[],
  clusterName: string,
  namespace: string,
  name: string,
  service: string,
): readonly OracleHealthCheck[] {
  const states = worlds.map((world) => {
    const cluster = world.clusters.find((candidate) => candidate.name === clusterName);
    const candidates = cluster ? candidatesFor(world, cluster, namespace, name, service) : [];
    return new Map(candidates.map((candidate) => [`${candidate.cluster}/${candidate.value.metadata.name}`, candidate]));
  });
  const ids = [...new Set(states.flatMap((state) => [...state.keys()]))];
  const mayBeBehind = (id: string, than: Candidate | undefined) =>
    states.some((state) => {
      const other = state.get(id);
      return other === undefined || (than !== undefined && precedence(than, other) < 0);
    });
  const mayWin = (id: string, candidate: Candidate | undefined) => ids.every((other) => other === id || mayBeBehind(other, candidate));
  const winners = states.flatMap((state) => Array.from(state).flatMap(([id, candidate]) => (mayWin(id, candidate) ? [candidate] : [])));
  const asked = winners.map(({ value }) => settingsOf(value, 'HTTP', '')?.healthCheck).filter((check) => check !== undefined);
  return mayWin('', undefined) ? [...asked, {}] : asked;
}

function counts({ metadata }: OracleExport): boolean {
  const federation = metadata.annotations?.[`${upstream}/federation`];
  return metadata.deletionTimestamp === undefined && (federation === undefined || federation === 'amazon-vpc-lattice');
}

function groupsOf(world: OracleWorld, cluster: OracleCluster, exported: OracleExport): readonly ExpectedGroup[] {
  const { namespace = '', name, annotations } = exported.metadata;
  const serviceName = annotations?.[`${upstream}/service-name`]?.trim() || name;
  const service = cluster.services.find((s) => s.metadata.namespace === namespace && s.metadata.name === serviceName);
  const family = familyOf(service);
  const policy = policyFor(world, cluster, namespace, name, serviceName);
  const addresses = addressesBehind(cluster, namespace, serviceName);
  const asked = askedPorts(exported, service);
  return asked.map(({ slot, port, routeType, ports }): ExpectedGroup => {
    const settings = settingsOf(policy?.value, routeType, policy?.trace ?? '');
    const isKnown = service !== undefined && family !== undefined && ports !== undefined;
    return {
      id: `${cluster.name} ${namespace}/${name}/${slot}`,
      accountId: cluster.accountId,
      region: cluster.region,
      vpcId: cluster.vpcId,
      certainty: isKnown ? 'exact' : 'kept',
      tags: {
        [`${upstream}/ManagedBy`]: `${cluster.accountId}/${cluster.name}/${cluster.vpcId}`,
        [`${upstream}/ClusterName`]: cluster.name,
        [`${upstream}/ServiceName`]: name,
        [`${upstream}/ServiceNamespace`]: namespace,
        [`${upstream}/SourceTypeKey`]: 'ServiceExport',
        'lattice-hub.io/hub': world.hubId,
        'lattice-hub.io/slot': slot,
        'lattice-hub.io/service': serviceName,
        ...(settings && { 'lattice-hub.io/policy': settings.policy, [`${upstream}/ProtocolVersion`]: settings.protocolVersion ?? '' }),
      },
      port,
      ipAddressType: family ?? 'IPV4',
      settings,
      targets: isKnown ? targetsOf(cluster, namespace, serviceName, ports, family) : [],
      addresses,
    };
  });
}

interface AskedPort {
  readonly slot: string;
  readonly port: number;
  readonly routeType: 'HTTP' | 'GRPC' | 'TLS';
  /** The names of the Service's ports that the targets are taken from; `all` takes every port. Undefined: the Service has none of them. */
  readonly ports: ReadonlySet<string> | 'all' | undefined;
}

/** One group for each exported port; without exportedPorts one group for the ports of the annotation, or for all. */
function askedPorts(exported: OracleExport, service: OracleService | undefined): readonly AskedPort[] {
  const exportedPorts = exported.spec?.exportedPorts ?? [];
  const named = (numbers: readonly number[]): AskedPort['ports'] => {
    const found = tcp(service?.spec.ports).filter((p) => numbers.includes(p.port));
    if (found.length === 0) return undefined;
    return found.some((p) => (p.name ?? '') === '') ? 'all' : new Set(found.map((p) => p.name ?? ''));
  };
  if (exportedPorts.length > 0) {
    const first = exportedPorts.filter((asked, i) => exportedPorts.findIndex((other) => other.port === asked.port) === i);
    return first.map(({ port, routeType }) => ({ slot: `${port}`, port, routeType, ports: named([port]) }));
  }
  const annotation = exported.metadata.annotations?.[`${upstream}/port`];
  const numbers = annotation?.split(',').map((entry) => Number(entry.trim()));
  return [{ slot: 'legacy', port: 80, routeType: 'HTTP', ports: numbers === undefined ? 'all' : named(numbers) }];
}

function familyOf(service: OracleService | undefined): 'IPV4' | 'IPV6' | undefined {
  const families = service?.spec.ipFamilies ?? [];
  if (families.length !== 1) return undefined;
  return families[0] === 'IPv6' ? 'IPV6' : 'IPV4';
}

function targetsOf(
  cluster: OracleCluster,
  namespace: string,
  service: string,
  ports: ReadonlySet<string> | 'all',
  family: 'IPV4' | 'IPV6',
): readonly string[] {
  const targets = new Set<string>();
  for (const slice of slicesOf(cluster, namespace, service)) {
    if ((slice.addressType === 'IPv6' ? 'IPV6' : 'IPV4') !== family) continue;
    for (const port of tcp(slice.ports)) {
      if (ports !== 'all' && !ports.has(port.name ?? '')) continue;
      for (const address of liveAddresses(slice)) targets.add(`${address} ${port.port}`);
    }
  }
  return [...targets].toSorted();
}

function slicesOf(cluster: OracleCluster, namespace: string, service: string): readonly OracleSlice[] {
  return cluster.slices.filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === service,
  );
}

/** Those that are not ready are registered, those that terminate are not. */
function liveAddresses(slice: OracleSlice): readonly string[] {
  return (slice.endpoints ?? []).filter((e) => e.conditions?.terminating !== true).flatMap((e) => e.addresses);
}

function tcp(ports: readonly OraclePort[] | undefined): readonly OraclePort[] {
  return (ports ?? []).filter((p) => (p.protocol ?? 'TCP') === 'TCP');
}

// --- policies -----------------------------------------------------------------------------------------------------------------------------

interface Candidate {
  readonly value: OraclePolicy;
  readonly tier: 0 | 1;
  readonly cluster: string;
  readonly trace: string;
}

/** The one policy in force. The winner counts whole. */
function policyFor(world: OracleWorld, at: OracleCluster, namespace: string, name: string, service: string): Candidate | undefined {
  return candidatesFor(world, at, namespace, name, service).toSorted(precedence)[0];
}

/** The policies about an export or its Service that reach a cluster. */
function candidatesFor(world: OracleWorld, at: OracleCluster, namespace: string, name: string, service: string): readonly Candidate[] {
  const inHub = world.hubPolicies.map((value): Candidate => ({ value, tier: 0, cluster: '', trace: `.hub/${value.metadata.uid}` }));
  const inMembers = world.clusters
    .filter(({ policyScope, name: origin }) => policyScope === 'Fleet' || (policyScope === 'Own' && origin === at.name))
    .flatMap(({ policies, name: origin }) =>
      policies.map((value): Candidate => ({ value, tier: 1, cluster: origin, trace: `${origin}/${value.metadata.uid}` })),
    );
  const isAbout = ({ value }: Candidate) =>
    value.metadata.namespace === namespace &&
    value.spec.targetRef.name === (value.spec.targetRef.kind === 'ServiceExport' ? name : service) &&
    // One that was invalid from its first day never had a place.
    (isValid(value) || (value.metadata.generation ?? 1) > 1);
  return [...inHub, ...inMembers].filter(isAbout);
}

/** Hub before member, export before Service, then the oldest, then by name, then by cluster. */
function precedence(a: Candidate, b: Candidate): number {
  const order = (c: Candidate) => [
    c.tier,
    c.value.spec.targetRef.kind === 'ServiceExport' ? 0 : 1,
    Date.parse(c.value.metadata.creationTimestamp ?? ''),
    c.value.metadata.name,
    c.cluster,
  ];
  return compare(order(a), order(b));
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right !== undefined && left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function isValid({ spec }: OraclePolicy): boolean {
  if (spec.protocol !== undefined && !['HTTP', 'HTTPS', 'TCP'].includes(spec.protocol)) return false;
  if (spec.protocolVersion !== undefined && !['HTTP1', 'HTTP2', 'GRPC'].includes(spec.protocolVersion)) return false;
  return !(spec.protocol === 'TCP' && spec.protocolVersion !== undefined);
}

function settingsOf(policy: OraclePolicy | undefined, routeType: string, trace: string): ExpectedGroup['settings'] {
  if (policy && !isValid(policy)) return undefined;
  const protocol = policy?.spec.protocol ?? (routeType === 'TLS' ? 'TCP' : 'HTTP');
  const version = protocol === 'TCP' ? undefined : (policy?.spec.protocolVersion ?? (routeType === 'GRPC' ? 'GRPC' : 'HTTP1'));
  return { protocol, protocolVersion: version, healthCheck: policy?.spec.healthCheck ?? {}, policy: trace };
}

/** A health check with the defaults of a group of this protocol and version. A TCP group has none but "off". */
export function filledHealthCheck(asked: OracleHealthCheck, protocol: string, version: string | undefined): OracleHealthCheck {
  if (protocol === 'TCP') return { enabled: false, ...asked };
  return {
    enabled: version === 'HTTP1',
    protocol: 'HTTP',
    protocolVersion: version === 'HTTP2' ? 'HTTP2' : 'HTTP1',
    path: '/',
    statusMatch: '200',
    healthyThresholdCount: 5,
    unhealthyThresholdCount: 2,
    timeoutSeconds: 5,
    intervalSeconds: 30,
    ...asked,
  };
}
