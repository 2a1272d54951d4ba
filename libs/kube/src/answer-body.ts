import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * The body of an answer as it was before it was compressed. Whoever reads it hears of an end that came too soon, also where it came before this: the
 * head of an answer and the end of its stream may be told in one turn, and a stream that is over tells nothing more.
 */
export function bodyOf(stream: Readable, encoding: string | undefined): Readable {
  // Whoever reads the body hears of errors there; one that comes when nobody reads must not end the process.
  stream.on('error', () => undefined);
  if (encoding !== 'gzip') return stream;
  const gunzip = createGunzip();
  gunzip.on('error', () => undefined);
  const cutOff = () => {
    if (!stream.readableEnded) gunzip.destroy(stream.errored ?? new Error('the body was cut off'));
  };
  stream.on('error', (error) => gunzip.destroy(error));
  stream.on('close', cutOff);
  // Who reads no further wants no more of it.
  gunzip.on('close', () => stream.destroy());
  if (stream.destroyed) {
    cutOff();
    return gunzip;
  }
  return stream.pipe(gunzip);
}
