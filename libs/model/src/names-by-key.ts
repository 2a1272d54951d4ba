/** From so many names on, a key has a Set of its own. */
const fewNames = 8;

/**
 * Which names belong to a key. Nearly always it is one, which stands for itself, or a few in an array, because a Set for each key would be a third of
 * what a large fleet takes of memory.
 */
export class NamesByKey {
  private readonly names = new Map<string, string | readonly string[] | Set<string>>();

  add(key: string, name: string): void {
    const known = this.names.get(key);
    if (known instanceof Set) known.add(name);
    else if (known === undefined) this.names.set(key, name);
    else this.keep(key, new Set(typeof known === 'string' ? [known, name] : [...known, name]));
  }

  remove(key: string, name: string): void {
    const known = this.names.get(key);
    if (known === name) this.names.delete(key);
    if (known === undefined || typeof known === 'string') return;
    const left = known instanceof Set ? known : new Set(known);
    left.delete(name);
    if (left.size <= 1 || !(known instanceof Set)) this.keep(key, left);
  }

  has(key: string): boolean {
    return this.names.has(key);
  }

  get(key: string): Iterable<string> {
    const known = this.names.get(key) ?? [];
    return typeof known === 'string' ? [known] : known;
  }

  /** In the smallest form. One that was a Set stays one until a single name is left. */
  private keep(key: string, names: Set<string>): void {
    const [first] = names;
    if (first === undefined) this.names.delete(key);
    else if (names.size === 1) this.names.set(key, first);
    else this.names.set(key, names.size <= fewNames ? [...names] : names);
  }
}
