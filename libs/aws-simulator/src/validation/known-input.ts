import type { ServiceModel } from '../models/service-model.js';
import { isRecord } from './is-record.js';

/**
 * What the model knows of an input that has been validated. Other members are passed over, as AWS does, however deep they go; null is absent in
 * every AWS protocol, at every depth.
 */
export function knownInput(model: ServiceModel, shapeName: string, input: unknown): Readonly<Record<string, unknown>> {
  const known = knownValue(model, shapeName, input);
  return isRecord(known) ? known : {};
}

function knownValue(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const shape = model.shapes[shapeName];
  if (shape?.type === 'list' && Array.isArray(value)) return value.map((item) => knownValue(model, shape.member, item));
  if (shape?.type === 'map' && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, knownValue(model, shape.value, item)]));
  }
  if (shape?.type !== 'structure' || !isRecord(value)) return value;
  const given = Object.entries(shape.members).filter(([name]) => Object.hasOwn(value, name) && (value[name] ?? undefined) !== undefined);
  return Object.fromEntries(given.map(([name, member]) => [name, knownValue(model, member.shape, value[name])]));
}
