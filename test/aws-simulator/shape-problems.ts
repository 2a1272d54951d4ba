import type { ServiceModel } from '../../libs/aws-simulator/src/models/service-model.js';

/** What is wrong with an answer by the official model: fields that are required and missing, unknown, or of the wrong type or form. */
export function shapeProblems(model: ServiceModel, shapeName: string, value: unknown, path = shapeName): readonly string[] {
  const shape = model.shapes[shapeName];
  if (!shape) return [`${path}: no shape ${shapeName}`];
  if (shape.type === 'structure') return isRecord(value) ? structureProblems(model, shapeName, value, path) : [`${path}: no object`];
  if (shape.type === 'list') {
    if (!Array.isArray(value)) return [`${path}: no list`];
    return value.flatMap((item, index) => shapeProblems(model, shape.member, item, `${path}[${index}]`));
  }
  if (shape.type === 'map') {
    if (!isRecord(value)) return [`${path}: no map`];
    return Object.entries(value).flatMap(([key, item]) => [
      ...shapeProblems(model, shape.key, key, `${path}.${key}`),
      ...shapeProblems(model, shape.value, item, `${path}.${key}`),
    ]);
  }
  if (shape.type === 'string') {
    if (typeof value !== 'string') return [`${path}: no text`];
    const isLong = value.length < (shape.min ?? 0) || value.length > (shape.max ?? Number.POSITIVE_INFINITY);
    const isOdd = shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`, 'su').test(value);
    const isStrange = shape.enum !== undefined && !shape.enum.includes(value);
    return isLong || isOdd || isStrange ? [`${path}: "${value}" is not a ${shapeName}`] : [];
  }
  if (shape.type === 'integer') {
    const isFit = typeof value === 'number' && Number.isInteger(value) && value >= (shape.min ?? value) && value <= (shape.max ?? value);
    return isFit ? [] : [`${path}: ${String(value)} is not a ${shapeName}`];
  }
  if (shape.type === 'boolean') return typeof value === 'boolean' ? [] : [`${path}: no boolean`];
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(value);
  return isTime ? [] : [`${path}: ${String(value)} is no ISO-8601 time`];
}

function structureProblems(
  model: ServiceModel,
  shapeName: string,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly string[] {
  const shape = model.shapes[shapeName];
  if (shape?.type !== 'structure') return [];
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(shape.members, name));
  const missing = (shape.required ?? []).filter((name) => value[name] === undefined);
  const inner = Object.entries(shape.members).flatMap(([name, member]) =>
    value[name] === undefined ? [] : shapeProblems(model, member.shape, value[name], `${path}.${name}`),
  );
  return [...unknown.map((name) => `${path}.${name}: unknown`), ...missing.map((name) => `${path}.${name}: missing`), ...inner];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every member that an answer could have by the official model, as `Structure.member`; errors are not among them. */
export function membersOf(
  model: ServiceModel,
  shapeName: string,
  into = new Set<string>(),
  visited = new Set<string>(),
): ReadonlySet<string> {
  const shape = model.shapes[shapeName];
  if (!shape || visited.has(shapeName)) return into;
  visited.add(shapeName);
  if (shape.type === 'list') membersOf(model, shape.member, into, visited);
  if (shape.type === 'map') membersOf(model, shape.value, into, visited);
  if (shape.type !== 'structure') return into;
  for (const [name, member] of Object.entries(shape.members)) {
    into.add(`${shapeName}.${name}`);
    membersOf(model, member.shape, into, visited);
  }
  return into;
}

/** Every member that an answer does have. */
export function givenMembers(model: ServiceModel, shapeName: string, value: unknown): readonly string[] {
  const shape = model.shapes[shapeName];
  if (shape?.type === 'list' && Array.isArray(value)) return value.flatMap((item) => givenMembers(model, shape.member, item));
  if (shape?.type === 'map' && isRecord(value)) return Object.values(value).flatMap((item) => givenMembers(model, shape.value, item));
  if (shape?.type !== 'structure' || !isRecord(value)) return [];
  return Object.entries(shape.members).flatMap(([name, member]) =>
    value[name] === undefined ? [] : [`${shapeName}.${name}`, ...givenMembers(model, member.shape, value[name])],
  );
}
