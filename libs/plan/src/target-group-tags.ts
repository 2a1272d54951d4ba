import { exportSourceType, hubTags, isHubTag, upstreamTags } from '@hub/api';
import type { Place, Slot, TargetGroupShape } from '@hub/model';

/** What the tags of a target group say. */
export interface TagFacts {
  readonly hubId: string;
  readonly place: Place;
  readonly namespace: string;
  readonly name: string;
  readonly slot: Slot;
  readonly service: string;
  readonly protocolVersion: TargetGroupShape['protocolVersion'];
  /** The value of the policy tag; empty for no policy. */
  readonly trace: string;
}

/**
 * The tags of a target group: all that the AWS Gateway API Controller writes, so that its ServiceImports resolve to the hub's groups, the hub's
 * own, and under them what the export's annotation adds.
 */
export function targetGroupTags(facts: TagFacts, extra: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { place } = facts;
  return {
    ...extra,
    [upstreamTags.managedBy]: `${place.accountId}/${place.clusterName}/${place.vpcId}`,
    [upstreamTags.clusterName]: place.clusterName,
    [upstreamTags.serviceName]: facts.name,
    [upstreamTags.serviceNamespace]: facts.namespace,
    [upstreamTags.sourceType]: exportSourceType,
    [upstreamTags.protocolVersion]: facts.protocolVersion ?? '',
    [hubTags.hub]: facts.hubId,
    [hubTags.slot]: facts.slot,
    [hubTags.service]: facts.service,
    [hubTags.policy]: facts.trace,
  };
}

/** The tags that are missing or different. Foreign tags stay: nothing is ever untagged. */
export function missingTags(
  wanted: Readonly<Record<string, string>>,
  observed: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const missing = Object.entries(wanted).filter(([key, value]) => observed[key] !== value);
  return missing.length === 0 ? undefined : Object.fromEntries(missing);
}

/**
 * The tags that an export's annotation asks for, `k=v,k=v`. What AWS would refuse, and what belongs to the controllers, is left out, as the AWS
 * Gateway API Controller leaves it out. At most 30, so that the others find room among AWS's 50.
 */
export function annotationTags(annotation: string | undefined): Readonly<Record<string, string>> {
  const tags = new Map<string, string>();
  for (const pair of (annotation ?? '').split(',')) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(at, 0)).trim();
    const value = pair.slice(at + 1).trim();
    if (isTag(key, value) && !isReserved(key) && !tags.has(key) && tags.size < 30) tags.set(key, value);
  }
  return Object.fromEntries(tags);
}

function isTag(key: string, value: string): boolean {
  const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u;
  return allowed.test(key) && allowed.test(value) && key.length <= 128 && value.length <= 256;
}

function isReserved(key: string): boolean {
  const lower = key.toLowerCase();
  return lower.startsWith('aws:') || lower.startsWith('application-networking.k8s.aws/') || isHubTag(lower);
}
