import { definitionsJson } from './definitions.generated.js';
import type { Schema } from './schema.js';

/** A schema that refers to definitions by name. */
interface RawSchema extends Omit<Schema, 'properties' | 'additionalProperties' | 'items'> {
  readonly ref?: string;
  readonly properties?: Readonly<Record<string, RawSchema>>;
  readonly additionalProperties?: RawSchema;
  readonly items?: RawSchema;
}

/** The types of the built-in kinds by their OpenAPI names. They never change, and every cluster shares them. */
export const definitions: ReadonlyMap<string, Schema> = link(JSON.parse(definitionsJson) as Record<string, RawSchema>);

/**
 * The type of that name.
 * @throws Error where the simulator knows no such type
 */
export function definition(name: string): Schema {
  const schema = definitions.get(name);
  if (schema === undefined) throw new Error(`no built-in type is called ${name}`);
  return schema;
}

/** The metadata of every object. */
export const objectMetaSchema: Schema = definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');

/** Puts definitions in the place of their names. Types may contain themselves, so every one exists before any is filled. */
function link(raw: Readonly<Record<string, RawSchema>>): ReadonlyMap<string, Schema> {
  const linked = new Map<string, Schema>(Object.keys(raw).map((name) => [name, {}]));
  const deferred: (() => void)[] = [];
  const resolve = (node: RawSchema): Schema => {
    const { ref, properties, items, additionalProperties, ...own } = node;
    if (ref !== undefined) {
      const target = linked.get(ref) ?? {};
      if (Object.keys(own).length === 0) return target;
      const field: Schema = {};
      deferred.push(() => Object.assign(field, target, own));
      return field;
    }
    return {
      ...own,
      ...(properties === undefined
        ? {}
        : { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, resolve(child)])) }),
      ...(items === undefined ? {} : { items: resolve(items) }),
      ...(additionalProperties === undefined ? {} : { additionalProperties: resolve(additionalProperties) }),
    };
  };
  for (const [name, node] of Object.entries(raw)) Object.assign(linked.get(name) ?? {}, resolve(node), { definition: name });
  for (const fill of deferred) fill();
  return linked;
}
