import { hash } from 'node:crypto';
import type { Place, Slot, TargetGroupShape } from '@hub/model';

/** Everything that makes a target group itself and no other. */
export interface TargetGroupIdentity {
  readonly hubId: string;
  readonly place: Place;
  readonly namespace: string;
  readonly name: string;
  readonly slot: Slot;
  readonly shape: TargetGroupShape;
}

/** The version of what is hashed. A change of it renames, and so replaces, every target group of every fleet. */
const hashVersion = '1';

/** The longest share of a name that a namespace or an export's name gets, as the AWS Gateway API Controller cuts it. */
const partLength = 55;

/**
 * The name of a target group: `k8s-<namespace>-<export>-<10 letters>`. The letters are a hash over all that can't change, so that a create that
 * is repeated finds itself and a change of anything immutable makes another name (design 5). Within the limits of TargetGroupName in the
 * VPC Lattice API model: at most 128 of [a-z0-9-], no two hyphens in a row.
 */
export function targetGroupName(of: TargetGroupIdentity): string {
  return `k8s-${part(of.namespace)}-${part(of.name)}-${letters(of)}`;
}

function part(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, partLength)
    .replaceAll(/^-+|-+$/g, '');
}

function letters(of: TargetGroupIdentity): string {
  const { place, shape } = of;
  const identity = [
    hashVersion,
    of.hubId,
    place.accountId,
    place.region,
    place.vpcId,
    place.clusterName,
    of.namespace,
    of.name,
    of.slot,
    shape.protocol,
    shape.protocolVersion ?? '',
    String(shape.port),
    shape.ipFamily,
  ];
  const digest = hash('sha256', JSON.stringify(identity), 'buffer');
  return Array.from(digest.subarray(0, 10), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
}
