/** Who signed a request. */
export interface Caller {
  readonly account: string;
  /** Such as `arn:aws:iam::111111111111:user/sandbox` or `arn:aws:sts::111111111111:assumed-role/lattice-hub/session`. */
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
  /** The role's name where a session calls; undefined for a user. */
  readonly role: string | undefined;
  /** Actions that a session policy narrows the role to; undefined where there is none. */
  readonly sessionActions: readonly string[] | undefined;
  /** When the session was made, in milliseconds since the epoch; 0 for a user. */
  readonly issuedAtMs: number;
}
