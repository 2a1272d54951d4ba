// Every name that stands in a cluster or on an AWS resource. A name that is written twice somewhere else is a mistake.

/** The API group of ServiceExport, ServiceImport and TargetGroupPolicy, shared with the AWS Gateway API Controller. */
export const networkingGroup = 'application-networking.k8s.aws';

/** The hub's own API group, and the prefix of its tags, labels and annotations. */
export const hubGroup = 'lattice-hub.io';

/** Annotations of a ServiceExport, as the AWS Gateway API Controller reads them. */
export const exportAnnotations = {
  /** Comma-separated Service ports of the one HTTP target group of an export without exportedPorts. */
  port: `${networkingGroup}/port`,
  /** The Service behind the export where it is not of the same name. */
  serviceName: `${networkingGroup}/service-name`,
  /** Which federation the export is for. Anything but `amazon-vpc-lattice` takes it out of ours. */
  federation: `${networkingGroup}/federation`,
  /** More tags for the target groups, `k=v,k=v`. */
  tags: `${networkingGroup}/tags`,
} as const;

/** The value of the federation annotation that means VPC Lattice. */
export const latticeFederation = 'amazon-vpc-lattice';

/** The finalizer that tells that the AWS Gateway API Controller owns the target groups of an export. */
export const controllerFinalizer = 'serviceexport.k8s.aws/resources';

/** Annotations of a MemberCluster. */
export const memberAnnotations = {
  /** A person's word that what is withheld may go; its value is status.withheld.acknowledgementId. */
  acknowledge: `${hubGroup}/acknowledge`,
} as const;

/** The hub's finalizer on a MemberCluster: it stays until the detach is done. */
export const detachFinalizer = `${hubGroup}/detach`;

/** The label of a Secret that holds a member's kubeconfig. */
export const kubeconfigLabel = `${hubGroup}/kubeconfig`;

/** Tags of a target group that the AWS Gateway API Controller writes and looks for. */
export const upstreamTags = {
  managedBy: `${networkingGroup}/ManagedBy`,
  clusterName: `${networkingGroup}/ClusterName`,
  serviceName: `${networkingGroup}/ServiceName`,
  serviceNamespace: `${networkingGroup}/ServiceNamespace`,
  sourceType: `${networkingGroup}/SourceTypeKey`,
  protocolVersion: `${networkingGroup}/ProtocolVersion`,
} as const;

/** The value of the source-type tag on the target groups of an export. */
export const exportSourceType = 'ServiceExport';

/** The hub's own tags of a target group. */
export const hubTags = {
  /** The id of the hub that owns the group. Only a group with this tag is ever written. */
  hub: `${hubGroup}/hub`,
  /** Which exported port the group is for, or `legacy`. */
  slot: `${hubGroup}/slot`,
  /** The Service whose endpoints are the targets. */
  service: `${hubGroup}/service`,
  /** The policy that was last in force, `<clusterName>/<policy uid>`, or empty for none. */
  policy: `${hubGroup}/policy`,
} as const;

/** Whether a tag's key is one of the hub's. */
export function isHubTag(key: string): boolean {
  return key.startsWith(`${hubGroup}/`);
}

/** The cluster part of the policy tag where the policy stands in the hub cluster. It can't be a member's name. */
export const hubPolicyOrigin = '.hub';

/** What the hub cluster is called where people read cluster names. No member may be called so. */
export const hubClusterName = 'hub';

/** Condition types. `Accepted` belongs to Gateway API policy attachment; the prefixed one is the hub's own. */
export const conditionTypes = {
  accepted: 'Accepted',
  programmed: `${hubGroup}/Programmed`,
  reachable: 'Reachable',
  synced: 'Synced',
  credentialsValid: 'CredentialsValid',
  awsAuthorized: 'AwsAuthorized',
  contested: 'Contested',
  admitted: 'Admitted',
  writable: 'Writable',
  withinLimits: 'WithinLimits',
  valid: 'Valid',
  ready: 'Ready',
} as const;

/** The field manager of everything that the hub writes to a Kubernetes API. */
export const fieldManager = 'lattice-hub';
