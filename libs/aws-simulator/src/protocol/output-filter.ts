import type { ServiceModel } from '../models/service-model.js';
import { fieldsOf } from '../validation/is-record.js';

/**
 * An output as its shape says: members in the model's order, nothing that the model does not know, nothing that is undefined. Timestamps become
 * texts by the protocol's own rule.
 */
export function shapedOutput(model: ServiceModel, shapeName: string, value: unknown, timestamp: (time: Date) => unknown): unknown {
  const shape = model.shapes[shapeName];
  if (!shape) throw new Error(`the model has no shape "${shapeName}"`);
  const inner = (name: string, item: unknown) => shapedOutput(model, name, item, timestamp);
  if (shape.type === 'structure') {
    const record = fieldsOf(value);
    const given = Object.entries(shape.members).filter(([name, member]) => member.location !== 'header' && record[name] !== undefined);
    return Object.fromEntries(given.map(([name, member]) => [name, inner(member.shape, record[name])]));
  }
  if (shape.type === 'list' && Array.isArray(value)) return value.map((item) => inner(shape.member, item));
  if (shape.type === 'map')
    return Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, item]) => [key, inner(shape.value, item)]));
  return value instanceof Date ? timestamp(value) : value;
}
