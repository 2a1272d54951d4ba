/** How large the fleet of a figure is. Every member is like the other. */
export interface FleetShape {
  readonly clusters: number;
  /** Exports of a member, each with a Service of its own. */
  readonly exports: number;
  /** Ports that each export names: each is one target group. */
  readonly ports: number;
  /** EndpointSlices of each Service. */
  readonly slices: number;
  readonly endpointsPerSlice: number;
}

/** One export of five ports: five target groups a member, all under one policy. */
export function fiveGroups(clusters: number): FleetShape {
  return { clusters, exports: 1, ports: 5, slices: 1, endpointsPerSlice: 3 };
}

/** Five exports of one port: five target groups a member, whose endpoints change one by one. */
export function fiveExports(clusters: number): FleetShape {
  return { clusters, exports: 5, ports: 1, slices: 1, endpointsPerSlice: 3 };
}

/** A member as large as the memory figure asks for. */
export function largeMembers(clusters: number, services: number): FleetShape {
  return { clusters, exports: services, ports: 1, slices: 2, endpointsPerSlice: 10 };
}

export function groupsOf(shape: FleetShape): number {
  return shape.clusters * shape.exports * shape.ports;
}

/** Members that share an account: enough for a limit to be met, few enough for the quota of an account at its default. */
export const membersOfAccount = 10;

export function accountOf(member: number): string {
  return String(100_000_000_001 + Math.floor((member - 1) / membersOfAccount));
}

export function accountsOf(shape: FleetShape): readonly string[] {
  return Array.from({ length: Math.ceil(shape.clusters / membersOfAccount) }, (_, i) => accountOf(i * membersOfAccount + 1));
}

export const region = 'us-west-2';

export function vpcOf(member: number): string {
  return `vpc-${String(member).padStart(17, '0')}`;
}

export function memberOfVpc(vpcId: string): number {
  return Number(vpcId.slice('vpc-'.length));
}

export function serviceName(index: number): string {
  return `service-${index}`;
}
