import { sha256Hex } from '../signature/canonical-request.js';

interface Remembered {
  readonly fingerprint: string;
  readonly resourceId: string;
  readonly untilMs: number;
}

/** What a client token says of a request. */
export type TokenVerdict =
  { readonly kind: 'new' } | { readonly kind: 'repeated'; readonly resourceId: string } | { readonly kind: 'mismatch' };

const limit = 20_000;

/** The client tokens of one account and region: the same token with the same parameters is the same request. */
export class ClientTokens {
  readonly #remembered = new Map<string, Remembered>();
  /** Goes on where it stood: a new one would walk over all that was forgotten before it. */
  #oldest = this.#remembered.keys();

  /** What is known of a token. */
  check(operation: string, token: string, input: object, nowMs: number): TokenVerdict {
    const found = this.#remembered.get(`${operation}|${token}`);
    if (!found || found.untilMs <= nowMs) return { kind: 'new' };
    return found.fingerprint === fingerprint(input) ? { kind: 'repeated', resourceId: found.resourceId } : { kind: 'mismatch' };
  }

  remember(operation: string, token: string, input: object, resourceId: string, untilMs: number): void {
    this.#remembered.set(`${operation}|${token}`, { fingerprint: fingerprint(input), resourceId, untilMs });
    const oldest = this.#remembered.size > limit ? this.#oldest.next().value : undefined;
    if (oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** What {@link restore} takes. */
  save(): readonly (readonly [string, Remembered])[] {
    return [...this.#remembered];
  }

  restore(entries: readonly (readonly [string, Remembered])[]): void {
    this.#remembered.clear();
    this.#oldest = this.#remembered.keys();
    for (const [key, remembered] of entries) this.#remembered.set(key, remembered);
  }
}

/** The same for the same parameters in any order. The token itself is not a parameter. */
function fingerprint(input: object): string {
  const { clientToken: _, ...parameters } = input as { readonly clientToken?: unknown };
  return sha256Hex(JSON.stringify(parameters, (_key, value: unknown) => sorted(value)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
