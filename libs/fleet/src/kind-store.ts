import type { KubeObject } from '@hub/kube';
import { keyText, type Evidence } from '@hub/model';

/** A record as a store has it. */
interface Entry<R> {
  readonly record: R;
  readonly resourceVersion: string;
  /** The first of the LISTs that did not have it. */
  readonly missingSinceMs: number | undefined;
  /** When the cluster said that it was deleted. It counts as there until that is believed. */
  readonly deletedAtMs: number | undefined;
}

/** What a store tells of a record: what it was and what it is now. */
export interface RecordChange<R> {
  readonly before: R | undefined;
  readonly after: R | undefined;
  /** It was missing, or said to be deleted, and is there again: though it may be as it was, what follows from it may be not. */
  readonly isBack?: boolean;
}

/** Something about a LIST that a person must look at before anything is concluded from it. */
export type ListSuspicion = 'wentBack' | 'emptied';

export interface KindStoreOptions<R> {
  readonly read: (object: KubeObject) => R | undefined;
  /**
   * `always`: every deletion is believed only after a check. `whenEmptied`: only one that leaves nothing of the kind. `never`: the store is a
   * mirror of what the server says, for kinds from whose absence nothing is concluded.
   */
  readonly checksDeletions: 'always' | 'whenEmptied' | 'never';
  /** How far two LISTs must be apart before what both lack is gone. */
  readonly confirmationMs: number;
  readonly onChange: (change: RecordChange<R>) => void;
}

/** A list that is empty is suspicious where there were more than so many. */
const suspiciousFrom = 3;

/** For how many records the store remembers how it is known that they are gone. */
const remembered = 10_000;

/**
 * The objects of one kind of one cluster, as records, with what is known of those that are not there (design law 1). A record leaves only
 * when the cluster said so and the kind is still served, or when two LISTs some time apart lack it; until then it stays, and whoever reads the
 * store sees it. Plain data and rules: no clock of its own, nothing to await.
 */
export class KindStore<R> {
  private readonly entries = new Map<string, Entry<R>>();
  private readonly gone = new Map<string, Evidence>();
  private lists: { firstMs: number; lastMs: number } | undefined;
  private highest: bigint | undefined;
  /** While a person has to look first, nothing leaves. */
  private isHeld = false;
  private heldMany = false;
  private wasRecalled = false;
  /** How many records are missing or said to be deleted. */
  private leaving = 0;
  /** What was there before this process and did not come yet. Undefined: that is not known. */
  private expected: Set<string> | undefined;

  constructor(private readonly options: KindStoreOptions<R>) {}

  /**
   * What is known from before this process: the newest resourceVersion, whether there were more than three, and which, where that was written down.
   * @returns what is suspicious about a LIST that was taken in already; then nothing leaves until {@link release}
   */
  recall(resourceVersion: string, heldMoreThanThree: boolean, keys?: readonly string[]): ListSuspicion | undefined {
    this.wasRecalled = true;
    const suspicion =
      this.lists && this.suspicionOf(this.presentCount, String(this.highest ?? ''), parse(resourceVersion), heldMoreThanThree);
    if (suspicion !== 'wentBack') this.highest = highest(this.highest, resourceVersion);
    this.heldMany ||= heldMoreThanThree;
    this.isHeld ||= suspicion !== undefined;
    if (keys && (!this.lists || this.isHeld)) this.expected = new Set(keys.filter((key) => !this.isPresent(key)));
    if (this.lists) this.noteSize();
    return suspicion;
  }

  /** Puts in what was known before this process. It leaves by the same rules as what was read: where the last LIST lacked it, it is missing. */
  seed(key: string, record: R): void {
    if (this.entries.has(key) || this.gone.has(key)) return;
    this.set(key, { record, resourceVersion: '', missingSinceMs: this.lists?.lastMs, deletedAtMs: undefined });
    this.options.onChange({ before: undefined, after: record });
  }

  /** Takes in a LIST that was read whole. Says what is suspicious about it; then nothing leaves until {@link release}. */
  replaced(objects: readonly KubeObject[], resourceVersion: string, nowMs: number): ListSuspicion | undefined {
    const suspicion = this.suspicionOf(objects.length, resourceVersion);
    if (suspicion) this.isHeld = true;
    if (suspicion === 'wentBack' || !this.lists) this.lists = { firstMs: nowMs, lastMs: nowMs };
    else this.lists.lastMs = nowMs;
    this.highest = suspicion === 'wentBack' ? parse(resourceVersion) : highest(this.highest, resourceVersion);
    const listed = new Set<string>();
    for (const object of objects) {
      listed.add(keyOf(object));
      // Two times of one cluster count alike: after a restore the same resourceVersion is not the same object.
      this.put(object, suspicion === 'wentBack');
    }
    for (const [key, entry] of this.entries) if (!listed.has(key)) this.lacking(key, entry, suspicion, nowMs);
    this.noteSize();
    if (!this.isHeld) this.expected = undefined;
    return suspicion;
  }

  /** Takes in one event. A deletion that is to be checked first stays pending: see {@link pendingDeletions}. */
  changed(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject, nowMs: number): void {
    this.highest = highest(this.highest, object.metadata.resourceVersion ?? '');
    const key = keyOf(object);
    if (type !== 'DELETED') {
      this.put(object);
      this.noteSize();
      return;
    }
    const entry = this.entries.get(key);
    if (!entry) return;
    const { checksDeletions } = this.options;
    const isChecked = checksDeletions === 'always' || (checksDeletions === 'whenEmptied' && this.presentCount <= 1);
    if (this.isHeld || isChecked) this.set(key, { ...entry, deletedAtMs: nowMs });
    else this.remove(key, entry, { by: 'event' });
    this.noteSize();
  }

  /** Deletions that wait for a check that the kind is served still: the oldest and the newest of them, and whether they leave nothing. */
  pendingDeletions(): { readonly oldestMs: number; readonly newestMs: number; readonly leavesNothing: boolean } | undefined {
    let oldestMs = Infinity;
    let newestMs = -Infinity;
    if (this.isHeld || this.leaving === 0) return undefined;
    for (const { deletedAtMs } of this.entries.values()) {
      if (deletedAtMs === undefined) continue;
      oldestMs = Math.min(oldestMs, deletedAtMs);
      newestMs = Math.max(newestMs, deletedAtMs);
    }
    return oldestMs === Infinity ? undefined : { oldestMs, newestMs, leavesNothing: this.presentCount === 0 };
  }

  /** The kind was seen to be served by a check that began then: what was deleted before is gone. */
  believeDeletions(checkBeganMs: number): void {
    if (this.isHeld) return;
    for (const [key, entry] of this.entries) {
      if (entry.deletedAtMs !== undefined && entry.deletedAtMs <= checkBeganMs) this.remove(key, entry, { by: 'event' });
    }
    this.noteSize();
  }

  /** The kind is not served any more, or is going: what it said about deletions proves nothing. */
  hold(nowMs: number): void {
    if (this.options.checksDeletions === 'never') return;
    this.isHeld = true;
    for (const [key, entry] of this.entries) {
      if (entry.deletedAtMs !== undefined)
        this.set(key, { ...entry, deletedAtMs: undefined, missingSinceMs: entry.missingSinceMs ?? nowMs });
    }
  }

  /** A person has looked: the ordinary rules apply again. */
  release(): void {
    this.isHeld = false;
    this.heldMany = false;
    this.noteSize();
  }

  get(key: string): R | undefined {
    return this.entries.get(key)?.record;
  }

  /** The resourceVersion of a record as it stands here; undefined where there is none, empty for one that was only recalled. */
  versionOf(key: string): string | undefined {
    return this.entries.get(key)?.resourceVersion;
  }

  *records(): Generator<R> {
    for (const entry of this.entries.values()) yield entry.record;
  }

  /** What a LIST lacked or an event said to be deleted, and what is not believed to be gone yet. */
  *doubted(): Generator<string> {
    if (this.leaving === 0) return;
    for (const [key, entry] of this.entries) if (leaves(entry)) yield key;
  }

  /**
   * Whether all that was known is there.
   * @param isFromBefore whether what was known before this process counts too; where it is not known what that was, it is not whole
   */
  isWhole(isFromBefore: boolean): boolean {
    return this.leaving === 0 && (!isFromBefore || this.expected?.size === 0);
  }

  get size(): number {
    return this.entries.size;
  }

  /** How many records are neither missing nor said to be deleted. */
  get presentCount(): number {
    return this.entries.size - this.leaving;
  }

  get wasListed(): boolean {
    return this.lists !== undefined;
  }

  get heldMoreThanThree(): boolean {
    return this.heldMany;
  }

  /** The newest resourceVersion known. */
  get resourceVersion(): string {
    return this.highest === undefined ? '' : String(this.highest);
  }

  /** Whether a record was in the last LIST or came since. */
  isPresent(key: string): boolean {
    const entry = this.entries.get(key);
    return entry !== undefined && entry.missingSinceMs === undefined;
  }

  /** Since when a record that is still held was missing from LISTs. */
  missingSince(key: string): number | undefined {
    return this.entries.get(key)?.missingSinceMs;
  }

  /** How it is known that a record is not there. Undefined: it is there, or nothing is known. */
  absence(key: string): Evidence | undefined {
    if (this.entries.has(key)) return undefined;
    const known = this.gone.get(key);
    if (known) return known;
    return this.lists && { by: 'lists', firstMs: this.lists.firstMs, lastMs: this.lists.lastMs };
  }

  /** The first and the last LIST that was read whole. */
  get listsBetween(): { readonly firstMs: number; readonly lastMs: number } | undefined {
    return this.lists;
  }

  /** Whether something is missing that a later LIST would confirm. */
  get awaitsConfirmation(): boolean {
    return !this.isHeld && this.newestMissingMs !== undefined;
  }

  /** Whether the kind was ever seen to be served, by this process or before it. */
  get wasServed(): boolean {
    return this.lists !== undefined || this.wasRecalled;
  }

  /** When the newest of the missing records was first found missing. */
  get newestMissingMs(): number | undefined {
    let newest: number | undefined;
    for (const { missingSinceMs } of this.entries.values()) {
      if (missingSinceMs !== undefined) newest = Math.max(newest ?? 0, missingSinceMs);
    }
    return newest;
  }

  private suspicionOf(
    count: number,
    resourceVersion: string,
    newest: bigint | undefined = this.highest,
    heldMany: boolean = this.heldMany || this.presentCount > suspiciousFrom,
  ): ListSuspicion | undefined {
    if (this.options.checksDeletions === 'never') return undefined;
    const now = parse(resourceVersion);
    if (now !== undefined && newest !== undefined && now < newest) return 'wentBack';
    return count === 0 && heldMany ? 'emptied' : undefined;
  }

  private lacking(key: string, entry: Entry<R>, suspicion: ListSuspicion | undefined, nowMs: number): void {
    if (this.options.checksDeletions === 'never') {
      this.remove(key, entry, { by: 'event' });
      return;
    }
    // What the cluster said itself is decided by the check that follows it.
    if (entry.deletedAtMs !== undefined) return;
    const missingSinceMs = entry.missingSinceMs === undefined || suspicion === 'wentBack' ? nowMs : entry.missingSinceMs;
    if (!this.isHeld && nowMs - missingSinceMs >= this.options.confirmationMs) {
      this.remove(key, entry, { by: 'lists', firstMs: missingSinceMs, lastMs: nowMs });
      return;
    }
    if (entry.missingSinceMs === missingSinceMs) return;
    this.set(key, { ...entry, missingSinceMs });
    // Whoever reads endpoints sees the difference at once; see isPresent.
    this.options.onChange({ before: entry.record, after: entry.record });
  }

  private put(object: KubeObject, isRestored = false): void {
    const key = keyOf(object);
    const before = this.entries.get(key);
    const resourceVersion = object.metadata.resourceVersion ?? '';
    const isBack = before !== undefined && (before.missingSinceMs !== undefined || before.deletedAtMs !== undefined);
    if (before?.resourceVersion === resourceVersion && resourceVersion !== '' && !isBack && !isRestored) return;
    const record = this.options.read(object);
    if (record === undefined) {
      if (before) this.remove(key, before, { by: 'event' });
      return;
    }
    this.gone.delete(key);
    this.expected?.delete(key);
    this.set(key, { record, resourceVersion, missingSinceMs: undefined, deletedAtMs: undefined });
    this.options.onChange({ before: before?.record, after: record, isBack });
  }

  private remove(key: string, entry: Entry<R>, evidence: Evidence): void {
    this.leaving -= leaves(entry);
    this.entries.delete(key);
    this.gone.delete(key);
    this.gone.set(key, evidence);
    if (this.gone.size > remembered) this.gone.delete(this.gone.keys().next().value ?? '');
    this.options.onChange({ before: entry.record, after: undefined });
  }

  private set(key: string, entry: Entry<R>): void {
    this.leaving += leaves(entry) - leaves(this.entries.get(key));
    this.entries.set(key, entry);
  }

  /** What is on its way out may have been many: that is forgotten when it is gone, or a person has looked. */
  private noteSize(): void {
    if (!this.isHeld) this.heldMany = this.presentCount > suspiciousFrom || (this.heldMany && this.leaving > 0);
  }
}

function leaves(entry: Entry<unknown> | undefined): number {
  return entry !== undefined && (entry.missingSinceMs !== undefined || entry.deletedAtMs !== undefined) ? 1 : 0;
}

/** `namespace/name`, or the name alone. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : keyText(namespace, name);
}

/** API servers count resourceVersions upwards; one that is no number is not compared. */
function parse(resourceVersion: string): bigint | undefined {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
}

function highest(known: bigint | undefined, resourceVersion: string): bigint | undefined {
  const now = parse(resourceVersion);
  if (now === undefined) return known;
  return known === undefined || now > known ? now : known;
}
