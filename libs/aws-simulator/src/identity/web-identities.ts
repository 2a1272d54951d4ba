/** A web identity token that the simulator knows: what an identity provider would have signed. */
export interface WebIdentity {
  readonly token: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** In milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** The registered web identity tokens. There is no identity provider: a token that was not registered is invalid. */
export class WebIdentities {
  readonly #byToken = new Map<string, WebIdentity>();

  register(identity: WebIdentity): void {
    this.#byToken.set(identity.token, identity);
  }

  get(token: string): WebIdentity | undefined {
    return this.#byToken.get(token);
  }

  all(): readonly WebIdentity[] {
    return [...this.#byToken.values()];
  }

  /** Replaces all tokens. */
  restore(identities: readonly WebIdentity[]): void {
    this.#byToken.clear();
    for (const identity of identities) this.register(identity);
  }
}
