import type { Evidence, Policy, PolicyOrigin, Slot, WatchedKind } from '@hub/model';
import { exportId, keyText, NamesByKey, OneCopy } from '@hub/model';
import { readPolicy, type Change, type ExportKnowledge, type RawPolicy } from '@hub/plan';
import { exportedService } from './exported-service.js';
import { KindStore } from './kind-store.js';
import { writtenConditions, type WrittenCondition } from './conditions.js';
import {
  addressesOf,
  readExport,
  readRawPolicy,
  readService,
  readSlice,
  sameExport,
  sameSlice,
  type ExportRecord,
  type ServiceRecord,
  type SliceRecord,
} from './records.js';

/** A policy with the words of the cluster that it was read from. */
export interface PolicyRecord {
  readonly raw: RawPolicy;
  readonly policy: Policy;
  readonly conditions: readonly WrittenCondition[];
  readonly resourceVersion: string;
}

/** A store of policies. It tells of changes that a decision could see, and not of conditions. */
export function policyStore(
  origin: PolicyOrigin,
  confirmationMs: number,
  changed: (policies: readonly Policy[]) => void,
): KindStore<PolicyRecord> {
  const common = new OneCopy();
  return new KindStore({
    read: (object) => {
      const raw = readRawPolicy(object);
      const conditions = writtenConditions(object, common);
      return { raw, policy: readPolicy(raw, origin), conditions, resourceVersion: object.metadata.resourceVersion ?? '' };
    },
    checksDeletions: 'always',
    confirmationMs,
    onChange: ({ before, after }) => {
      if (before && after && before.policy.uid === after.policy.uid && before.policy.generation === after.policy.generation) return;
      changed([before?.policy, after?.policy].filter((p) => p !== undefined));
    },
  });
}

/** Hears of every difference that a decision could see. */
export interface ObjectsListener {
  changed(change: Change): void;
}

/** The watched objects of one member, and what can be asked about them. Plain data: whoever reads the member puts them in. */
export class MemberObjects {
  readonly exports: KindStore<ExportRecord>;
  readonly services: KindStore<ServiceRecord>;
  readonly slices: KindStore<SliceRecord>;
  readonly policies: KindStore<PolicyRecord>;
  private readonly slicesOf = new NamesByKey();
  private readonly exportsOf = new NamesByKey();
  private readonly lastSliceGone = new Map<string, Evidence>();

  constructor(
    private readonly cluster: string,
    origin: PolicyOrigin,
    confirmationMs: number,
    listener: ObjectsListener,
  ) {
    const common = new OneCopy();
    this.exports = new KindStore({
      read: (object) => readExport(object, common),
      checksDeletions: 'always',
      confirmationMs,
      onChange: ({ before, after }) => {
        const record = (after ?? before) as ExportRecord;
        if (before) this.exportsOf.remove(keyText(before.namespace, before.service), before.name);
        if (after) this.exportsOf.add(keyText(after.namespace, after.service), after.name);
        if (before && after && before !== after && sameExport(before, after)) return;
        listener.changed({ kind: 'export', cluster, namespace: record.namespace, name: record.name });
      },
    });
    this.services = new KindStore({
      read: (object) => readService(object, common),
      checksDeletions: 'whenEmptied',
      confirmationMs,
      onChange: ({ before, after }) => {
        const record = (after ?? before) as ServiceRecord;
        listener.changed({ kind: 'endpoints', cluster, namespace: record.namespace, service: record.name });
      },
    });
    this.slices = new KindStore({
      read: (object) => readSlice(object, common),
      checksDeletions: 'whenEmptied',
      confirmationMs,
      onChange: ({ before, after, isBack }) => {
        // Most events of slices are of what the hub does not keep: whether a pod is ready, where it runs.
        const isSame = before && after && before !== after && !isBack && sameSlice(before, after);
        if (!isSame) this.sliceChanged(before, after, listener);
      },
    });
    this.policies = policyStore(origin, confirmationMs, (policies) => listener.changed({ kind: 'policy', policies }));
  }

  /** The store of a kind, for whoever feeds it. */
  store(kind: WatchedKind): KindStore<ExportRecord> | KindStore<ServiceRecord> | KindStore<SliceRecord> | KindStore<PolicyRecord> {
    const stores = { ServiceExport: this.exports, Service: this.services, EndpointSlice: this.slices, TargetGroupPolicy: this.policies };
    return stores[kind];
  }

  /**
   * What is known of an export. Undefined: nothing can be said, because exports were never read whole.
   * @param service the Service that its target groups were made for, where the export is gone
   */
  knowledge(namespace: string, name: string, service: string | undefined): ExportKnowledge | undefined {
    const record = this.exports.get(exportId({ namespace, name }));
    if (record && !record.isOver) {
      const behind = this.services.get(keyText(namespace, record.service));
      return { kind: 'live', exported: exportedService({ record, service: behind, ...this.endpoints(namespace, record.service) }) };
    }
    const evidence: Evidence | undefined = record ? { by: 'event' } : this.exports.absence(exportId({ namespace, name }));
    if (!evidence) return undefined;
    const { slices, emptiness } = this.endpoints(namespace, record?.service ?? service ?? name);
    return {
      kind: 'absent',
      evidence,
      endpoints: { kind: 'atMost', addresses: new Set(slices.flatMap(addressesOf)), emptiness },
    };
  }

  /** The exports that count: those for another federation and those being deleted do not. */
  *liveExports(): Generator<ExportRecord> {
    for (const record of this.exports.records()) if (!record.isOver) yield record;
  }

  /** The names of the exports of a Service. */
  exportsOfService(namespace: string, service: string): Iterable<string> {
    return this.exportsOf.get(keyText(namespace, service));
  }

  /** The slots that an export asks for. */
  slotsOf(namespace: string, name: string): readonly Slot[] {
    const record = this.exports.get(exportId({ namespace, name }));
    if (!record || record.isOver) return [];
    return slotsOfRecord(record);
  }

  /**
   * The slices of a Service. One LIST is enough for a slice to go, as long as another one stays; where it would leave nothing, it takes two
   * (design law 1c), and until then what was there counts. The others may have nothing for one of the ports: then it takes two as well, so
   * while a slice is missing no emptiness is known for sure.
   */
  private endpoints(namespace: string, service: string): { readonly slices: readonly SliceRecord[]; readonly emptiness: Evidence } {
    const present: SliceRecord[] = [];
    const missing: SliceRecord[] = [];
    let missingSinceMs: number | undefined;
    for (const key of this.slicesOf.get(keyText(namespace, service))) {
      const record = this.slices.get(key);
      if (!record) continue;
      if (this.slices.isPresent(key)) present.push(record);
      else {
        missing.push(record);
        missingSinceMs = Math.max(missingSinceMs ?? 0, this.slices.missingSince(key) ?? 0);
      }
    }
    if (missingSinceMs !== undefined) {
      const hasAddress = present.some(({ addresses }) => addresses !== '');
      const emptiness: Evidence = { by: 'lists', firstMs: missingSinceMs, lastMs: missingSinceMs };
      return { slices: hasAddress ? present : [...present, ...missing], emptiness };
    }
    return { slices: present, emptiness: present.length > 0 ? { by: 'event' } : this.evidenceOfNoSlices(namespace, service) };
  }

  private evidenceOfNoSlices(namespace: string, service: string): Evidence {
    const lists = this.slices.listsBetween ?? { firstMs: 0, lastMs: 0 };
    return this.lastSliceGone.get(keyText(namespace, service)) ?? { by: 'lists', ...lists };
  }

  private rememberGone(service: string, evidence: Evidence): void {
    this.lastSliceGone.delete(service);
    this.lastSliceGone.set(service, evidence);
    if (this.lastSliceGone.size > rememberedServices) this.lastSliceGone.delete(this.lastSliceGone.keys().next().value ?? '');
  }

  private sliceChanged(before: SliceRecord | undefined, after: SliceRecord | undefined, listener: ObjectsListener): void {
    for (const [record, isThere] of [
      [before, false],
      [after, true],
    ] as const) {
      if (!record) continue;
      const service = keyText(record.namespace, record.service);
      if (isThere) this.slicesOf.add(service, keyText(record.namespace, record.name));
      else this.slicesOf.remove(service, keyText(record.namespace, record.name));
    }
    if (after) this.lastSliceGone.delete(keyText(after.namespace, after.service));
    else if (before) {
      const evidence = this.slices.absence(keyText(before.namespace, before.name));
      if (evidence) this.rememberGone(keyText(before.namespace, before.service), evidence);
    }
    const namespace = (after ?? before)?.namespace ?? '';
    for (const service of new Set([before?.service, after?.service])) {
      if (service !== undefined) listener.changed({ kind: 'endpoints', cluster: this.cluster, namespace, service });
    }
  }
}

/** For how many Services the way in which their last slice went is remembered. */
const rememberedServices = 10_000;

/** The slots that an export asks for, by its own words. */
export function slotsOfRecord(record: ExportRecord): readonly Slot[] {
  if (record.exportedPorts.length === 0) return ['legacy'];
  return [...new Set(record.exportedPorts.map((p) => `${p.port}` as const))];
}
