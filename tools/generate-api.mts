// Generates libs/api's types and validators from deploy/crds, one file a kind, and the CRDs themselves as text.
//   node tools/generate-api.mts            writes them
//   node tools/generate-api.mts --check    fails where what is checked in differs
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The part of a structural schema that deploy/crds uses. What is not here is refused, so that nothing is left out in silence. */
interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
}

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const known = new Set(
  'type description properties required items enum format pattern minimum maximum minLength maxLength maxItems default'.split(' '),
);
const root = join(import.meta.dirname, '..');
const crdDir = join(root, 'deploy/crds');
const outDir = join(root, 'libs/api/src');
const banner = (source: string) => `// Generated from ${source} by \`npm run generate\`. Do not edit.\n`;

function refuseUnknown(schema: Schema, path: string): void {
  for (const key of Object.keys(schema)) {
    if (!known.has(key) && !key.startsWith('x-kubernetes-')) throw new Error(`${path}: the generator does not know "${key}"`);
  }
}

/** The zod expression of a schema. Unknown fields are dropped, as the API server prunes them. */
function zodOf(schema: Schema, path: string, indent: string): string {
  refuseUnknown(schema, path);
  switch (schema.type) {
    case 'string':
      return stringOf(schema);
    case 'integer':
      return `z.int()${bound('.min', schema.minimum)}${bound('.max', schema.maximum)}`;
    case 'boolean':
      return 'z.boolean()';
    case 'array':
      if (!schema.items) throw new Error(`${path}: an array without items`);
      return `z.array(${zodOf(schema.items, `${path}[]`, indent)})${bound('.max', schema.maxItems)}`;
    case 'object':
      return objectOf(schema, path, indent);
    default:
      throw new Error(`${path}: the generator does not know type "${String(schema.type)}"`);
  }
}

function stringOf(schema: Schema): string {
  if (schema.enum) return `z.enum([${schema.enum.map((v) => `'${v}'`).join(', ')}])`;
  const pattern = schema.pattern ? `.regex(/${schema.pattern.replaceAll('/', '\\/')}/)` : '';
  return `z.string()${bound('.min', schema.minLength)}${bound('.max', schema.maxLength)}${pattern}`;
}

function objectOf(schema: Schema, path: string, indent: string): string {
  if (!schema.properties) return 'z.record(z.string(), z.unknown())';
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties).map(([name, field]) => {
    const optional = !schema.required?.includes(name);
    const hasDefault = field.default !== undefined && typeof field.default !== 'object';
    const suffix = hasDefault ? `.default(${JSON.stringify(field.default).replaceAll('"', "'")})` : optional ? '.optional()' : '';
    const doc = field.description ? `${inner}/** ${field.description.trim()} */\n` : '';
    return `${doc}${inner}${name}: ${zodOf(field, `${path}.${name}`, inner)}${suffix},\n`;
  });
  return `z.object({\n${fields.join('')}${indent}})`;
}

function bound(method: string, value: number | undefined): string {
  return value === undefined ? '' : `${method}(${value})`;
}

/** Spec and status have schemas and types of their own; the object puts them beside the metadata. */
function moduleOf(crd: Crd, file: string): string {
  const { kind, plural } = crd.spec.names;
  const version = crd.spec.versions[0];
  if (!version || crd.spec.versions.length > 1) throw new Error(`${file}: the generator expects one version`);
  const schema = version.schema.openAPIV3Schema;
  const parts = (['spec', 'status'] as const).flatMap((part) => {
    const partSchema = schema.properties?.[part];
    return partSchema ? [{ part, partSchema, name: `${kind}${part === 'spec' ? 'Spec' : 'Status'}` }] : [];
  });
  const lines = [
    banner(`deploy/crds/${file}`),
    `import { z } from 'zod';`,
    `import { ObjectMeta } from './object-meta.js';`,
    `import type { Resource } from './resource.js';`,
    '',
  ];
  for (const { partSchema, name } of parts) {
    lines.push(`/** ${partSchema.description} */`);
    lines.push(`export const ${name} = ${zodOf(partSchema, name, '')};`);
    lines.push(`export type ${name} = z.infer<typeof ${name}>;`, '');
  }
  lines.push(`/** ${schema.description?.trim()} */`);
  lines.push(`export const ${kind} = z.object({`, '  apiVersion: z.string(),', '  kind: z.string(),', '  metadata: ObjectMeta,');
  for (const { part, name } of parts) {
    lines.push(`  ${part}: ${name}${schema.required?.includes(part) ? '' : '.optional()'},`);
  }
  lines.push('});', `export type ${kind} = z.infer<typeof ${kind}>;`, '');
  lines.push(`/** Where an API server serves ${kind}. */`);
  lines.push(
    `export const ${kind}Resource = { group: '${crd.spec.group}', version: '${version.name}', plural: '${plural}', kind: '${kind}', namespaced: ${crd.spec.scope === 'Namespaced'} } as const satisfies Resource;`,
    '',
  );
  return lines.join('\n');
}

function textModule(files: readonly string[]): string {
  const entries = files.map((file) => `  ${JSON.stringify(file)}: ${JSON.stringify(readFileSync(join(crdDir, file), 'utf8'))},\n`);
  return `${banner('deploy/crds')}\n/** The CRDs as YAML, by file name, for \`lattice-hub crds\`. */\nexport const crdYaml: Readonly<Record<string, string>> = {\n${entries.join('')}};\n`;
}

const kebab = (kind: string) => kind.replace(/(?<=[a-z])[A-Z]/g, (c) => `-${c}`).toLowerCase();
const files = readdirSync(crdDir)
  .filter((f) => f.endsWith('.yaml'))
  .toSorted();
const outputs = new Map<string, string>([['crds.generated.ts', textModule(files)]]);
for (const file of files) {
  const crd = parse(readFileSync(join(crdDir, file), 'utf8')) as Crd;
  outputs.set(`${kebab(crd.spec.names.kind)}.generated.ts`, moduleOf(crd, file));
}

const check = process.argv.includes('--check');
let stale = 0;
for (const [name, text] of outputs) {
  const path = join(outDir, name);
  let current = '';
  try {
    current = readFileSync(path, 'utf8');
  } catch {
    // It is missing, and so it differs.
  }
  if (current === text) continue;
  stale++;
  if (!check) writeFileSync(path, text);
  console.log(`${check ? 'differs from deploy/crds' : 'written'}: libs/api/src/${name}`);
}
if (check && stale > 0) {
  console.error('Run `npm run generate` and commit what it writes.');
  process.exit(1);
}
