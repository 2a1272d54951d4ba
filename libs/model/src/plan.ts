import type { HealthCheck, Target, TargetGroupSpec } from './target-group.js';

/** One AWS call. A step on a group that is made in the same plan names it by name, since it has no ARN yet. */
export type Step =
  | { readonly kind: 'create'; readonly group: string; readonly spec: TargetGroupSpec }
  | { readonly kind: 'update'; readonly group: string; readonly arn: string; readonly healthCheck: HealthCheck }
  | { readonly kind: 'tag'; readonly group: string; readonly arn: string; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: 'register'; readonly group: string; readonly arn: string; readonly targets: readonly Target[] }
  | { readonly kind: 'deregister'; readonly group: string; readonly arn: string; readonly targets: readonly Target[] }
  | { readonly kind: 'delete'; readonly group: string; readonly arn: string; readonly why: 'ended' | 'replaced' | 'createFailed' };

/** A step that is not taken, why, and what would release it. */
export interface WithheldStep {
  readonly step: Step;
  readonly reason: string;
  /** What would release it, for a person. */
  readonly release: string;
  /** Whether only a person's word releases it. */
  readonly needsAcknowledgement: boolean;
}

/** What to do for one request, as data: a dry run is this, printed. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly withheld: readonly WithheldStep[];
  /** Groups that must be read (again) before the plan can say more about them. */
  readonly toRead: readonly string[];
  /** When to look again, where something is on its way in AWS. */
  readonly againAfterMs?: number;
  /** The group that is wanted, and all that it must be as one text: to tell whether that is still the same. */
  readonly desired?: { readonly group: string; readonly text: string };
  /** Why what is asked for can't be had yet, for the condition. */
  readonly waiting?: { readonly reason: string; readonly message: string };
}
