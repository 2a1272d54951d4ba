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
  /** The ids of the groups that a rule forwards to, by the rule's ARN. */
  #uses: Map<string, ReadonlySet<string>> | undefined;

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
    const used = this.#groupsUsedBy(ruleArn);
    const wanted = new Set(action?.forward?.targetGroups.map((target) => target.targetGroupIdentifier));
    const ids = [...new Set([...used, ...wanted])].filter((id) => used.has(id) !== wanted.has(id));
    const changed = ids.flatMap((id) => this.targetGroups.get(id) ?? []);
    for (const group of changed) {
      if (wanted.has(group.id)) this.#use(group, ruleArn, serviceArn, nowMs);
      else this.#release(group, ruleArn, serviceArn, nowMs);
    }
    if (wanted.size > 0) this.#uses?.set(ruleArn, wanted);
    else this.#uses?.delete(ruleArn);
    return changed;
  }

  /** The ids of the groups that a rule forwards to; found in the groups once, and kept from there on. */
  #groupsUsedBy(ruleArn: string): ReadonlySet<string> {
    this.#uses ??= usesOf(this.targetGroups.all());
    return this.#uses.get(ruleArn) ?? new Set();
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

function usesOf(groups: readonly TargetGroupRecord[]): Map<string, ReadonlySet<string>> {
  const uses = new Map<string, Set<string>>();
  for (const group of groups) {
    for (const ruleArn of group.uses.keys()) {
      const ids = uses.get(ruleArn) ?? new Set();
      uses.set(ruleArn, ids.add(group.id));
    }
  }
  return uses;
}
