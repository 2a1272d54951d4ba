import type { ConnectionOptions } from '../hub/connection-options.js';

/** The options of `cluster add`. */
export interface AddOptions extends ConnectionOptions {
  readonly awsAccount: string;
  readonly region: string;
  readonly vpc: string;
  readonly roleArn: string;
  readonly externalId?: string;
  readonly name?: string;
  readonly clusterName?: string;
  readonly policyScope?: string;
  readonly onDetach?: string;
  readonly paused?: boolean;
  readonly kubeconfig?: string;
  /** Seconds, or false for not at all. */
  readonly wait: number | false;
}

/** The options of `cluster rotate`. */
export interface RotateOptions extends ConnectionOptions {
  readonly kubeconfig?: string;
}

/** The options of what asks first. */
export interface ConfirmedOptions extends ConnectionOptions {
  readonly yes?: boolean;
}

/** The options of `cluster acknowledge`. */
export interface AcknowledgeOptions extends ConfirmedOptions {
  /** The hub cluster itself, and no member. */
  readonly hub?: boolean;
}

/** The options of `cluster detach`. */
export interface DetachOptions extends ConfirmedOptions {
  readonly keep?: boolean;
  readonly remove?: boolean;
}
