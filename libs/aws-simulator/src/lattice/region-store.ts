import { ClientTokens } from '../state/client-tokens.js';
import { TagIndex } from '../tagging/tag-index.js';
import { ResourceTable } from './resource-table.js';
import { rulesOf } from './service-record.js';
import type { RuleAction, ServiceRecord } from './service-record.js';
import type { TargetGroupRecord } from './target-group-record.js';

/** Everything that exists in one account and region. Call {@link settle} before reading: it brings the state up to the clock. */
export class RegionStore {
  readonly targetGroups = new ResourceTable<TargetGroupRecord>();
  readonly services = new ResourceTable<ServiceRecord>();
  readonly clientTokens = new ClientTokens();
  readonly tagIndex = new TagIndex();

  constructor(
    readonly account: string,
    readonly region: string,
    private readonly lags: { readonly taggingLagMs: number; readonly serviceArnsLagMs: number },
  ) {}

  /** Takes away what is gone by now. */
  settle(nowMs: number): void {
    for (const service of this.services.settle(nowMs)) {
      for (const rule of rulesOf(service)) this.retarget(rule.arn, service.arn, undefined, nowMs);
      const parts = [service, ...service.listeners.values(), ...rulesOf(service)];
      for (const part of parts) this.noteGone(part.arn, nowMs, goneAt(service, nowMs));
    }
    for (const group of this.targetGroups.settle(nowMs)) this.noteGone(group.arn, nowMs, goneAt(group, nowMs));
  }

  /** Takes note of a resource's tags for the tagging API. */
  noteTags(resource: { readonly arn: string; readonly tags: ReadonlyMap<string, string> }, nowMs: number): void {
    this.tagIndex.note(resource.arn, resource.tags, nowMs, nowMs + this.lags.taggingLagMs);
  }

  /** Takes note of a resource's end for the tagging API. */
  noteGone(arn: string, nowMs: number, goneAtMs: number = nowMs): void {
    this.tagIndex.note(arn, undefined, nowMs, goneAtMs + this.lags.taggingLagMs);
  }

  /** Makes a rule use the groups of this action and no others. Groups that come into use start their health checks anew. */
  retarget(ruleArn: string, serviceArn: string, action: RuleAction | undefined, nowMs: number): readonly TargetGroupRecord[] {
    const wanted = new Set(action?.forward?.targetGroups.map((target) => target.targetGroupIdentifier));
    const changed: TargetGroupRecord[] = [];
    for (const group of this.targetGroups.all()) {
      if (wanted.has(group.id) === group.uses.has(ruleArn)) continue;
      changed.push(group);
      if (wanted.has(group.id)) this.#use(group, ruleArn, serviceArn, nowMs);
      else this.#release(group, ruleArn, serviceArn, nowMs);
    }
    return changed;
  }

  #use(group: TargetGroupRecord, ruleArn: string, serviceArn: string, nowMs: number): void {
    if (group.uses.size === 0) {
      for (const [key, target] of group.targets) group.targets.set(key, { ...target, verdict: 'INITIAL', sinceMs: nowMs });
    }
    group.uses.set(ruleArn, serviceArn);
  }

  #release(group: TargetGroupRecord, ruleArn: string, serviceArn: string, nowMs: number): void {
    group.uses.delete(ruleArn);
    const isStillUsed = [...group.uses.values()].includes(serviceArn);
    if (isStillUsed || this.lags.serviceArnsLagMs === 0) return;
    const kept = group.formerServices.filter((service) => service.untilMs > nowMs);
    group.formerServices = [...kept, { arn: serviceArn, untilMs: nowMs + this.lags.serviceArnsLagMs }];
  }
}

function goneAt(resource: { readonly lifecycle: TargetGroupRecord['lifecycle'] }, nowMs: number): number {
  return resource.lifecycle.deletion?.endsAtMs ?? nowMs;
}
