import type { AwsSimulator, TargetGroupView } from '@hub/aws-simulator';
import { groupsOf, hasShape, healthCheckDifference, idOf, liveTargets } from '../compare.js';
import type { WriteAttempt } from '../fleet/aws-gate.js';
import { addressesBehind, askedHealthCheck, filledHealthCheck, healthChecksInReach, type ExpectedGroup } from '../oracle.js';
import type { Entry, Ledger } from './ledger.js';

/** What an attempt is judged by: the group as it is now, and all the groups of its request. */
interface Scene {
  readonly group: TargetGroupView;
  readonly siblings: readonly TargetGroupView[];
  readonly id: string;
  /** A service uses it, which the hub knows. AWS refuses what is not to be done then, and nobody can know of it in the moment that it begins. */
  readonly isUsed: boolean;
}

/**
 * Judges every attempt that takes something from a target group at the moment of its arrival, before AWS does anything: a target, the health
 * check, or the group itself.
 * @returns what is wrong with it; undefined where it follows from something that people said
 */
export function judgeAttempt(attempt: WriteAttempt, ledger: Ledger, aws: AwsSimulator, hubId: string): string | undefined {
  const groups = groupsOf(aws, hubId);
  const group = groups.find(({ arn, id }) => attempt.resource === arn || attempt.resource === id);
  // One that is gone, or that AWS could not make, has nothing to lose.
  if (!group || group.status === 'CREATE_FAILED') return undefined;
  const id = idOf(group);
  if (attempt.cluster !== id.split(' ')[0]) return `${id}: ${attempt.operation} in the name of ${attempt.cluster}`;
  const isUsed = group.serviceArns.length > 0 && ledger.isUseKnown(group.arn, attempt.readAtMs);
  const scene = { group, id, isUsed, siblings: groups.filter((other) => idOf(other) === id && other !== group) };
  // One whose export is over follows whichever policy there is: what was said of its own member's objects does not bound that.
  const isOver = ledger.all.at(-1)?.groups.get(id) === undefined;
  const entries = attempt.operation === 'UpdateTargetGroup' && isOver ? ledger.all : ledger.of(attempt.cluster);
  const reasons = entries.map((entry) => objection(attempt, entry, scene));
  const isMixed = attempt.operation === 'UpdateTargetGroup' && entries.some((entry) => entry.isTroubled);
  if (isMixed && isInReach(attempt.body, entries, scene)) return undefined;
  return reasons.includes(undefined) ? undefined : `${id}: ${attempt.operation} ${JSON.stringify(attempt.body ?? '')}: ${reasons.at(-1)}`;
}

/** Why an attempt does not follow from one of the words of people. */
function objection(attempt: WriteAttempt, entry: Entry, scene: Scene): string | undefined {
  const wanted = entry.groups.get(scene.id);
  switch (attempt.operation) {
    case 'DeregisterTargets':
      return objectionToTargets(targetsOf(attempt.body), entry, wanted, scene);
    case 'DeleteTargetGroup':
      return objectionToDeletion(wanted, scene);
    case 'UpdateTargetGroup':
      return objectionToHealthCheck(attempt.body, entry, wanted, scene);
    case 'UntagResource':
      return 'nothing is ever untagged';
    case 'CreateTargetGroup':
    case 'RegisterTargets':
    case 'TagResource':
      return undefined;
  }
}

function objectionToTargets(targets: readonly string[], entry: Entry, wanted: ExpectedGroup | undefined, scene: Scene): string | undefined {
  const { group, isUsed } = scene;
  const behind = wanted?.addresses ?? addressesOfEnded(entry, scene);
  const isOver = wanted === undefined || (wanted.certainty === 'exact' && !hasShape(group, wanted));
  const wrong = targets.filter((target) => {
    if (wanted?.certainty === 'exact' && !isOver) return wanted.targets.includes(target);
    if (isOver && !isUsed) return wanted !== undefined && wanted.targets.includes(target) && !hasStandIn(wanted, [target], scene);
    return (
      behind.has(target.split(' ')[0] ?? '') && (wanted === undefined || wanted.certainty === 'kept' || wanted.targets.includes(target))
    );
  });
  return wrong.length === 0 ? undefined : `${wrong.join()} must be there`;
}

function objectionToDeletion(wanted: ExpectedGroup | undefined, scene: Scene): string | undefined {
  if (scene.isUsed) return 'a service uses it';
  if (wanted === undefined) return undefined;
  if (wanted.certainty === 'kept') return 'what is asked for can not be had, so it stays';
  if (!wanted.settings || hasShape(scene.group, wanted)) return 'it is asked for';
  return hasStandIn(wanted, [], scene) ? undefined : 'nothing stands in for it';
}

/**
 * Whether a health check is that of a policy that may be in force where each is known as it was at another time: while clusters or replicas can't
 * hear each other, that is how it is, and of such a mixture nobody has ever spoken. For how long after a cut something can be unheard of depends on
 * the load of the machine, so every word since the fleet was as it must be counts, and not only those of the time of the cut.
 */
function isInReach(body: unknown, entries: readonly Entry[], { group, id }: Scene): boolean {
  const { protocol, protocolVersion } = group.config;
  const [cluster = '', request = ''] = id.split(' ');
  const [namespace = '', name = ''] = request.split('/');
  const worlds = entries.map(({ world }) => world);
  return healthChecksInReach(worlds, cluster, namespace, name, group.tags['lattice-hub.io/service'] ?? '').some((asked) => {
    const filled = filledHealthCheck(asked, protocol ?? 'HTTP', protocolVersion ?? undefined);
    return healthCheckDifference(filled, (body as { healthCheck?: Record<string, unknown> } | undefined)?.healthCheck) === undefined;
  });
}

/** One whose export is over follows its policy for as long as it is there: whoever can't read the member does not know better. */
function objectionToHealthCheck(body: unknown, entry: Entry, wanted: ExpectedGroup | undefined, { group, id }: Scene): string | undefined {
  const { protocol, protocolVersion } = group.config;
  const [cluster = '', request = ''] = id.split(' ');
  const [namespace = '', name = ''] = request.split('/');
  const service = group.tags['lattice-hub.io/service'] ?? '';
  const asked = wanted ? wanted.settings?.healthCheck : askedHealthCheck(entry.world, cluster, namespace, name, service);
  if (!asked) return 'the policy can not be followed, so it stays';
  const filled = filledHealthCheck(asked, protocol ?? 'HTTP', protocolVersion ?? undefined);
  return healthCheckDifference(filled, (body as { healthCheck?: Record<string, unknown> } | undefined)?.healthCheck);
}

/** Whether another group of the request is what is asked for, and has these targets. */
function hasStandIn(wanted: ExpectedGroup, targets: readonly string[], { siblings }: Scene): boolean {
  return siblings.some((other) => {
    const live = new Set(liveTargets(other));
    return other.status === 'ACTIVE' && hasShape(other, wanted) && targets.every((target) => live.has(target));
  });
}

/** What is behind the Service that a group was made for, whose export is gone. */
function addressesOfEnded(entry: Entry, { group }: Scene): ReadonlySet<string> {
  const cluster = entry.world.clusters.find(({ vpcId }) => vpcId === group.config.vpcIdentifier);
  const namespace = group.tags['application-networking.k8s.aws/ServiceNamespace'] ?? '';
  return cluster ? addressesBehind(cluster, namespace, group.tags['lattice-hub.io/service'] ?? '') : new Set();
}

function targetsOf(body: unknown): readonly string[] {
  const { targets = [] } = (body ?? {}) as { readonly targets?: readonly { readonly id: string; readonly port: number }[] };
  return targets.map(({ id, port }) => `${id} ${port}`);
}
