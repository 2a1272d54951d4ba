import { splitApiVersion } from '../object/kube-object.js';
import { apiVersionOf } from './resource.js';
import type { Resource } from './resource.js';

/** The resources that a cluster serves at the moment. */
export class Registry {
  private readonly byPath = new Map<string, Resource>();

  constructor(builtIn: readonly Resource[]) {
    for (const resource of builtIn) this.add(resource);
  }

  /** Serves a resource; one of the same group, version and name is replaced. */
  add(resource: Resource): void {
    this.byPath.set(pathOf(resource.group, resource.version, resource.plural), resource);
  }

  remove(resource: Pick<Resource, 'group' | 'version' | 'plural'>): void {
    this.byPath.delete(pathOf(resource.group, resource.version, resource.plural));
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.byPath.get(pathOf(group, version, plural));
  }

  findKind(apiVersion: string, kind: string): Resource | undefined {
    const { group, version } = splitApiVersion(apiVersion);
    return this.all().find((resource) => resource.group === group && resource.version === version && resource.kind === kind);
  }

  /** Every version of a resource of one group. */
  versionsOf(group: string, plural: string): Resource[] {
    return this.all().filter((resource) => resource.group === group && resource.plural === plural);
  }

  all(): Resource[] {
    return [...this.byPath.values()];
  }

  /** Whether anything is served of a group, of one version of it where that is given. */
  serves(group: string, version?: string): boolean {
    return this.all().some((resource) => resource.group === group && (version === undefined || resource.version === version));
  }

  /** Resources of an apiVersion in the order in which they came. */
  inVersion(apiVersion: string): Resource[] {
    return this.all().filter((resource) => apiVersionOf(resource) === apiVersion);
  }
}

const pathOf = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;
