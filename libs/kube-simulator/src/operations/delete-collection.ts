import type { Cluster } from '../cluster/cluster.js';
import type { Resource } from '../resources/resource.js';
import { deleteObject } from './delete-object.js';
import type { DeleteOptions } from './delete-object.js';
import { listObjects } from './list-objects.js';
import type { ListOptions, ListPage } from './list-objects.js';

/**
 * Deletes every object of a list, each as if it were deleted by itself.
 * @returns the objects as they were
 * @throws ApiError
 */
export async function deleteCollection(cluster: Cluster, resource: Resource, list: ListOptions, options: DeleteOptions): Promise<ListPage> {
  const page = await listObjects(cluster, resource, list);
  for (const { key, namespace, name } of page.items) {
    if (cluster.table(resource).get(key) !== undefined) deleteObject({ cluster, resource, namespace, name, options });
  }
  return page;
}
