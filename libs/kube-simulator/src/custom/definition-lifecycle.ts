import type { Cluster, ClusterListener } from '../cluster/cluster.js';
import { equalJson, isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { finalizersOf, isTerminating, nameOf, setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { deleteObject, instanceFinalizer, plainDelete, setTerminating } from '../operations/delete-object.js';
import { removeObject, writeObject } from '../operations/stored-access.js';
import { guaranteedUpdate } from '../operations/update-object.js';
import { fieldWriter } from '../operations/write-request.js';
import type { WriteRequest } from '../operations/write-request.js';
import { trackUpdate } from '../apply/field-manager.js';
import type { Resource } from '../resources/resource.js';
import { parseStored } from '../store/stored-object.js';
import type { StoredObject } from '../store/stored-object.js';
import { customResources } from './custom-resource.js';

/**
 * What the API server does with CustomResourceDefinitions: accepts their names, serves what they define a moment later, and on deletion takes the
 * instances away, one honest event each, before the definition itself goes.
 */
export class DefinitionLifecycle implements ClusterListener {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly servedBy = new Map<string, readonly Resource[]>();
  private readonly waiters = new Map<string, ((isServed: boolean) => void)[]>();

  /** @param establishDelayMs how long, in real time, until a new definition is served */
  constructor(
    private readonly cluster: Cluster,
    private readonly definitions: Resource,
    private readonly establishDelayMs: number,
  ) {}

  onStored(resource: Resource, key: string, stored: StoredObject | undefined): void {
    if (resource === this.definitions) this.onDefinition(key, stored);
    else if (resource.isCustom && stored === undefined) this.later(0, () => this.finishDeletion(resource.table));
  }

  /** Serves again what the stored definitions define, after the store was put back to another state. */
  rebuild(): void {
    for (const key of this.servedBy.keys()) this.withdraw(key, false);
    for (const stored of this.cluster.table(this.definitions).list('')) this.onDefinition(stored.key, stored);
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    const waiting = [...this.waiters.keys()];
    for (const key of waiting) this.wake(key, false);
  }

  /**
   * Waits until what a definition defines is served.
   * @returns false where the definition goes, or the cluster stops, before that
   */
  async whenServed(name: string): Promise<boolean> {
    if (this.servedBy.has(name)) return true;
    return new Promise((resolve) => this.waiters.set(name, [...(this.waiters.get(name) ?? []), resolve]));
  }

  private onDefinition(key: string, stored: StoredObject | undefined): void {
    if (stored === undefined) {
      this.withdraw(key, true);
      return;
    }
    const definition = parseStored(stored);
    if (isTrue(definition, 'Established')) this.serve(key, definition);
    if (isTerminating(definition)) this.later(0, () => this.deleteInstances(key));
    else if (!hasItsNames(definition)) this.later(0, () => this.acceptNames(key));
    else if (!isTrue(definition, 'Established')) this.later(this.establishDelayMs, () => this.establish(key));
  }

  private serve(key: string, definition: KubeObject): void {
    const resources = customResources(definition);
    for (const old of this.servedBy.get(key) ?? []) this.cluster.registry.remove(old);
    for (const resource of resources) this.cluster.registry.add(resource);
    this.servedBy.set(key, resources);
    this.cluster.store.table(key);
    this.wake(key, true);
  }

  private wake(key: string, isServed: boolean): void {
    const waiting = this.waiters.get(key) ?? [];
    this.waiters.delete(key);
    for (const resolve of waiting) resolve(isServed);
  }

  private withdraw(key: string, dropTable: boolean): void {
    for (const resource of this.servedBy.get(key) ?? []) this.cluster.registry.remove(resource);
    this.servedBy.delete(key);
    this.wake(key, false);
    if (dropTable) this.cluster.store.dropTable(key);
  }

  private acceptNames(key: string): void {
    this.updateStatus(key, (definition, status) => {
      if (hasItsNames(definition)) return;
      const names = objectAt(objectAt(definition, 'spec'), 'names') ?? {};
      const conflict = this.findConflict(definition, names);
      if (conflict !== undefined) {
        setCondition(status, this.cluster.now(), 'NamesAccepted', 'False', conflict.reason, conflict.message);
        setCondition(status, this.cluster.now(), 'Established', 'False', 'NotAccepted', 'not all names are accepted');
        return;
      }
      status['acceptedNames'] = { ...names };
      setCondition(status, this.cluster.now(), 'NamesAccepted', 'True', 'NoConflicts', 'no conflicts found');
      if (isTrue(definition, 'Established')) return;
      setCondition(status, this.cluster.now(), 'Established', 'False', 'Installing', 'the initial names have been accepted');
    });
  }

  private establish(key: string): void {
    this.updateStatus(key, (definition, status) => {
      if (!isTrue(definition, 'NamesAccepted')) return;
      setCondition(status, this.cluster.now(), 'Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted');
    });
  }

  private findConflict(definition: KubeObject, names: JsonObject): { reason: string; message: string } | undefined {
    const others = this.cluster
      .table(this.definitions)
      .list('')
      .map(parseStored)
      .filter(
        (other) =>
          nameOf(other) !== nameOf(definition) &&
          stringAt(objectAt(other, 'spec'), 'group') === stringAt(objectAt(definition, 'spec'), 'group'),
      )
      .map((other) => objectAt(objectAt(other, 'status'), 'acceptedNames') ?? {});
    const resources = new Set(
      others.flatMap((other) => [stringAt(other, 'plural'), stringAt(other, 'singular'), ...stringsAt(other, 'shortNames')]),
    );
    const kinds = new Set(others.flatMap((other) => [stringAt(other, 'kind'), stringAt(other, 'listKind')]));
    const taken = (text: string): string => `${JSON.stringify(text)} is already in use`;
    for (const [field, reason, used] of [
      ['listKind', 'ListKindConflict', kinds],
      ['kind', 'KindConflict', kinds],
      ['singular', 'SingularConflict', resources],
      ['plural', 'PluralConflict', resources],
    ] as const) {
      const name = stringAt(names, field);
      if (name !== '' && used.has(name)) return { reason, message: taken(name) };
    }
    const short = stringsAt(names, 'shortNames').find((name) => resources.has(name));
    return short === undefined ? undefined : { reason: 'ShortNamesConflict', message: taken(short) };
  }

  private deleteInstances(key: string): void {
    const definition = this.read(key);
    if (definition === undefined || !isTerminating(definition) || !finalizersOf(definition).includes(instanceFinalizer)) return;
    const resource = this.servedBy.get(key)?.[0];
    if (resource === undefined) {
      this.release(definition, 'NeverEstablished', 'resource was never established');
      return;
    }
    if (conditionReason(definition, 'Terminating') === 'InstanceDeletionPending') {
      this.updateStatus(key, (live, status) => {
        setTerminating(live, this.cluster.now(), 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');
        Object.assign(status, objectAt(live, 'status'));
      });
      return;
    }
    for (const stored of this.cluster.table(resource).list('')) {
      deleteObject({ cluster: this.cluster, resource, namespace: stored.namespace, name: stored.name, options: plainDelete });
    }
    this.finishDeletion(key);
  }

  /** Lets the definition go once its last instance is gone. */
  private finishDeletion(key: string): void {
    const definition = this.read(key);
    if (definition === undefined || !isTerminating(definition) || !finalizersOf(definition).includes(instanceFinalizer)) return;
    if (conditionReason(definition, 'Terminating') === 'InstanceDeletionPending' || this.cluster.store.table(key).size > 0) return;
    this.release(definition, 'InstanceDeletionCompleted', 'removed all instances');
  }

  private release(definition: KubeObject, reason: string, message: string): void {
    setTerminating(definition, this.cluster.now(), 'False', reason, message);
    const rest = finalizersOf(definition).filter((name) => name !== instanceFinalizer);
    setMeta(definition, 'finalizers', rest.length === 0 ? undefined : rest);
    // Watches see a definition that goes as it was stored last.
    const stored = this.read(nameOf(definition));
    if (rest.length === 0 && stored !== undefined) removeObject(this.cluster, this.definitions, stored);
    else writeObject(this.cluster, this.definitions, definition);
  }

  private read(key: string): KubeObject | undefined {
    const stored = this.cluster.table(this.definitions).get(key);
    return stored === undefined ? undefined : parseStored(stored);
  }

  private updateStatus(key: string, change: (definition: KubeObject, status: JsonObject) => void): void {
    if (this.read(key) === undefined) return;
    const request: WriteRequest = {
      cluster: this.cluster,
      resource: this.definitions,
      namespace: '',
      subresource: 'status',
      manager: 'kube-apiserver',
      dryRun: false,
      fieldValidation: 'Ignore',
      warnings: [],
    };
    guaranteedUpdate(request, key, {
      uidPrecondition: '',
      allowCreate: false,
      next: (live) => {
        const definition = this.read(key) ?? ({} as KubeObject);
        const status: JsonObject = { ...objectAt(definition, 'status') };
        change(definition, status);
        definition['status'] = status;
        trackUpdate(live, definition, this.definitions.schema, fieldWriter(request));
        return definition;
      },
    });
  }

  private later(delayMs: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, delayMs);
    timer.unref();
    this.timers.add(timer);
  }
}

function conditionOf(definition: KubeObject, type: string): JsonObject | undefined {
  return listAt(objectAt(definition, 'status'), 'conditions')
    .filter(isJsonObject)
    .find((condition) => condition['type'] === type);
}

/** Whether the names that the definition asks for are the accepted ones. */
function hasItsNames(definition: KubeObject): boolean {
  const accepted = objectAt(objectAt(definition, 'status'), 'acceptedNames');
  return isTrue(definition, 'NamesAccepted') && equalJson(accepted, objectAt(objectAt(definition, 'spec'), 'names'));
}

const isTrue = (definition: KubeObject, type: string): boolean => conditionOf(definition, type)?.['status'] === 'True';
const conditionReason = (definition: KubeObject, type: string): string => stringAt(conditionOf(definition, type), 'reason');

function setCondition(status: JsonObject, now: string, type: string, value: 'True' | 'False', reason: string, message: string): void {
  const conditions = listAt(status, 'conditions').filter(isJsonObject);
  const old = conditions.find((condition) => condition['type'] === type);
  const lastTransitionTime = old?.['status'] === value && typeof old['lastTransitionTime'] === 'string' ? old['lastTransitionTime'] : now;
  const condition: JsonObject = { type, status: value, lastTransitionTime, reason, message };
  status['conditions'] = old === undefined ? [...conditions, condition] : conditions.map((other) => (other === old ? condition : other));
}
