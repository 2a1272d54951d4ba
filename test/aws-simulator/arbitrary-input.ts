import { array, boolean, constantFrom, dictionary, integer, jsonValue, oneof, record, string, stringMatching } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { ServiceModel, StringModel } from '../../libs/aws-simulator/src/models/service-model.js';

/** Texts that mean something to Lattice, so that a fuzz gets past the first gate now and then. */
const telling = [
  'tg-0123456789abcdef0',
  'svc-0123456789abcdef0',
  'listener-0123456789abcdef0',
  'rule-0123456789abcdef0',
  'arn:aws:vpc-lattice:us-west-2:111111111111:targetgroup/tg-0123456789abcdef0',
  'arn:aws:vpc-lattice:us-west-2:222222222222:targetgroup/tg-0123456789abcdef0',
  'arn:aws:vpc-lattice:us-west-2:111111111111:service/svc-0123456789abcdef0/listener/listener-0123456789abcdef0/rule/rule-0123456789abcdef0',
  'arn:aws:iam::111111111111:role/lattice-hub',
  'sandbox',
  'vpc-12345678',
  'fuzz',
  '10.0.0.1',
  'fd00::1',
  '/',
  '200',
  '',
  '__proto__',
  'constructor',
];

/** A value that has nothing to do with any shape. */
const nonsense = oneof(
  constantFrom(null, true, 0, -1, 1.5, 1e300, '', [], {}),
  string({ unit: 'binary', maxLength: 30 }),
  jsonValue({ maxDepth: 3 }),
);

/** Values near a shape of the model: most of them fit, some break one limit, some are nonsense. `known` are names of things that exist. */
export function arbitraryInput(model: ServiceModel, shapeName: string, known: readonly string[]): Arbitrary<unknown> {
  return near(model, shapeName, [...telling, ...Array.from({ length: 8 }, () => known).flat()], 0);
}

function near(model: ServiceModel, shapeName: string, texts: readonly string[], depth: number): Arbitrary<unknown> {
  return oneof({ weight: 60, arbitrary: fitting(model, shapeName, texts, depth) }, { weight: 1, arbitrary: nonsense });
}

function fitting(model: ServiceModel, shapeName: string, texts: readonly string[], depth: number): Arbitrary<unknown> {
  const shape = model.shapes[shapeName];
  const inner = (name: string) => near(model, name, texts, depth + 1);
  if (shape?.type === 'structure' && shape.union) {
    return oneof(
      ...Object.entries(shape.members).map(([name, member]) => record({ [name]: inner(member.shape) }, { noNullPrototype: true })),
    );
  }
  if (shape?.type === 'structure') {
    const members = Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, inner(member.shape)]));
    const requiredKeys = (shape.required ?? []).filter((name) => name in members);
    return record(members, { requiredKeys, noNullPrototype: true });
  }
  if (shape?.type === 'list') return array(inner(shape.member), { maxLength: depth > 3 ? 2 : 4 });
  if (shape?.type === 'map')
    return dictionary(oneof(constantFrom(...texts), string({ maxLength: 20 })), inner(shape.value), { maxKeys: 4 });
  if (shape?.type === 'boolean') return boolean();
  if (shape?.type === 'integer') {
    const { min = 0, max = 100_000 } = shape;
    return oneof(integer({ min, max }), constantFrom(min, max, min - 1, max + 1, 404));
  }
  if (shape?.type !== 'string') return nonsense;
  if (shape.enum) return constantFrom(...shape.enum);
  const fits = texts.filter((text) => isFit(text, shape));
  const odd = string({ unit: 'binary', maxLength: Math.min(shape.max ?? 50, 200) + 2 });
  const usual = fits.length > 0 ? constantFrom(...fits) : stringMatching(/^[a-z0-9]{3,17}$/);
  return oneof({ weight: 20, arbitrary: usual }, stringMatching(/^[a-z0-9]{3,17}$/), constantFrom(...texts), odd);
}

function isFit(text: string, shape: StringModel): boolean {
  if (text.length < (shape.min ?? 0) || text.length > (shape.max ?? Number.POSITIVE_INFINITY)) return false;
  return shape.pattern === undefined || new RegExp(`^(?:${shape.pattern})$`, 'su').test(text);
}
