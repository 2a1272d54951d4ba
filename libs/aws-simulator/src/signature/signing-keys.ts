import { createHmac } from 'node:crypto';

const limit = 5_000;

/** Derived signing keys. A client signs with the same one for a whole day, so that deriving it for every request would be most of the work. */
export class SigningKeys {
  readonly #derived = new Map<string, Buffer>();

  /** The key for a secret and a scope of date, region, service and terminator. */
  get(secretAccessKey: string, scope: readonly string[]): Buffer {
    const name = [secretAccessKey, ...scope].join('\n');
    const known = this.#derived.get(name);
    if (known) return known;
    const key = derive(secretAccessKey, scope);
    if (this.#derived.size >= limit) this.#derived.clear();
    this.#derived.set(name, key);
    return key;
  }
}

function derive(secretAccessKey: string, scope: readonly string[]): Buffer {
  let key = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope) key = createHmac('sha256', key).update(part).digest();
  return key;
}
