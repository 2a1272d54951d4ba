import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { hubGroup, hubPolicyOrigin, memberAnnotations, MemberSnapshot, MemberSnapshotResource, type MemberSnapshotStatus } from '@hub/api';
import type { Condition } from '@hub/model';
import type { HubStanding } from './hub-holds.js';
import type { RawPolicy } from '@hub/plan';

/** One export as the replicas tell each other of it. */
export interface ExportSummary {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly service: string;
  /** Over all that decides its target groups. */
  readonly hash: string;
  readonly slots: readonly string[];
  readonly conditions: readonly (Condition & { readonly lastTransitionTime: string; readonly observedGeneration?: number | undefined })[];
  /** Which policy holds, and how many of its target groups follow it, as of which generation; 0 where that is not known. */
  readonly programmed: { readonly policy: string; readonly generation: number; readonly ready: number; readonly total: number };
}

/** How one kind was last read whole. */
interface KnownKind {
  readonly kind: string;
  readonly resourceVersion: string;
  readonly heldMoreThanThree: boolean;
  /** The UID of its CRD, where it has one that may be read. */
  readonly crdUid?: string | undefined;
}

/** The last known word of a member: what its holder publishes, and what holds when it can't be read. */
export interface MemberWord {
  readonly clusterUid: string;
  readonly kinds: readonly KnownKind[];
  readonly policies: readonly RawPolicy[];
  readonly exports: readonly ExportSummary[];
  /** Of the hub cluster alone: what is held back there. */
  readonly held?: HubStanding | undefined;
}

/** The exports of a Service, by a word. */
export function namesOfService(word: MemberWord | undefined, namespace: string, service: string): readonly string[] {
  return (word?.exports ?? []).filter((e) => e.namespace === namespace && e.service === service).map((e) => e.name);
}

/**
 * A word as it was published, with what became of its exports since: what is to be said of a member that can't be read whole now. It names the same
 * exports and policies, so that nobody takes what is missing for gone; what is known of another export than it named is left out.
 */
export function withProgress(word: MemberWord, summaries: readonly ExportSummary[]): MemberWord {
  const known = new Map(summaries.map((summary) => [summary.uid, summary]));
  const exports = word.exports.map((told) => {
    const now = known.get(told.uid);
    return now?.hash === told.hash ? { ...told, conditions: now.conditions, programmed: now.programmed } : told;
  });
  return { ...word, exports };
}

/** How large one status may be, in bytes of JSON. etcd takes 1.5 MiB, and the API server's own fields come on top. */
const partBytes = 512 * 1024;
/** What a status takes besides policies and exports. */
const frameBytes = 4096;

/** The name of a part's object. The hub cluster's own word stands under the hub's group, which is no member's name. */
export function snapshotName(member: string, part: number): string {
  const name = member === hubPolicyOrigin ? `hub.${hubGroup}` : member;
  return part === 0 ? name : `${name}.part-${part}`;
}

/** Cuts a word into the objects that hold it. They belong together by their sequence. */
export function snapshotParts(word: MemberWord, sequence: number): readonly MemberSnapshotStatus[] {
  const parts: { policies: RawPolicy[]; exports: ExportSummary[]; bytes: number }[] = [{ policies: [], exports: [], bytes: 0 }];
  const place = (bytes: number) => {
    let last = parts.at(-1);
    if (!last || (last.bytes > 0 && last.bytes + bytes > partBytes - frameBytes))
      parts.push((last = { policies: [], exports: [], bytes: 0 }));
    last.bytes += bytes;
    return last;
  };
  for (const policy of word.policies) place(sizeOf(policy)).policies.push(policy);
  for (const summary of word.exports) place(sizeOf(summary)).exports.push(summary);
  return parts.map(({ policies, exports }, part) => ({
    sequence,
    parts: parts.length,
    clusterUid: word.clusterUid,
    kinds: [...word.kinds],
    ...(part === 0 && word.held && { ...word.held, holds: [...word.held.holds] }),
    policies: policies.map((policy) => ({ ...policy, spec: (policy.spec ?? {}) as Record<string, unknown> })),
    exports: exports.map(({ slots, conditions, ...rest }) => ({
      ...rest,
      ports: [...slots],
      conditions: conditions.map((c) => ({ ...c })),
    })),
  }));
}

/** The word of parts, in their order, or undefined where they do not make a whole. What is left over of a longer word comes after them. */
export function wordOfParts(statuses: readonly MemberSnapshotStatus[]): (MemberWord & { readonly sequence: number }) | undefined {
  const first = statuses[0];
  if (!first?.parts || first.sequence === undefined || first.clusterUid === undefined) return undefined;
  const whole = statuses.filter((status) => status.sequence === first.sequence).slice(0, first.parts);
  if (whole.length < first.parts) return undefined;
  return {
    sequence: first.sequence,
    clusterUid: first.clusterUid,
    kinds: first.kinds ?? [],
    ...heldOf(first),
    policies: whole.flatMap((status) => status.policies ?? []),
    exports: whole.flatMap((status) =>
      (status.exports ?? []).map(({ ports, programmed, ...rest }) => ({
        ...rest,
        slots: ports,
        programmed: {
          policy: programmed?.policy ?? '',
          generation: programmed?.generation ?? 0,
          ready: programmed?.ready ?? 0,
          total: programmed?.total ?? 0,
        },
      })),
    ),
  };
}

function heldOf({ holds, acknowledgementId, acknowledged }: MemberSnapshotStatus): Pick<MemberWord, 'held'> {
  if (!holds && !acknowledged) return {};
  return {
    held: { holds: holds ?? [], ...(acknowledgementId !== undefined && { acknowledgementId }), ...(acknowledged && { acknowledged }) },
  };
}

/** The object of a part, for its creation. */
export function snapshotObject(member: string, part: number): object {
  return {
    apiVersion: `${MemberSnapshotResource.group}/${MemberSnapshotResource.version}`,
    kind: MemberSnapshotResource.kind,
    metadata: { name: snapshotName(member, part), labels: { [`${hubGroup}/member`]: labelOf(member) } },
    spec: { memberCluster: member, part },
  };
}

/** One part of what was published of a member. */
export interface SnapshotRecord {
  readonly member: string;
  readonly part: number;
  /** Its status, packed: for a member that is held here it is read only when the member changes hands. See {@link unpackedStatus}. */
  readonly packed: Uint8Array | undefined;
  /** A person's word on what is held of the hub cluster, where one was written on it. */
  readonly acknowledgement?: string;
}

/** A snapshot as it was read, or undefined for one that nobody of ours wrote. */
export function readSnapshot(object: unknown): SnapshotRecord | undefined {
  const snapshot = MemberSnapshot.safeParse(object).data;
  if (!snapshot) return undefined;
  const { memberCluster: member, part } = snapshot.spec;
  const acknowledgement = (snapshot.metadata.annotations ?? {})[memberAnnotations.acknowledge];
  const packed = snapshot.status && packedStatus(snapshot.status);
  return { member, part, packed, ...(acknowledgement !== undefined && { acknowledgement }) };
}

/** A tenth of the text. The copy has just the bytes that it needs; what zlib gives stands in a larger buffer. */
function packedStatus(status: MemberSnapshotStatus): Uint8Array {
  return new Uint8Array(deflateRawSync(JSON.stringify(status), { level: 1 }));
}

/** The status of a part as it was read. */
export function unpackedStatus({ packed }: SnapshotRecord): MemberSnapshotStatus | undefined {
  return packed && (JSON.parse(inflateRawSync(packed).toString()) as MemberSnapshotStatus);
}

function labelOf(member: string): string {
  return member.slice(0, 63).replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}

/** With the comma after it. */
function sizeOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}
