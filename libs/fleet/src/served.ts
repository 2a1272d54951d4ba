import type { Resource } from '@hub/api';
import { KubeError, pathOf, type KubeClient } from '@hub/kube';
import type { WatchedSource } from './watched-source.js';

const crdResource: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/** What a CRD says of its kind. */
export interface CrdWord {
  readonly isServed: boolean;
  /** When it was made, RFC 3339; empty where that is not known. */
  readonly since: string;
  readonly uid?: string | undefined;
}

/**
 * The CRD itself tells best, from the moment that it is being deleted, and since when it is there. Without the right to read it, a LIST of the kind
 * must do.
 * @throws KubeError where it can't be told
 */
export async function readCrd(name: string, client: KubeClient, signal: AbortSignal): Promise<CrdWord | 'unreadable'> {
  try {
    const { metadata } = await client.get(pathOf(crdResource, undefined, name), signal);
    const { deletionTimestamp, creationTimestamp: since, uid } = metadata;
    return { isServed: deletionTimestamp === undefined, since: typeof since === 'string' ? since : '', uid };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === 'notFound') return { isServed: false, since: '' };
    if (error.kind === 'forbidden' || error.kind === 'notServed') return 'unreadable';
    throw error;
  }
}

/**
 * Whether a kind is served and not about to go, by its CRD, or by a LIST where that may not be read.
 * @throws KubeError where it can't be told
 */
export async function askWhetherServed(
  source: WatchedSource,
  client: KubeClient,
  signal: AbortSignal,
): Promise<CrdWord & { readonly by: 'crd' | 'list' }> {
  const crd = source.crd === undefined ? 'unreadable' : await readCrd(source.crd, client, signal);
  if (crd !== 'unreadable') return { ...crd, by: 'crd' };
  const { namespace, resource } = source;
  try {
    await client.listPage(resource, { limit: 1, continueToken: undefined, ...(namespace !== undefined && { namespace }) }, signal);
    return { isServed: true, by: 'list', since: '' };
  } catch (error) {
    if (error instanceof KubeError && error.kind === 'notServed') return { isServed: false, by: 'list', since: '' };
    throw error;
  }
}
