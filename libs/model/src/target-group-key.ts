import { keyText } from './key-text.js';
/** One exported port of an export, or `legacy` for the one group of an export without exportedPorts. */
export type Slot = 'legacy' | `${number}`;

/** What a request names: one target group of one export in one member cluster. The old and the new group of a replacement are one request. */
export interface TargetGroupKey {
  /** The name of the MemberCluster. */
  readonly cluster: string;
  readonly namespace: string;
  /** The name of the ServiceExport. */
  readonly name: string;
  readonly slot: Slot;
}

/** An export's name within a cluster, `namespace/name`. */
export function exportId(of: { readonly namespace: string; readonly name: string }): string {
  return keyText(of.namespace, of.name);
}

/** The key as it stands in the queue of its cluster: `namespace/name/slot`. */
export function formatRequest(key: TargetGroupKey): string {
  return keyText(key.namespace, key.name, key.slot);
}

/**
 * The key of a request of one cluster's queue.
 * @throws Error where the text is no request, which only a foreign writer to the queue can cause.
 */
export function parseRequest(cluster: string, request: string): TargetGroupKey {
  const [namespace, name, slot, ...rest] = request.split('/');
  if (!namespace || !name || !slot || rest.length > 0 || !isSlot(slot)) throw new Error(`not a request: ${request}`);
  return { cluster, namespace, name, slot };
}

/** Whether a text (of a tag, say) is a slot. */
export function isSlot(text: string): text is Slot {
  return text === 'legacy' || /^[1-9]\d{0,4}$/.test(text);
}
