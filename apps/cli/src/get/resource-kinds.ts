import { clusterKind } from './cluster-kind.js';
import { eventKind } from './event-kind.js';
import { exportKind } from './export-kind.js';
import { policyKind } from './policy-kind.js';
import type { ResourceKind } from './resource-kind.js';
import type { ResourceName } from './resource-names.js';
import { targetGroupKind } from './target-group-kind.js';

/** How each resource is asked for and shown. */
export const resourceKinds: Readonly<Record<ResourceName, ResourceKind>> = {
  clusters: clusterKind,
  exports: exportKind,
  policies: policyKind,
  'target-groups': targetGroupKind,
  events: eventKind,
};
