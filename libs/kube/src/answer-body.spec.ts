import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { bodyOf } from './answer-body.js';

const words = 'all that was said';
const compressed = gzipSync(words);

/** A stream that gives its pieces, and ends only when it is told to. */
function open(...pieces: readonly Buffer[]): Readable {
  const stream = new Readable({ read: () => undefined });
  for (const piece of pieces) stream.push(piece);
  return stream;
}

describe('the body of an answer', () => {
  it.each([
    ['as it came', undefined, Buffer.from(words)],
    ['without its compression', 'gzip', compressed],
  ])('is read %s', async (_, encoding, sent) => {
    const stream = open(sent.subarray(0, 5), sent.subarray(5));
    stream.push(null);
    expect(String(await buffer(bodyOf(stream, encoding)))).toBe(words);
  });

  it.each(['gzip', undefined])('is an error where its stream was over before anybody read it: %s', async (encoding) => {
    const stream = open(compressed.subarray(0, 5));
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    await expect(buffer(bodyOf(stream, encoding))).rejects.toThrow(/cut off|premature|aborted/i);
  });

  it.each(['gzip', undefined])('is an error where its stream ends by one that came before anybody read it: %s', async (encoding) => {
    const stream = open().on('error', () => undefined);
    stream.destroy(new Error('the server hung up'));
    await new Promise((resolve) => stream.once('close', resolve));
    await expect(buffer(bodyOf(stream, encoding))).rejects.toThrow(/hung up|premature/i);
  });

  it('is an error where its stream closes in the midst of it', async () => {
    const stream = open(compressed.subarray(0, 5));
    const body = buffer(bodyOf(stream, 'gzip'));
    setImmediate(() => stream.destroy());
    await expect(body).rejects.toThrow('the body was cut off');
  });

  it.each(['gzip', undefined])('ends its stream when nobody wants more of it: %s', async (encoding) => {
    const stream = open(compressed.subarray(0, 5));
    bodyOf(stream, encoding).destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.destroyed).toBe(true);
  });

  it('is an error where it is not what it was called', async () => {
    const stream = open(Buffer.from(words));
    stream.push(null);
    await expect(buffer(bodyOf(stream, 'gzip'))).rejects.toThrow('incorrect header check');
  });
});
