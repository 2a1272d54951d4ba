// Generates the models of libs/aws-simulator from botocore's service models (Apache-2.0), one file a service, without their prose.
//   node tools/generate-aws-shapes.mts <path>/vpc-lattice/2022-11-30/service-2.json [more service-2.json files]            writes them
//   node tools/generate-aws-shapes.mts --check <path>/service-2.json ...                                                  fails where they differ
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

interface BotocoreMember {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}
interface BotocoreShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, BotocoreMember>>;
  readonly required?: readonly string[];
  readonly member?: BotocoreMember;
  readonly key?: BotocoreMember;
  readonly value?: BotocoreMember;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly union?: boolean;
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean };
  readonly exception?: boolean;
  readonly fault?: boolean;
}
interface BotocoreOperation {
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string; readonly resultWrapper?: string };
  readonly errors?: readonly { readonly shape: string }[];
  readonly authtype?: string;
}
interface BotocoreModel {
  readonly metadata: {
    readonly apiVersion: string;
    readonly serviceId: string;
    readonly endpointPrefix: string;
    readonly signingName?: string;
  };
  readonly operations: Readonly<Record<string, BotocoreOperation>>;
  readonly shapes: Readonly<Record<string, BotocoreShape>>;
}

/** What the simulator serves of each service; everything else is refused by name. */
interface Selection {
  readonly file: string;
  readonly prefix: string;
  readonly served: readonly string[];
}

const source = 'botocore 1.43.67, Apache-2.0';
const outDir = join(import.meta.dirname, '../libs/aws-simulator/src/models');
const crud = (noun: string, verbs = ['Create', 'Get', 'Update', 'Delete']) => verbs.map((verb) => `${verb}${noun}`);
const selections: Readonly<Record<string, Selection>> = {
  'VPC Lattice': {
    file: 'vpc-lattice.generated.ts',
    prefix: 'vpcLattice',
    served: [
      ...crud('TargetGroup'),
      'ListTargetGroups',
      'RegisterTargets',
      'DeregisterTargets',
      'ListTargets',
      'TagResource',
      'UntagResource',
      'ListTagsForResource',
      ...crud('Service'),
      'ListServices',
      ...crud('Listener'),
      'ListListeners',
      ...crud('Rule'),
      'ListRules',
      'BatchUpdateRule',
    ],
  },
  STS: { file: 'sts.generated.ts', prefix: 'sts', served: ['AssumeRole', 'AssumeRoleWithWebIdentity', 'GetCallerIdentity'] },
  'Resource Groups Tagging API': {
    file: 'tagging.generated.ts',
    prefix: 'tagging',
    served: ['GetResources', 'TagResources', 'UntagResources', 'GetTagKeys', 'GetTagValues'],
  },
};

/** Every shape that the served operations reach, errors included, in the order of their names. */
function reachable(model: BotocoreModel, roots: readonly string[]): string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const shape = shapeOf(model, name);
    for (const member of Object.values(shape.members ?? {})) visit(member.shape);
    for (const member of [shape.member, shape.key, shape.value]) if (member) visit(member.shape);
  };
  roots.forEach(visit);
  return [...seen].toSorted((a, b) => a.localeCompare(b));
}

function shapeOf(model: BotocoreModel, name: string): BotocoreShape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`the model has no shape "${name}"`);
  return shape;
}

function memberOf(member: BotocoreMember): object {
  const { shape, location, locationName } = member;
  if (location === undefined) return { shape };
  if (!['uri', 'querystring', 'header'].includes(location)) throw new Error(`the generator does not know the location "${location}"`);
  return { shape, location, locationName };
}

function errorOf(shape: BotocoreShape): object | undefined {
  if (!shape.exception) return undefined;
  const isFault = shape.fault === true;
  return {
    status: shape.error?.httpStatusCode ?? (isFault ? 500 : 400),
    ...(shape.error?.code === undefined ? {} : { code: shape.error.code }),
    ...(isFault ? { fault: 'receiver' } : {}),
  };
}

function compact(name: string, shape: BotocoreShape): object {
  const limits = { ...(shape.min === undefined ? {} : { min: shape.min }), ...(shape.max === undefined ? {} : { max: shape.max }) };
  switch (shape.type) {
    case 'structure': {
      const error = errorOf(shape);
      return {
        type: 'structure',
        ...(shape.required?.length ? { required: shape.required } : {}),
        members: Object.fromEntries(Object.entries(shape.members ?? {}).map(([key, member]) => [key, memberOf(member)])),
        ...(shape.union ? { union: true } : {}),
        ...(error ? { error } : {}),
      };
    }
    case 'list':
      return { type: 'list', member: shape.member?.shape, ...limits };
    case 'map':
      return { type: 'map', key: shape.key?.shape, value: shape.value?.shape, ...limits };
    case 'string':
      // A pattern that the simulator can't compile must fail here, not there.
      if (shape.pattern !== undefined) RegExp(`^(?:${shape.pattern})$`, 'su');
      return {
        type: 'string',
        ...limits,
        ...(shape.pattern === undefined ? {} : { pattern: shape.pattern }),
        ...(shape.enum === undefined ? {} : { enum: shape.enum }),
      };
    case 'integer':
      return { type: 'integer', ...limits };
    case 'boolean':
    case 'timestamp':
      return { type: shape.type };
    default:
      throw new Error(`${name}: the generator does not know the type "${shape.type}"`);
  }
}

/** The TypeScript type of a shape; `ref` says how a structure is named. */
function typeOf(model: BotocoreModel, name: string, ref: (name: string) => string): string {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case 'structure':
      return ref(name);
    case 'list':
      return `readonly ${wrap(typeOf(model, shape.member?.shape ?? '', ref))}[]`;
    case 'map':
      return `Readonly<Record<string, ${typeOf(model, shape.value?.shape ?? '', ref)}>>`;
    case 'string':
      return shape.enum ? shape.enum.map((value) => `'${value}'`).join(' | ') : 'string';
    case 'integer':
      return 'number';
    case 'timestamp':
      return 'Date';
    default:
      return 'boolean';
  }
}

function wrap(type: string): string {
  return type.includes(' ') ? `(${type})` : type;
}

function structureType(model: BotocoreModel, name: string, ref: (name: string) => string): string {
  const shape = shapeOf(model, name);
  const fields = Object.entries(shape.members ?? {}).map(([key, member]) => {
    const type = typeOf(model, member.shape, ref);
    return shape.required?.includes(key) ? `readonly ${key}: ${type}` : `readonly ${key}?: ${type} | undefined`;
  });
  return `  readonly ${name}: { ${fields.join('; ')} };`.replace('{  }', '{}');
}

function operationOf(operation: BotocoreOperation): object {
  return {
    method: operation.http.method,
    uri: operation.http.requestUri,
    status: operation.http.responseCode ?? 200,
    ...(operation.input ? { input: operation.input.shape } : {}),
    ...(operation.output ? { output: operation.output.shape } : {}),
    ...(operation.output?.resultWrapper ? { resultWrapper: operation.output.resultWrapper } : {}),
    errors: (operation.errors ?? []).map((error) => error.shape),
    ...(operation.authtype === 'none' ? { unsigned: true } : {}),
  };
}

function lines(entries: readonly (readonly [string, object])[]): string {
  return entries.map(([name, value]) => `    ${name}: ${JSON.stringify(value)},`).join('\n');
}

function generate(model: BotocoreModel, selection: Selection): string {
  const { prefix, served } = selection;
  const operation = (name: string): BotocoreOperation => {
    const found = model.operations[name];
    if (!found) throw new Error(`the model has no operation "${name}"`);
    return found;
  };
  const roots = served.flatMap((name) => {
    const { input, output, errors } = operation(name);
    return [input?.shape, output?.shape, ...(errors ?? []).map((error) => error.shape)].filter((shape) => shape !== undefined);
  });
  const names = reachable(model, roots);
  const structures = names.filter((name) => shapeOf(model, name).type === 'structure');
  const refused = Object.entries(model.operations).filter(([name]) => !served.includes(name));
  const typeName = prefix[0]?.toUpperCase() + prefix.slice(1);
  const ref = (name: string) => `${typeName}Shapes['${name}']`;
  const side = (shape: { readonly shape: string } | undefined) => (shape ? ref(shape.shape) : '{}');
  return `// Generated by tools/generate-aws-shapes.mts from the ${model.metadata.serviceId} ${model.metadata.apiVersion} service model of ${source}. Do not edit.
import type { ServiceModel } from './service-model.js';

/** The structures of ${model.metadata.serviceId}, by name. */
export interface ${typeName}Shapes {
${structures.map((name) => structureType(model, name, ref)).join('\n')}
}

/** What each served operation of ${model.metadata.serviceId} takes and answers. */
export interface ${typeName}Operations {
${served.map((name) => `  readonly ${name}: { readonly input: ${side(operation(name).input)}; readonly output: ${side(operation(name).output)} };`).join('\n')}
}

export const ${prefix}Model: ServiceModel = {
  signingName: '${model.metadata.signingName ?? model.metadata.endpointPrefix}',
  apiVersion: '${model.metadata.apiVersion}',
  operations: {
${lines(served.map((name) => [name, operationOf(operation(name))] as const))}
  },
  refused: {
${lines(refused.map(([name, { http }]) => [name, { method: http.method, uri: http.requestUri }] as const))}
  },
  shapes: {
${lines(names.map((name) => [name, compact(name, shapeOf(model, name))] as const))}
  },
};
`;
}

function readModel(path: string): BotocoreModel {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isModel(value)) throw new Error(`${path} is not a botocore service model`);
  return value;
}

function isModel(value: unknown): value is BotocoreModel {
  return typeof value === 'object' && value !== null && 'metadata' in value && 'operations' in value && 'shapes' in value;
}

const args = process.argv.slice(2);
const isCheck = args[0] === '--check';
const paths = isCheck ? args.slice(1) : args;
if (paths.length === 0) {
  process.stderr.write('usage: node tools/generate-aws-shapes.mts [--check] <service-2.json>...\n');
  process.exit(2);
}
for (const path of paths) {
  const model = readModel(path);
  const selection = selections[model.metadata.serviceId];
  if (!selection) throw new Error(`${path}: the simulator serves nothing of "${model.metadata.serviceId}"`);
  const out = join(outDir, selection.file);
  const text = generate(model, selection);
  if (!isCheck) {
    writeFileSync(out, text);
  } else if (readFileSync(out, 'utf8') !== text) {
    process.stderr.write(`${relative(process.cwd(), out)} is not what ${path} gives: run the generator and commit the result\n`);
    process.exitCode = 1;
  }
}
