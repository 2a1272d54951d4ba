import type { KubeObject, KubeSimulator } from '@hub/kube-simulator';
import { region, type ChaosFleet } from './fleet/chaos-fleet.js';
import { networkingVersion } from './fleet/manifests.js';
import type { ChaosMember } from './fleet/member.js';
import type { OracleCluster, OracleExport, OraclePolicy, OracleService, OracleSlice, OracleWorld } from './oracle.js';

const kinds = {
  exports: { apiVersion: networkingVersion, kind: 'ServiceExport' },
  services: { apiVersion: 'v1', kind: 'Service' },
  slices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  policies: { apiVersion: networkingVersion, kind: 'TargetGroupPolicy' },
} as const;
export type WatchedKind = keyof typeof kinds;
const everyKind = Object.keys(kinds) as readonly WatchedKind[];

type Objects = Readonly<Record<WatchedKind, readonly KubeObject[]>>;

/** Another cluster answers in the place of a member: of that one nothing counts. */
export const replaced = 'replaced';

/** What of a cluster must not be believed to be gone until a person has said so. */
interface Freeze {
  /** As the hub's hold names it, or {@link replaced}. */
  readonly reason: string;
  readonly kinds: readonly WatchedKind[];
  readonly objects: Objects;
}

/**
 * What counts as said by people in all clusters: what stands there now, and what went in a way that is nobody's word (a CRD was deleted, the
 * cluster was restored or is another one) until a person has acknowledged it.
 */
export class World {
  private readonly freezes = new Map<string, readonly Freeze[]>();
  private readonly known = new Map<string, { readonly resourceVersion: string; readonly objects: Objects }>();

  constructor(private readonly fleet: ChaosFleet) {}

  now(): OracleWorld {
    return {
      hubId: this.fleet.hubId,
      hubPolicies: read(this.fleet.hubCluster, 'policies') as unknown as readonly OraclePolicy[],
      clusters: this.fleet.members.flatMap((member) => this.cluster(member) ?? []),
    };
  }

  /** The hub has seen everything that there is now of a cluster. */
  noteSeen({ name, cluster }: ChaosMember): void {
    this.known.set(name, { resourceVersion: cluster.resourceVersion, objects: readAll(cluster) });
  }

  /** What the hub has seen for sure of a cluster after a moment in its past; undefined where it may have seen nothing newer. */
  seenAfter(member: ChaosMember, resourceVersion: string): Objects | undefined {
    const known = this.known.get(member.name);
    return known && BigInt(known.resourceVersion) > BigInt(resourceVersion) ? known.objects : undefined;
  }

  /** What is in a cluster now, to be frozen after something has happened to it. */
  snapshot(member: ChaosMember): Objects {
    return readAll(member.cluster);
  }

  /** What was there stays believed: of these kinds, until a person acknowledges a hold of this reason. */
  freeze(member: ChaosMember, reason: string, of: readonly WatchedKind[] | 'all', objects: Objects): void {
    const freeze = { reason, kinds: of === 'all' ? everyKind : of, objects };
    if (reason === replaced || isMissingAny(freeze, readAll(member.cluster)))
      this.freezes.set(member.name, [...this.awaited(member), freeze]);
  }

  /** A person has acknowledged these holds, by the hub's names of them. */
  release(member: ChaosMember, reasons: readonly string[]): void {
    if (reasons.includes(replaced)) this.known.delete(member.name);
    this.freezes.set(
      member.name,
      this.awaited(member).filter((freeze) => !reasons.includes(freeze.reason)),
    );
  }

  /** What is not believed to be gone. What is whole again is held back by nobody. */
  awaited(member: ChaosMember): readonly Freeze[] {
    const current = readAll(member.cluster);
    return (this.freezes.get(member.name) ?? []).filter((freeze) => !freeze.reason.startsWith('Kind') || isMissingAny(freeze, current));
  }

  /** A cluster that takes part, as its MemberCluster says. */
  private cluster(member: ChaosMember): OracleCluster | undefined {
    const spec = this.fleet.memberCluster(member.name)?.spec as { readonly policyScope?: OracleCluster['policyScope'] } | undefined;
    if (!spec) return undefined;
    const freezes = this.awaited(member);
    const before = freezes.find((freeze) => freeze.reason === replaced)?.objects;
    const believed = freezes
      .filter((freeze) => freeze.reason !== replaced)
      .reduce((objects, freeze) => together(objects, freeze), before ?? readAll(member.cluster));
    const { name, accountId, vpcId } = member;
    return {
      name,
      accountId,
      vpcId,
      region,
      policyScope: spec.policyScope ?? 'Fleet',
      exports: believed.exports as unknown as readonly OracleExport[],
      services: believed.services as unknown as readonly OracleService[],
      slices: believed.slices as unknown as readonly OracleSlice[],
      policies: believed.policies as unknown as readonly OraclePolicy[],
    };
  }
}

function readAll(cluster: KubeSimulator): Objects {
  return {
    exports: read(cluster, 'exports'),
    services: read(cluster, 'services'),
    slices: read(cluster, 'slices'),
    policies: read(cluster, 'policies'),
  };
}

/** The objects of a kind; none where its CRD is gone. */
function read(cluster: KubeSimulator, kind: WatchedKind): readonly KubeObject[] {
  try {
    return cluster.objects.list(kinds[kind]);
  } catch {
    return [];
  }
}

function isMissingAny(freeze: Freeze, current: Objects): boolean {
  return freeze.kinds.some(
    (kind) => missing(freeze.objects[kind], current[kind]).length > 0 || (kind === 'slices' && losesAddress(freeze, current)),
  );
}

function losesAddress(freeze: Freeze, current: Objects): boolean {
  const now = JSON.stringify(current.slices.map((slice) => slice['endpoints']));
  return freeze.objects.slices.some((slice) => !now.includes(JSON.stringify(slice['endpoints']).slice(1, -1)));
}

function missing(frozen: readonly KubeObject[], current: readonly KubeObject[]): readonly KubeObject[] {
  const there = new Set(current.map(keyOf));
  return frozen.filter((object) => !there.has(keyOf(object)));
}

/** What is there, and what was: of slices both times count, so that no address is lost. */
function together(objects: Objects, freeze: Freeze): Objects {
  const union = (kind: WatchedKind): readonly KubeObject[] => {
    if (!freeze.kinds.includes(kind)) return objects[kind];
    const frozen = freeze.objects[kind];
    if (kind !== 'slices') return [...objects[kind], ...missing(frozen, objects[kind])];
    return [
      ...objects.slices,
      ...frozen.map((slice) => ({ ...slice, metadata: { ...slice.metadata, name: `${slice.metadata.name}-before` } })),
    ];
  };
  return { exports: union('exports'), services: union('services'), slices: union('slices'), policies: union('policies') };
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
