import { createHash } from 'node:crypto';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An account and the one user in it whose keys never expire. */
export interface Account extends AccessKey {
  readonly id: string;
  readonly userArn: string;
  readonly userId: string;
}

/** The accounts that exist. Their keys follow from their ids, so that they are the same in every run: they open nothing but a simulator. */
export class Accounts {
  readonly #byId = new Map<string, Account>();
  readonly #byKey = new Map<string, Account>();

  /** Adds an account. Throws an Error where the id is not twelve digits; an account that exists stays as it is. */
  add(id: string): Account {
    if (!/^\d{12}$/.test(id)) throw new Error(`an account id has twelve digits, not "${id}"`);
    const existing = this.#byId.get(id);
    if (existing) return existing;
    const account: Account = {
      id,
      userArn: `arn:aws:iam::${id}:user/sandbox`,
      userId: keyLike('AIDA', `user:${id}`),
      accessKeyId: keyLike('AKIA', `key:${id}`),
      secretAccessKey: createHash('sha256').update(`secret:${id}`).digest('base64').slice(0, 40),
    };
    this.#byId.set(id, account);
    this.#byKey.set(account.accessKeyId, account);
    return account;
  }

  get(id: string): Account | undefined {
    return this.#byId.get(id);
  }

  byAccessKey(accessKeyId: string): Account | undefined {
    return this.#byKey.get(accessKeyId);
  }

  ids(): readonly string[] {
    return [...this.#byId.keys()];
  }
}

/** An identifier as IAM makes them: a four-letter prefix and seventeen letters or digits of base 32, sixteen for an access key. */
export function keyLike(prefix: string, seed: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const length = prefix === 'AKIA' || prefix === 'ASIA' ? 16 : 17;
  const digest = createHash('sha256').update(`${prefix}:${seed}`).digest();
  return prefix + Array.from(digest.subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join('');
}
