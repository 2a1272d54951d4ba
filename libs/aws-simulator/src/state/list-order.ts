/** How lists are ordered. By id an order tells nothing of age. */
export type ListOrder = 'id' | 'created' | 'name';

/** A resource that stands in a list. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
}

/** The key by which a resource has its place in a list; no two resources share one. */
export function listOrderKey(order: ListOrder, resource: Listed): string {
  if (order === 'id') return resource.id;
  const first = order === 'name' ? resource.name : String(resource.createdAtMs).padStart(16, '0');
  return `${first}|${resource.id}`;
}
