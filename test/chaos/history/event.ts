import type { FaultEffect as AwsEffect } from '@hub/aws-simulator';
import type { FaultRule as KubeFault } from '@hub/kube-simulator';
import type { ExportForm, Pod, PolicySetting, ServiceForm } from '../fleet/manifests.js';

/** What people do. Members and replicas go by their number, from 1; member 0 is the hub cluster. */
type PeopleAct =
  | {
      readonly do: 'export';
      readonly member: number;
      readonly namespace: string;
      readonly name: string;
      readonly form: ExportForm;
      readonly pods: readonly Pod[];
    }
  | { readonly do: 'unexport'; readonly member: number; readonly namespace: string; readonly name: string }
  | {
      readonly do: 'pods';
      readonly member: number;
      readonly namespace: string;
      readonly name: string;
      readonly slice: number;
      readonly pods: readonly Pod[];
    }
  | { readonly do: 'drop-slice'; readonly member: number; readonly namespace: string; readonly name: string; readonly slice: number }
  | {
      readonly do: 'service';
      readonly member: number;
      readonly namespace: string;
      readonly name: string;
      readonly form: ServiceForm;
    }
  | { readonly do: 'drop-service'; readonly member: number; readonly namespace: string; readonly name: string }
  | {
      readonly do: 'policy';
      readonly member: number;
      readonly namespace: string;
      readonly name: string;
      readonly target: { readonly kind: 'ServiceExport' | 'Service'; readonly name: string };
      readonly setting: PolicySetting;
    }
  | { readonly do: 'drop-policy'; readonly member: number; readonly namespace: string; readonly name: string }
  | { readonly do: 'scope'; readonly member: number; readonly scope: 'Fleet' | 'Own' | 'Ignore' }
  | { readonly do: 'use'; readonly member: number; readonly namespace: string; readonly name: string }
  | { readonly do: 'unuse'; readonly member: number }
  | { readonly do: 'acknowledge'; readonly member: number };

/** What happens to a member, and its end. */
type MemberAct =
  | { readonly do: 'member-down' | 'member-silent' | 'member-cut' | 'member-heal' | 'member-compact'; readonly member: number }
  | { readonly do: 'member-fault'; readonly member: number; readonly fault: KubeFault }
  | { readonly do: 'backup' | 'restore'; readonly member: number }
  | { readonly do: 'recreate' | 'rejoin'; readonly member: number }
  | { readonly do: 'drop-crd' | 'bring-crd'; readonly member: number; readonly plural: 'serviceexports' | 'targetgrouppolicies' };

type AwsAct =
  | { readonly do: 'aws-fault'; readonly effect: AwsEffect; readonly operations?: readonly string[]; readonly times: number }
  | { readonly do: 'aws-expire' }
  | { readonly do: 'aws-tag-lag'; readonly ms: number }
  | { readonly do: 'aws-role-gone' | 'aws-role-back'; readonly members: readonly number[] };

type RedisAct = { readonly do: 'redis-flush' | 'redis-kill' | 'redis-start' | 'redis-cut' | 'redis-full' | 'redis-room' };

type HubAct =
  | { readonly do: 'hub-kill' | 'hub-start' | 'hub-stop' | 'hub-continue' | 'hub-leave'; readonly replica: number }
  | { readonly do: 'hub-apart' | 'hub-together'; readonly replica: number };

export type Act = PeopleAct | MemberAct | AwsAct | RedisAct | HubAct;

/**
 * When to go on after an event: at once, when AWS has heard so many more writes, when nothing is under way any more, or when the hub has noticed
 * what went wrong and has drawn its conclusions. Never by the clock, so that the same history meets the hub at the same points.
 */
export type Pause = 'at once' | 'quiet' | 'noticed' | { readonly writes: number };

export interface ChaosEvent {
  readonly act: Act;
  readonly pause: Pause;
}

/** One event as one line. */
export function describeEvent({ act, pause }: ChaosEvent): string {
  const { do: what, ...rest } = act;
  return `${what} ${JSON.stringify(rest)} -> ${typeof pause === 'string' ? pause : `${pause.writes} writes`}`;
}
