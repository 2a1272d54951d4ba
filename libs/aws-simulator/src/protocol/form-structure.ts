import type { ServiceModel } from '../models/service-model.js';

/**
 * The structured value that a flat form stands for, as the AWS Query protocol flattens it: `Tags.member.1.Key=a`. Numbers and booleans stay texts
 * where they don't read as such, so that validation finds them.
 */
export function formStructure(model: ServiceModel, shapeName: string, form: ReadonlyMap<string, string>): Record<string, unknown> {
  return structure(model, shapeName, form, '');
}

function valueAt(model: ServiceModel, shapeName: string, form: ReadonlyMap<string, string>, key: string): unknown {
  const shape = model.shapes[shapeName];
  if (shape?.type === 'structure') return hasUnder(form, key) ? structure(model, shapeName, form, `${key}.`) : undefined;
  if (shape?.type === 'list') return list(model, shape.member, form, key);
  if (shape?.type === 'integer') return integer(form.get(key));
  return shape?.type === 'boolean' ? boolean(form.get(key)) : form.get(key);
}

function structure(model: ServiceModel, shapeName: string, form: ReadonlyMap<string, string>, prefix: string): Record<string, unknown> {
  const shape = model.shapes[shapeName];
  if (shape?.type !== 'structure') return {};
  const entries = Object.entries(shape.members).map(([name, member]) => [name, valueAt(model, member.shape, form, prefix + name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The members in the order of their numbers; gaps close, as at AWS. */
function list(model: ServiceModel, memberShape: string, form: ReadonlyMap<string, string>, key: string): unknown {
  const numbers = new Set<number>();
  for (const name of form.keys()) {
    const match = name.startsWith(`${key}.member.`) ? /^\d{1,4}/.exec(name.slice(key.length + '.member.'.length)) : null;
    if (match) numbers.add(Number(match[0]));
  }
  if (numbers.size > 0)
    return [...numbers].toSorted((a, b) => a - b).map((number) => valueAt(model, memberShape, form, `${key}.member.${number}`));
  return form.has(key) ? [] : undefined;
}

function hasUnder(form: ReadonlyMap<string, string>, key: string): boolean {
  return [...form.keys()].some((name) => name.startsWith(`${key}.`));
}

function integer(text: string | undefined): unknown {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

function boolean(text: string | undefined): unknown {
  if (text === 'true') return true;
  return text === 'false' ? false : text;
}
