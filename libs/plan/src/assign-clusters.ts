import { createHash } from 'node:crypto';

/**
 * Which replica should hold a cluster: rendezvous hashing, so that a replica that joins or leaves moves only its own share.
 * Undefined where there is no replica.
 */
export function replicaFor(cluster: string, replicas: readonly string[]): string | undefined {
  let best: { readonly replica: string; readonly score: bigint } | undefined;
  for (const replica of replicas) {
    const score = createHash('sha256').update(`${replica}\0${cluster}`).digest().readBigUInt64BE(0);
    if (!best || score > best.score || (score === best.score && replica < best.replica)) best = { replica, score };
  }
  return best?.replica;
}
