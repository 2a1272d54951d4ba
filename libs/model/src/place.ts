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
  return placeKey(a) === placeKey(b);
}

/** A place as a key of a Map: the same for the same place. */
export function placeKey({ accountId, region, vpcId, clusterName }: Place): string {
  return `${accountId}/${region}/${vpcId}/${clusterName}`;
}
