/** Any JSON. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u;
/** An address out of the range of services that no request of the tests names. */
const allocatedIp = /\b10\.0\.(?!0\.1\b|7\.7\b|9\.9\b)\d+\.\d+\b/gu;
/** An instant that was written by a client and not by the server's clock. */
const longAgo = /^(?:19|200|201|202[0-5])/u;
const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in texts and differs from server to server, with what stands for it. */
const inTexts: readonly (readonly [RegExp, string])[] = [
  [allocatedIp, '<cluster IP>'],
  [/(resource version: \d+ )\(\d+\)/gu, '$1(<current>)'],
  [/(current: )\d+/gu, '$1<current>'],
  [/(in record )\(\d+\)/gu, '$1(<current>)'],
  [/(resourceVersion: )"\d+"/gu, '$1<revision>'],
  // The prefix of keys in etcd is an option of the server.
  [/Key: \/[^/]+\//gu, 'Key: /<prefix>/'],
  // What a patch has made of an object is repeated whole where it can't be read; what was wrong with it comes last.
  [/(is invalid: patch: |^)Invalid value: "\{.*\}": /gsu, '$1Invalid value: <object>: '],
  [/("time":)"[^"]+"/gu, '$1<time>'],
  // Five characters are made up for every name.
  [/\b([Dd]ry-|x-|Not_Valid-?|NS|[xX9])[bcdfghjklmnpqrstvwxz2456789]{5}\b/gu, '$1<random>'],
  // Behind this stands the difference of two Go structs.
  [/(was previously negative\)).*/gsu, '$1'],
];

/**
 * Makes the answers of two servers comparable: replaces what differs from run to run by what it means. A UID becomes its place in the order of
 * appearance, the resourceVersion of an object the number of its version, a time of the server's clock the word for it. The errors of a
 * validation and the rules of a user are sorted, for the API server has no order for them.
 */
export class AnswerCanon {
  private readonly uids = new Map<string, string>();
  private readonly versions = new Map<string, string[]>();

  /** The canonical form of a body. */
  body(value: unknown): unknown {
    return this.value(value as Json, '');
  }

  /** The canonical form of a text. */
  text(value: string): string {
    const known = inTexts.reduce(
      (text, [pattern, replacement]) => text.replace(pattern, replacement),
      value.replace(uuid, (uid) => this.uid(uid)),
    );
    const list = /^([^[]* is invalid: )\[(.*)\]$/su.exec(known);
    return list === null ? known : `${list[1] ?? ''}[${(list[2] ?? '').split(', ').toSorted().join(', ')}]`;
  }

  private value(value: Json, key: string): Json {
    if (typeof value === 'string') return this.string(value, key);
    if (Array.isArray(value))
      return inOrder(
        key,
        value.map((item: Json) => this.value(item, key)),
      );
    if (!isRecord(value)) return value;
    const uid = value['uid'];
    const entries = Object.entries(value).map(([name, item]): [string, Json] => {
      if (name === 'resourceVersion' && typeof uid === 'string' && typeof item === 'string') return [name, this.version(uid, item)];
      if (name === 'description' && key === 'columnDefinitions') return [name, '<description>'];
      return [name, this.value(item, name)];
    });
    return Object.fromEntries(entries);
  }

  private string(value: string, key: string): string {
    if (key === 'resourceVersion' && /^\d+$/u.test(value)) return '<revision>';
    if (key === 'continue' && value !== '') return '<continue>';
    if (key === 'cells' && /^\d+[smhdy]/u.test(value)) return '<age>';
    if (key === 'cells' && restarted.test(value)) return value.replace(restarted, ' (<age> ago)');
    if (instant.test(value) && !longAgo.test(value)) return value.includes('.') ? '<micro time>' : '<time>';
    return this.text(value);
  }

  private uid(uid: string): string {
    const known = this.uids.get(uid) ?? `<uid ${this.uids.size + 1}>`;
    this.uids.set(uid, known);
    return known;
  }

  private version(uid: string, resourceVersion: string): string {
    const seen = this.versions.get(uid) ?? [];
    this.versions.set(uid, seen);
    if (!seen.includes(resourceVersion)) seen.push(resourceVersion);
    return `<version ${seen.indexOf(resourceVersion) + 1}>`;
  }
}

/** How long ago a container of a pod was started anew: more with each day that a transcript grows old. */
const restarted = / \((?:\d+[smhdy])+ ago\)$/u;

/** Lists whose order is that of a Go map, or of a cache. */
const unordered: readonly string[] = ['causes', 'managedFields', 'nonResourceRules', 'resourceRules'];

function inOrder(key: string, items: readonly Json[]): Json {
  if (!unordered.includes(key)) return items;
  const text = (item: Json): string => JSON.stringify(item);
  return items.toSorted((left, right) => text(left).localeCompare(text(right)));
}
