import type { ServiceModel } from '../models/service-model.js';

/** The fields of a form by the parts of their names: what stands at `Tags.member.1.Key`, and what stands below it. */
interface FormNode {
  text: string | undefined;
  readonly below: Map<string, FormNode>;
}

/** More parts than the name of any field has. */
const deepest = 16;

/**
 * The structured value that a flat form stands for, as the AWS Query protocol flattens it: `Tags.member.1.Key=a`. Numbers and booleans stay texts
 * where they don't read as such, so that validation finds them.
 */
export function formStructure(model: ServiceModel, shapeName: string, form: ReadonlyMap<string, string>): Record<string, unknown> {
  const shape = model.shapes[shapeName];
  const known = new Set(shape?.type === 'structure' ? Object.keys(shape.members) : []);
  return structure(model, shapeName, formTree(form, known));
}

/** The fields whose names start with a known one: there may be a million others. */
function formTree(form: ReadonlyMap<string, string>, known: ReadonlySet<string>): FormNode {
  const root: FormNode = { text: undefined, below: new Map() };
  for (const [name, text] of form) {
    const parts = name.split('.', deepest);
    if (!known.has(parts[0] ?? '')) continue;
    let node = root;
    for (const part of parts) {
      const next: FormNode = node.below.get(part) ?? { text: undefined, below: new Map() };
      node.below.set(part, next);
      node = next;
    }
    node.text = text;
  }
  return root;
}

function valueAt(model: ServiceModel, shapeName: string, node: FormNode | undefined): unknown {
  const shape = model.shapes[shapeName];
  if (shape?.type === 'structure') return node && node.below.size > 0 ? structure(model, shapeName, node) : undefined;
  if (shape?.type === 'list') return list(model, shape.member, node);
  if (shape?.type === 'integer') return integer(node?.text);
  return shape?.type === 'boolean' ? boolean(node?.text) : node?.text;
}

function structure(model: ServiceModel, shapeName: string, node: FormNode): Record<string, unknown> {
  const shape = model.shapes[shapeName];
  if (shape?.type !== 'structure') return {};
  const entries = Object.entries(shape.members).map(
    ([name, member]) => [name, valueAt(model, member.shape, node.below.get(name))] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The members in the order of their numbers; gaps close, as at AWS. */
function list(model: ServiceModel, memberShape: string, node: FormNode | undefined): unknown {
  const members = [...(node?.below.get('member')?.below ?? [])].filter(([number]) => /^\d{1,9}$/.test(number));
  if (members.length === 0) return node?.text === undefined ? undefined : [];
  return members.toSorted(([left], [right]) => Number(left) - Number(right)).map(([, member]) => valueAt(model, memberShape, member));
}

function integer(text: string | undefined): unknown {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

function boolean(text: string | undefined): unknown {
  if (text === 'true') return true;
  return text === 'false' ? false : text;
}
