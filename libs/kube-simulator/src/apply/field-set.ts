import { isJsonObject } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';

/**
 * A set of paths into an object, as `metadata.managedFields` holds it (Kubernetes API, FieldsV1). One step of a path is the text that stands
 * there: `f:name` for a field, `k:{…}` for an item by its keys, `v:…` for an item of a set, `i:…` for an item by its place. Sets are values:
 * every operation makes a new one.
 */
export class FieldSet {
  static readonly empty = new FieldSet(new Set(), new Map());

  private constructor(
    private readonly members: ReadonlySet<string>,
    private readonly children: ReadonlyMap<string, FieldSet>,
  ) {}

  /** Reads the JSON of a managedFields entry. */
  static fromJson(json: JsonObject): FieldSet {
    const members = new Set<string>();
    const children = new Map<string, FieldSet>();
    for (const [step, value] of Object.entries(json)) {
      if (step === '.' || !isJsonObject(value)) continue;
      if (Object.keys(value).length === 0 || value['.'] !== undefined) members.add(step);
      const child = FieldSet.fromJson(value);
      if (!child.isEmpty) children.set(step, child);
    }
    return new FieldSet(members, children);
  }

  static of(...paths: readonly (readonly string[])[]): FieldSet {
    const builder = new FieldSetBuilder();
    for (const path of paths) builder.add(path);
    return builder.build();
  }

  /** Makes a set of its parts; children without anything in them are left out. */
  static make(members: ReadonlySet<string>, children: ReadonlyMap<string, FieldSet>): FieldSet {
    const kept = new Map([...children].filter(([, child]) => !child.isEmpty));
    return members.size === 0 && kept.size === 0 ? FieldSet.empty : new FieldSet(members, kept);
  }

  get isEmpty(): boolean {
    return this.members.size === 0 && this.children.size === 0;
  }

  /** Whether the path of this one step is a member. */
  hasMember(step: string): boolean {
    return this.members.has(step);
  }

  /** What is in the set below a step. */
  below(step: string): FieldSet {
    return this.children.get(step) ?? FieldSet.empty;
  }

  get memberSteps(): ReadonlySet<string> {
    return this.members;
  }

  get childSteps(): ReadonlyMap<string, FieldSet> {
    return this.children;
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    if (this.isEmpty) return other;
    const children = new Map(this.children);
    for (const [step, child] of other.children) children.set(step, this.below(step).union(child));
    return FieldSet.make(new Set([...this.members, ...other.members]), children);
  }

  intersection(other: FieldSet): FieldSet {
    const children = new Map<string, FieldSet>();
    for (const [step, child] of this.children) children.set(step, child.intersection(other.below(step)));
    return FieldSet.make(new Set([...this.members].filter((step) => other.members.has(step))), children);
  }

  /** The paths that are not in the other set. */
  difference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    const children = new Map<string, FieldSet>();
    for (const [step, child] of this.children) children.set(step, child.difference(other.below(step)));
    return FieldSet.make(new Set([...this.members].filter((step) => !other.members.has(step))), children);
  }

  /** The paths that are neither in the other set nor below one that is. */
  recursiveDifference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    const children = new Map<string, FieldSet>();
    for (const [step, child] of this.children)
      if (!other.members.has(step)) children.set(step, child.recursiveDifference(other.below(step)));
    return FieldSet.make(new Set([...this.members].filter((step) => !other.members.has(step))), children);
  }

  /** Every path; at each level those that end there come first. */
  paths(): string[][] {
    const members = [...this.members].toSorted(compareSteps).map((step) => [step]);
    const below = [...this.children.keys()].toSorted(compareSteps).flatMap((step) =>
      this.below(step)
        .paths()
        .map((path) => [step, ...path]),
    );
    return [...members, ...below];
  }

  toJson(): JsonObject {
    const json: JsonObject = {};
    const steps = [...new Set([...this.members, ...this.children.keys()])].toSorted(compareSteps);
    for (const step of steps) {
      const child = this.children.get(step);
      if (child === undefined) json[step] = {};
      else json[step] = this.members.has(step) ? { '.': {}, ...child.toJson() } : child.toJson();
    }
    return json;
  }
}

/** Collects paths. */
export class FieldSetBuilder {
  private readonly members = new Set<string>();
  private readonly children = new Map<string, FieldSetBuilder>();

  add(path: readonly string[]): void {
    const [first, ...rest] = path;
    if (first === undefined) return;
    if (rest.length === 0) this.members.add(first);
    else this.at(first).add(rest);
  }

  build(): FieldSet {
    return FieldSet.make(this.members, new Map([...this.children].map(([step, child]) => [step, child.build()])));
  }

  private at(step: string): FieldSetBuilder {
    const present = this.children.get(step);
    if (present !== undefined) return present;
    const created = new FieldSetBuilder();
    this.children.set(step, created);
    return created;
  }
}

const compareSteps = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** A path as messages show it: `.spec.ports[port=80,protocol="TCP"].name`. */
export function pathText(path: readonly string[]): string {
  return path.map(stepText).join('');
}

function stepText(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith('f:')) return `.${rest}`;
  if (step.startsWith('v:')) return `[=${rest}]`;
  if (step.startsWith('i:')) return `[${rest}]`;
  const keys = JSON.parse(rest) as JsonObject;
  return `[${Object.keys(keys)
    .map((key) => `${key}=${JSON.stringify(keys[key])}`)
    .join(',')}]`;
}
