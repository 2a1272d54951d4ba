// The objects that people write and read: types and validators generated from deploy/crds, and every name that stands in a cluster or on
// an AWS resource.
export { crdYaml } from './crds.generated.js';
export { MemberCluster, MemberClusterResource, MemberClusterSpec, MemberClusterStatus } from './member-cluster.generated.js';
export { MemberSnapshot, MemberSnapshotResource, MemberSnapshotStatus } from './member-snapshot.generated.js';
export {
  conditionTypes,
  controllerFinalizer,
  detachFinalizer,
  exportAnnotations,
  exportSourceType,
  fieldManager,
  hubClusterName,
  hubGroup,
  hubPolicyOrigin,
  hubTags,
  isHubTag,
  kubeconfigLabel,
  latticeFederation,
  memberAnnotations,
  networkingGroup,
  upstreamTags,
} from './names.js';
export type { Resource } from './resource.js';
export { ServiceExportResource, ServiceExportSpec } from './service-export.generated.js';
export { TargetGroupPolicyResource, TargetGroupPolicySpec } from './target-group-policy.generated.js';
