import { hash } from 'node:crypto';

/**
 * Which replica should hold a cluster: rendezvous hashing, so that a replica that joins or leaves moves only its own share.
 * Undefined where there is no replica.
 */
export function replicaFor(cluster: string, replicas: readonly string[]): string | undefined {
  if (replicas.length < 2) return replicas[0];
  let best: { readonly replica: string; readonly score: bigint } | undefined;
  for (const replica of replicas) {
    const score = hash('sha256', `${replica}\0${cluster}`, 'buffer').readBigUInt64BE(0);
    if (!best || score > best.score || (score === best.score && replica < best.replica)) best = { replica, score };
  }
  return best?.replica;
}
