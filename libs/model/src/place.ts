/** Where the target groups of one member live in AWS, and under which cluster name. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  /** The value of the ClusterName tag. */
  readonly clusterName: string;
}

/** Two places are one when nothing that is fixed for the life of a member differs. */
export function samePlace(a: Place, b: Place): boolean {
  return a.accountId === b.accountId && a.region === b.region && a.vpcId === b.vpcId && a.clusterName === b.clusterName;
}
