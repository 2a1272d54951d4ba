import { finalizersOf, isTerminating, setMeta } from '../object/kube-object.js';
import { deleteObject, plainDelete } from '../operations/delete-object.js';
import { guaranteedUpdate } from '../operations/update-object.js';
import { removeObject } from '../operations/stored-access.js';
import type { Resource } from '../resources/resource.js';
import { parseStored } from '../store/stored-object.js';
import type { StoredObject } from '../store/stored-object.js';
import type { Cluster, ClusterListener } from './cluster.js';

/** The finalizers that the garbage collector takes off. */
const collectorFinalizers: readonly string[] = ['orphan', 'foregroundDeletion'];

/**
 * What the namespace controller and the garbage collector do for a deletion to come to its end: the contents of a namespace that is being
 * deleted go with it, and the finalizers of a propagation policy are taken off. Objects that only refer to a deleted owner stay.
 */
export class NamespaceLifecycle implements ClusterListener {
  private readonly timers = new Set<NodeJS.Immediate>();
  private readonly terminating = new Set<string>();

  constructor(
    private readonly cluster: Cluster,
    private readonly namespaces: Resource,
  ) {}

  onStored(resource: Resource, key: string, stored: StoredObject | undefined): void {
    if (resource === this.namespaces) this.onNamespace(key, stored);
    else if (stored === undefined) this.onRemoved(key);
    else if (stored.json.includes('"deletionTimestamp"')) this.onTerminating(resource, key, stored);
  }

  /** Looks at every namespace anew, after the store was put back to another state. */
  rebuild(): void {
    this.terminating.clear();
    for (const stored of this.cluster.table(this.namespaces).list('')) this.onNamespace(stored.key, stored);
  }

  stop(): void {
    for (const timer of this.timers) clearImmediate(timer);
    this.timers.clear();
  }

  private onNamespace(name: string, stored: StoredObject | undefined): void {
    if (stored === undefined || !isTerminating(parseStored(stored))) {
      this.terminating.delete(name);
      return;
    }
    this.terminating.add(name);
    this.soon(() => this.empty(name));
  }

  private onRemoved(key: string): void {
    const namespace = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
    if (this.terminating.has(namespace)) this.soon(() => this.empty(namespace));
  }

  private onTerminating(resource: Resource, key: string, stored: StoredObject): void {
    if (!finalizersOf(parseStored(stored)).some((name) => collectorFinalizers.includes(name))) return;
    this.soon(() => this.collect(resource, key));
  }

  private collect(resource: Resource, key: string): void {
    const stored = this.cluster.table(resource).get(key);
    if (stored === undefined) return;
    const { name, namespace } = stored;
    guaranteedUpdate(
      {
        cluster: this.cluster,
        resource,
        namespace,
        subresource: '',
        manager: 'kube-controller-manager',
        dryRun: false,
        fieldValidation: 'Ignore',
        warnings: [],
      },
      name,
      {
        uidPrecondition: '',
        allowCreate: false,
        next: () => {
          const object = parseStored(stored);
          const rest = finalizersOf(object).filter((finalizer) => !collectorFinalizers.includes(finalizer));
          setMeta(object, 'finalizers', rest.length === 0 ? undefined : rest);
          return resource.fromStored?.(object) ?? object;
        },
      },
    );
  }

  /** Deletes what is in the namespace; the namespace goes when nothing is left. */
  private empty(namespace: string): void {
    if (!this.terminating.has(namespace)) return;
    for (const resource of this.contentKinds()) {
      for (const { name } of this.cluster.table(resource).list(namespace)) {
        const stored = this.cluster.table(resource).get(`${namespace}/${name}`);
        if (stored !== undefined)
          deleteObject({ cluster: this.cluster, resource, namespace, name, options: { ...plainDelete, gracePeriodSeconds: 0 } });
      }
    }
    if (this.contentKinds().every((resource) => this.cluster.table(resource).list(namespace).length === 0)) this.finalize(namespace);
  }

  private finalize(name: string): void {
    const stored = this.cluster.table(this.namespaces).get(name);
    if (stored === undefined) return;
    const namespace = parseStored(stored);
    if (finalizersOf(namespace).length > 0) return;
    removeObject(this.cluster, this.namespaces, namespace);
  }

  /** One resource for each table that holds objects of namespaces. */
  private contentKinds(): Resource[] {
    const byTable = new Map(this.cluster.registry.all().map((resource) => [resource.table, resource]));
    return [...byTable.values()].filter((resource) => resource.isNamespaced && resource.verbs.includes('delete'));
  }

  private soon(run: () => void): void {
    const timer = setImmediate(() => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }
}
