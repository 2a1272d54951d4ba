import type { Cluster } from '../cluster/cluster.js';
import { stringAt, objectAt } from '../object/json-value.js';
import { groupResource } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { forbidden, notFound } from '../status/api-error.js';
import { keyOf, parseStored } from '../store/stored-object.js';

/** Namespaces that can't be deleted. */
const immortalNamespaces: readonly string[] = ['default', 'kube-system', 'kube-public'];

/**
 * Refuses to create in a namespace that is not there or is going (admission plugin NamespaceLifecycle), and under a definition that is going.
 * @throws ApiError 403, 404, 405
 */
export function admitCreate(cluster: Cluster, resource: Resource, namespace: string, name: string): void {
  if (resource.isCustom) refuseUnderTerminatingDefinition(cluster, resource, name);
  if (!resource.isNamespaced) return;
  const stored = cluster.store.table('namespaces').get(namespace);
  if (stored === undefined) throw notFound({ group: '', name: 'namespaces' }, namespace);
  if (stringAt(objectAt(parseStored(stored), 'status'), 'phase') !== 'Terminating') return;
  throw forbidden(groupResource(resource), name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
  ]);
}

function refuseUnderTerminatingDefinition(cluster: Cluster, resource: Resource, name: string): void {
  const definition = cluster.store
    .table('customresourcedefinitions.apiextensions.k8s.io')
    .get(keyOf('', `${resource.plural}.${resource.group}`));
  if (definition === undefined || stringAt(objectAt(parseStored(definition), 'metadata'), 'deletionTimestamp') === '') return;
  throw forbidden(groupResource(resource), name, 'create not allowed while custom resource definition is terminating');
}

/**
 * Refuses to delete the namespaces that every cluster needs.
 * @throws ApiError 403
 */
export function admitDelete(resource: Resource, name: string): void {
  if (resource.group === '' && resource.plural === 'namespaces' && immortalNamespaces.includes(name)) {
    throw forbidden(groupResource(resource), name, 'this namespace may not be deleted');
  }
}
