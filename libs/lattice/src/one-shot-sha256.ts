import { createHmac, hash } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

/**
 * SHA-256 as the SDK signs with it. A hash without key is taken in one call, without an object of OpenSSL's: the SDK's own class makes five of them for
 * each request, and as native objects they outlive every small collection of the heap. One with a key is Node's, as in the SDK.
 */
export class OneShotSha256 implements Checksum {
  readonly digestLength = 32;
  private parts: Buffer[] = [];

  /** @param secret the key; without one it is no HMAC */
  constructor(private readonly secret?: SourceData) {}

  update(data: SourceData): void {
    this.parts.push(bytesOf(data));
  }

  /** The digest of everything so far. */
  digest(): Promise<Uint8Array> {
    const [first, ...others] = this.parts;
    const all = first && others.length === 0 ? first : Buffer.concat(this.parts);
    const digest =
      this.secret === undefined ? hash('sha256', all, 'buffer') : createHmac('sha256', bytesOf(this.secret)).update(all).digest();
    return Promise.resolve(digest);
  }

  reset(): void {
    this.parts = [];
  }
}

function bytesOf(data: SourceData): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(data);
}
