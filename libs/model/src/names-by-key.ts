/** From so many names on, a key has a Set of its own. */
const fewNames = 8;

/**
 * Which names belong to a key. Nearly always it is one or two: then they stand in an array, because a Set for each key would be a third of what
 * a large fleet takes of memory.
 */
export class NamesByKey {
  private readonly names = new Map<string, readonly string[] | Set<string>>();

  add(key: string, name: string): void {
    const known = this.names.get(key);
    if (known instanceof Set) known.add(name);
    else if (known === undefined) this.names.set(key, [name]);
    else if (known.includes(name)) return;
    else this.names.set(key, known.length < fewNames ? known.concat(name) : new Set([...known, name]));
  }

  remove(key: string, name: string): void {
    const known = this.names.get(key);
    if (known instanceof Set) known.delete(name);
    const left = known instanceof Set ? known : (known ?? []).filter((each) => each !== name);
    if ((left instanceof Set ? left.size : left.length) === 0) this.names.delete(key);
    else this.names.set(key, left);
  }

  get(key: string): Iterable<string> {
    return this.names.get(key) ?? [];
  }
}
