import { definition } from '../schema/definitions.js';
import type { Schema } from '../schema/schema.js';

/** A resource that is only created, never stored: the answer is in the object that comes back. */
export interface VirtualResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly schema: Schema;
}

const review = (group: string, kind: string, isNamespaced = false): VirtualResource => ({
  group,
  version: 'v1',
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  isNamespaced,
  schema: definition(`io.k8s.api.${group.split('.')[0] ?? ''}.v1.${kind}`),
});

/** Questions to the API server about users and what they may do. */
export const virtualResources: readonly VirtualResource[] = [
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authentication.k8s.io', 'TokenReview'),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', true),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'SubjectAccessReview'),
];

/** The token of a service account, asked for at its `/token`. */
export const tokenRequest: VirtualResource = { ...review('authentication.k8s.io', 'TokenRequest', true), plural: 'serviceaccounts' };
