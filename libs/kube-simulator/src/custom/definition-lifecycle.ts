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
      this.acceptWaiting(key.slice(key.indexOf('.') + 1));
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
      const { accepted, conflict } = this.judgeNames(definition, names);
      status['acceptedNames'] = accepted;
      if (conflict !== undefined) {
        setCondition(status, this.cluster.now(), 'NamesAccepted', 'False', conflict.reason, conflict.message);
        setCondition(status, this.cluster.now(), 'Established', 'False', 'NotAccepted', 'not all names are accepted');
        return;
      }
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

  /** The names that a definition can have, and what keeps it from the last one that it can't have. */
  private judgeNames(definition: KubeObject, names: JsonObject): { accepted: JsonObject; conflict: NameConflict | undefined } {
    const had = objectAt(objectAt(definition, 'status'), 'acceptedNames') ?? {};
    const { resources, kinds } = this.namesOfOthers(definition);
    const accepted: JsonObject = { ...had };
    let conflict: NameConflict | undefined;
    const judge = (field: string, used: ReadonlySet<string>): void => {
      const wanted = field === 'shortNames' ? stringsAt(names, field) : [stringAt(names, field)].filter((name) => name !== '');
      const taken = wanted.filter((name) => used.has(name));
      if (taken.length > 0) conflict = { reason: `${field.charAt(0).toUpperCase()}${field.slice(1)}Conflict`, message: inUse(taken) };
      else if (names[field] === undefined) delete accepted[field];
      else accepted[field] = names[field];
    };
    for (const field of ['plural', 'singular', 'shortNames']) judge(field, resources);
    for (const field of ['kind', 'listKind']) judge(field, kinds);
    if (names['categories'] === undefined) delete accepted['categories'];
    else accepted['categories'] = names['categories'];
    return { accepted, conflict };
  }

  private namesOfOthers(definition: KubeObject): { resources: ReadonlySet<string>; kinds: ReadonlySet<string> } {
    const others = this.inGroup(groupOf(definition))
      .filter((other) => nameOf(other) !== nameOf(definition))
      .map((other) => objectAt(objectAt(other, 'status'), 'acceptedNames') ?? {});
    return {
      resources: new Set(
        others.flatMap((other) => [stringAt(other, 'plural'), stringAt(other, 'singular'), ...stringsAt(other, 'shortNames')]),
      ),
      kinds: new Set(others.flatMap((other) => [stringAt(other, 'kind'), stringAt(other, 'listKind')])),
    };
  }

  private inGroup(group: string): KubeObject[] {
    return this.cluster
      .table(this.definitions)
      .list('')
      .map(parseStored)
      .filter((other) => groupOf(other) === group);
  }

  /** Judges again those that wait for a name, once one is free. */
  private acceptWaiting(group: string): void {
    for (const waiting of this.inGroup(group)) if (!hasItsNames(waiting)) this.later(0, () => this.acceptNames(nameOf(waiting)));
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
    else {
      trackUpdate(stored, definition, this.definitions.schema, fieldWriter(this.statusRequest()));
      writeObject(this.cluster, this.definitions, definition);
    }
  }

  private read(key: string): KubeObject | undefined {
    const stored = this.cluster.table(this.definitions).get(key);
    return stored === undefined ? undefined : parseStored(stored);
  }

  private updateStatus(key: string, change: (definition: KubeObject, status: JsonObject) => void): void {
    if (this.read(key) === undefined) return;
    const request = this.statusRequest();
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

  private statusRequest(): WriteRequest {
    return {
      cluster: this.cluster,
      resource: this.definitions,
      namespace: '',
      subresource: 'status',
      manager: 'kube-apiserver',
      dryRun: false,
      fieldValidation: 'Ignore',
      warnings: [],
    };
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

/** Why a name can't be had. */
interface NameConflict {
  readonly reason: string;
  readonly message: string;
}

function inUse(names: readonly string[]): string {
  const texts = names.map((name) => `${JSON.stringify(name)} is already in use`);
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

const groupOf = (definition: KubeObject): string => stringAt(objectAt(definition, 'spec'), 'group');

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
