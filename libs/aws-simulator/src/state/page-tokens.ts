import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What a page token turns out to be. */
export type PageToken = { readonly kind: 'valid'; readonly after: string } | { readonly kind: 'expired' } | { readonly kind: 'invalid' };

const nonceBytes = 12;
const tagBytes = 16;

/** Page tokens that tell a client nothing: the position is encrypted, bound to the list and its filters, and good for a time. */
export class PageTokens {
  #key = randomBytes(32);

  /** A token for what follows `after` in the list that `scope` names. */
  issue(scope: string, after: string, expiresAtMs: number): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(scope));
    const text = Buffer.concat([cipher.update(`${expiresAtMs}|${after}`, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** Opens a token. One of another list, or of the same list with other filters, is invalid. */
  open(scope: string, token: string, nowMs: number): PageToken {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length <= nonceBytes + tagBytes) return { kind: 'invalid' };
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, nonceBytes)).setAAD(Buffer.from(scope));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    try {
      const text = decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
      const at = text.indexOf('|');
      return Number(text.slice(0, at)) <= nowMs ? { kind: 'expired' } : { kind: 'valid', after: text.slice(at + 1) };
    } catch {
      return { kind: 'invalid' };
    }
  }

  /** What {@link restore} takes to open the tokens of now. */
  save(): string {
    return this.#key.toString('base64');
  }

  restore(key: string): void {
    this.#key = Buffer.from(key, 'base64');
  }
}
