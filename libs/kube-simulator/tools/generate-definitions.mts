/**
 * Makes src/schema/definitions.generated.ts out of the OpenAPI v3 documents of a real API server: the names, types and list semantics of the
 * fields of the built-in kinds that the simulator serves. Documentation texts are left out.
 *
 *   node generate-definitions.mts FOLDER MODULES
 *
 * FOLDER holds what `kubectl get --raw /openapi/v3/api/v1` and so on answer, one file a group version, as *.json. MODULES is the folder with the
 * Go modules k8s.io/api, k8s.io/apimachinery and k8s.io/apiextensions-apiserver; their struct tags tell in which order fields are written,
 * whether an empty one is written at all, and which numbers they have in protobuf.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Node = Readonly<Record<string, unknown>>;

const roots = [
  'core.v1.Namespace',
  'core.v1.Service',
  'core.v1.Pod',
  'core.v1.Node',
  'core.v1.Secret',
  'core.v1.ConfigMap',
  'core.v1.ServiceAccount',
  'core.v1.Event',
  'discovery.v1.EndpointSlice',
  'coordination.v1.Lease',
  'events.v1.Event',
  'rbac.v1.Role',
  'rbac.v1.RoleBinding',
  'rbac.v1.ClusterRole',
  'rbac.v1.ClusterRoleBinding',
  'authentication.v1.TokenReview',
  'authentication.v1.TokenRequest',
  'authentication.v1.SelfSubjectReview',
  'authorization.v1.SubjectAccessReview',
  'authorization.v1.LocalSubjectAccessReview',
  'authorization.v1.SelfSubjectAccessReview',
  'authorization.v1.SelfSubjectRulesReview',
].map((name) => `io.k8s.api.${name}`);
const machinery = ['ObjectMeta', 'ListMeta', 'Status', 'DeleteOptions'].map((name) => `io.k8s.apimachinery.pkg.apis.meta.v1.${name}`);
const extensions = ['io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition'];

const kept = ['type', 'format', 'required', 'default', 'enum', 'nullable'] as const;
const renamed: Readonly<Record<string, string>> = {
  'x-kubernetes-list-type': 'listType',
  'x-kubernetes-list-map-keys': 'listMapKeys',
  'x-kubernetes-map-type': 'mapType',
  'x-kubernetes-patch-merge-key': 'patchMergeKey',
  'x-kubernetes-patch-strategy': 'patchStrategy',
};

function convert(node: Node): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const only = Array.isArray(node['allOf']) && node['allOf'].length === 1 ? (node['allOf'][0] as Node) : undefined;
  const reference = node['$ref'] ?? only?.['$ref'];
  if (typeof reference === 'string') result['ref'] = reference.slice(reference.lastIndexOf('/') + 1);
  if (Array.isArray(node['oneOf'])) result['type'] = 'any';
  for (const key of kept) if (node[key] !== undefined && !isEmptyDefault(key, node[key])) result[key] = node[key];
  for (const [from, to] of Object.entries(renamed)) if (node[from] !== undefined) result[to] = node[from];
  if (node['properties'] !== undefined) {
    result['properties'] = Object.fromEntries(
      Object.entries(node['properties'] as Record<string, Node>).map(([name, child]) => [name, convert(child)]),
    );
  }
  for (const key of ['items', 'additionalProperties']) if (typeof node[key] === 'object') result[key] = convert(node[key] as Node);
  return result;
}

const isEmptyDefault = (key: string, value: unknown): boolean =>
  key === 'default' && (value === '' || value === 0 || (typeof value === 'object' && value !== null && Object.keys(value).length === 0));

function referencesIn(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'ref' && typeof child === 'string') found.add(child);
    else referencesIn(child, found);
  }
}

interface GoField {
  readonly name: string;
  readonly goName: string;
  readonly isPointer: boolean;
  readonly isStruct: boolean;
  readonly type: string;
  readonly options: readonly string[];
  /** The numbers by which protobuf reaches the field: more than one where a struct is inline in JSON and a message of its own there. */
  readonly proto: readonly number[];
}

/** The fields of every struct of a package, embedded ones in place. */
function readStructs(files: readonly string[]): Map<string, GoField[]> {
  const bodies = new Map<string, string[]>();
  for (const file of files) {
    for (const match of readFileSync(file, 'utf8').matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm))
      bodies.set(match[1] ?? '', (match[2] ?? '').split('\n'));
  }
  const fieldsOf = (name: string): GoField[] => (bodies.get(name) ?? []).flatMap((line) => readField(line, fieldsOf));
  return new Map([...bodies.keys()].map((name) => [name, fieldsOf(name)]));
}

function readField(line: string, fieldsOf: (name: string) => GoField[]): GoField[] {
  const match = /^\s+(?:(\w+)\s+)?(\*?)((?:\[\]|map\[\w+\])*[\w.*]+)\s+`json:"([^"]*)"([^`]*)`/.exec(line);
  if (match === null) return [];
  const [, goName, pointer, type = '', tag = '', moreTags = ''] = match;
  const number = /protobuf:"\w+,(\d+),/.exec(moreTags)?.[1];
  const proto = number === undefined ? [] : [Number(number)];
  const [name = '', ...options] = tag.split(',');
  if (name === '-') return [];
  if (name === '') {
    if (type.endsWith('TypeMeta'))
      return ['kind', 'apiVersion'].map((field) => ({
        name: field,
        goName: field,
        isPointer: false,
        isStruct: false,
        type: 'string',
        options: ['omitempty'],
        proto: [],
      }));
    return fieldsOf(type).map((field) => ({ ...field, proto: [...proto, ...field.proto] }));
  }
  return [{ name, goName: goName ?? '', isPointer: pointer === '*', isStruct: /^[\w.]+$/.test(type), type, options, proto }];
}

/** Adds to a definition in which order its fields are written, and what becomes of empty ones. */
function addGoFacts(
  definition: Record<string, unknown>,
  fields: readonly GoField[],
  all: Readonly<Record<string, unknown>>,
  packageLabel: string,
): void {
  const properties = definition['properties'] as Record<string, Record<string, unknown>> | undefined;
  if (properties === undefined) return;
  const ordered: Record<string, Record<string, unknown>> = {};
  for (const field of fields) {
    const property = properties[field.name];
    if (property === undefined) continue;
    ordered[field.name] = property;
    const goType = qualify(field.type, packageLabel);
    if (property['ref'] === undefined && !/^(\[\]|map\[string\])*(string|bool|int32|int64)$/.test(goType)) property['goType'] = goType;
    if (field.proto.length > 0) property['proto'] = field.proto;
    if (field.isPointer || isMachinery(field.name, definition)) continue;
    const target = (property['ref'] === undefined ? property : all[property['ref'] as string]) as Record<string, unknown>;
    const isStruct = target['properties'] !== undefined || (target['type'] === 'any' && field.isStruct) || target['format'] === 'date-time';
    const omitted = field.options.includes(isStruct ? 'omitzero' : 'omitempty');
    property['empty'] = omitted ? 'omit' : 'write';
  }
  for (const name of Object.keys(properties)) ordered[name] ??= properties[name] as Record<string, unknown>;
  definition['properties'] = ordered;
}

/** A Go type as error messages name it: with the name of its package. */
const qualify = (type: string, packageLabel: string): string =>
  type.replace(/([\w.]+)$/, (name) => {
    if (/^(string|bool|int32|int64|byte)$/.test(name)) return name === 'byte' ? 'uint8' : name;
    return name.includes('.') ? name.replace(/^metav1\./, 'v1.') : `${packageLabel}.${name}`;
  });

/** The metadata of an object is filled in by the server and written always. */
const isMachinery = (name: string, definition: Record<string, unknown>): boolean =>
  name === 'metadata' && (definition['properties'] as Record<string, unknown>)['apiVersion'] !== undefined;

/** The Go files that a definition's package consists of. */
function packageFolder(modules: string, packageName: string): string | undefined {
  const module = (name: string): string => join(modules, readdirSync(modules).find((entry) => entry.startsWith(`${name}@`)) ?? name);
  const api = /^io\.k8s\.api\.(\w+)\.(\w+)$/.exec(packageName);
  if (api !== null) return join(module('api'), api[1] ?? '', api[2] ?? '');
  if (packageName === 'io.k8s.apimachinery.pkg.apis.meta.v1') return join(module('apimachinery'), 'pkg/apis/meta/v1');
  if (packageName.startsWith('io.k8s.apiextensions-apiserver')) return join(module('apiextensions-apiserver'), 'pkg/apis/apiextensions/v1');
  return undefined;
}

const [folder, modules] = process.argv.slice(2);
if (folder === undefined || modules === undefined) throw new Error('say which folders hold the OpenAPI documents and the Go modules');
const all = new Map<string, Node>();
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .toSorted()) {
  const document = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { components: { schemas: Record<string, Node> } };
  for (const [name, schema] of Object.entries(document.components.schemas)) all.set(name, schema);
}
const definitions: Record<string, unknown> = {};
const wanted = [...roots, ...machinery, ...extensions];
for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
  const schema = all.get(name);
  if (definitions[name] !== undefined || schema === undefined) continue;
  const converted = convert(schema);
  definitions[name] = converted;
  const found = new Set<string>();
  referencesIn(converted, found);
  wanted.push(...found);
}
const structs = new Map<string, Map<string, GoField[]>>();
for (const [name, definition] of Object.entries(definitions)) {
  const packageName = name.slice(0, name.lastIndexOf('.'));
  const source = packageFolder(modules, packageName);
  if (source === undefined) continue;
  const known =
    structs.get(packageName) ??
    readStructs(
      readdirSync(source)
        .filter((file) => /^types.*\.go$|^micro_time\.go$/.test(file))
        .map((file) => join(source, file)),
    );
  structs.set(packageName, known);
  addGoFacts(
    definition as Record<string, unknown>,
    known.get(name.slice(name.lastIndexOf('.') + 1)) ?? [],
    definitions,
    packageName.slice(packageName.lastIndexOf('.') + 1),
  );
}
const sorted = Object.fromEntries(Object.entries(definitions).toSorted(([left], [right]) => (left < right ? -1 : 1)));
const text = JSON.stringify(sorted).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
writeFileSync(
  join(import.meta.dirname, '../src/schema/definitions.generated.ts'),
  `/** The fields of the built-in kinds of Kubernetes 1.37, as JSON. Made by tools/generate-definitions.mts from a server's OpenAPI documents. */\nexport const definitionsJson = '${text}';\n`,
);
