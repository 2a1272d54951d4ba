import type { PolicyName } from '../hub/answers.js';

/** A policy in one word. Where it cannot be read, only the cluster that it stands in is known. */
export function policyText({ policy }: { readonly policy: PolicyName | null }): string {
  return policy ? `${policy.cluster}/${policy.namespace}/${policy.name || '?'}` : '';
}
