/** So many are kept; then it begins anew, for what was shared stays shared. */
const most = 2000;

/** Keeps one copy of what many have in common, such as a namespace or the ports of a Service. What is given out is never to be changed. */
export class OneCopy {
  private readonly copies = new Map<string, unknown>();

  /** The first value given that reads the same as this one. */
  of<T>(value: T): T {
    const key = typeof value === 'string' ? value : JSON.stringify(value);
    const known = this.copies.get(key);
    // A text and a list can read the same.
    if (known !== undefined && typeof known === typeof value) return known as T;
    if (this.copies.size >= most) this.copies.clear();
    this.copies.set(key, value);
    return value;
  }
}
