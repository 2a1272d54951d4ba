/** The families of operations that share a rate. AWS publishes no rates for Lattice or tagging, so the split is the simulator's own. */
export const apiFamilies = ['lattice-read', 'lattice-write', 'lattice-targets', 'lattice-tags', 'tagging', 'sts'] as const;

export type ApiFamily = (typeof apiFamilies)[number];

const tagOperations = new Set(['TagResource', 'UntagResource', 'ListTagsForResource']);
const targetOperations = new Set(['RegisterTargets', 'DeregisterTargets']);

/** The family of an operation of the service with this signing name. */
export function apiFamilyOf(signingName: string, operation: string): ApiFamily {
  if (signingName === 'sts' || signingName === 'tagging') return signingName;
  if (tagOperations.has(operation)) return 'lattice-tags';
  if (targetOperations.has(operation)) return 'lattice-targets';
  return /^(Get|List)/.test(operation) ? 'lattice-read' : 'lattice-write';
}
