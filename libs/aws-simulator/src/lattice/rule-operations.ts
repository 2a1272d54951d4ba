import type { VpcLatticeOperations, VpcLatticeShapes } from '../models/vpc-lattice.generated.js';
import { AwsError } from '../protocol/aws-error.js';
import { findListener, findRule, findService } from './find-resource.js';
import { applyAction, checkedAction, checkGroupsPerService } from './forward-actions.js';
import { idempotent } from './idempotent.js';
import { conflict, invalid, quotaExceeded } from './lattice-errors.js';
import { newId } from './lattice-context.js';
import type { LatticeContext } from './lattice-context.js';
import { inOrder, nextPage } from './paging.js';
import { refuseUnsettled } from './service-operations.js';
import type { ListenerRecord, RuleAction, RuleRecord, ServiceRecord } from './service-record.js';
import { checkTagCount, checkTags } from './tag-rules.js';

type Operations = VpcLatticeOperations;

interface Place {
  readonly service: ServiceRecord;
  readonly listener: ListenerRecord;
}

interface NewRule {
  readonly name: string;
  readonly isDefault: boolean;
  readonly priority: number | undefined;
  readonly match: VpcLatticeShapes['RuleMatch'] | undefined;
  readonly action: RuleAction;
  readonly tags: Readonly<Record<string, string>>;
}

/** Adds a rule to a listener and makes its groups used. The caller has checked the action. */
export function newRule(context: LatticeContext, service: ServiceRecord, listener: ListenerRecord, rule: NewRule): RuleRecord {
  const id = newId(context, 'rule');
  const record: RuleRecord = {
    ...rule,
    id,
    arn: `${listener.arn}/rule/${id}`,
    createdAtMs: context.nowMs,
    lastUpdatedAtMs: context.nowMs,
    tags: new Map(Object.entries(rule.tags)),
  };
  listener.rules.set(id, record);
  context.store.noteTags(record, context.nowMs);
  applyAction(context, service, record.arn, rule.action);
  return record;
}

export function createRule(context: LatticeContext, input: Operations['CreateRule']['input']): Operations['CreateRule']['output'] {
  const place = placeOf(context, input);
  const create = () => checkedNewRule(context, place, input);
  const rule = idempotent(context, 'CreateRule', 'RULE', input, (id) => place.listener.rules.get(id), create);
  const { arn, id, name, match, priority, action } = rule;
  return { arn, id, name, match, priority, action };
}

function checkedNewRule(context: LatticeContext, place: Place, input: Operations['CreateRule']['input']): RuleRecord {
  const { service, listener } = place;
  const { quotas } = context.settings;
  const tags = input.tags ?? {};
  checkTags(tags);
  checkTagCount(Object.keys(tags).length, quotas.tagsPerResource);
  refuseUnsettled(context, service);
  if (listener.protocol === 'TLS_PASSTHROUGH') throw invalid('A TLS_PASSTHROUGH listener has its default rule only');
  const sameName = [...listener.rules.values()].find((rule) => rule.name === input.name);
  if (sameName) throw conflict(`Rule with name ${input.name} already exists`, 'RULE', sameName.id);
  refuseTakenPriority(listener, input.priority, undefined);
  if (listener.rules.size - 1 >= quotas.rulesPerListener) {
    throw quotaExceeded('rules per listener', quotas.rulesPerListener, 'L-CF78395E', 'RULE', listener.id);
  }
  const action = checkedAction(context, service, listener.protocol, input.action);
  checkGroupsPerService(context, service, action, undefined);
  return newRule(context, service, listener, {
    name: input.name,
    isDefault: false,
    priority: input.priority,
    match: input.match,
    action,
    tags,
  });
}

function refuseTakenPriority(listener: ListenerRecord, priority: number, except: string | undefined): void {
  const taken = [...listener.rules.values()].find((rule) => rule.priority === priority && rule.id !== except);
  if (taken) throw conflict(`Rule with priority ${priority} already exists`, 'RULE', taken.id);
}

export function getRule(context: LatticeContext, input: Operations['GetRule']['input']): Operations['GetRule']['output'] {
  const rule = findRule(context, placeOf(context, input).listener, input.ruleIdentifier);
  return { ...described(rule), createdAt: new Date(rule.createdAtMs), lastUpdatedAt: new Date(rule.lastUpdatedAtMs) };
}

/** Changes a rule; what is left out stays. The default rule changes with its listener. */
export function updateRule(context: LatticeContext, input: Operations['UpdateRule']['input']): Operations['UpdateRule']['output'] {
  const place = placeOf(context, input);
  const rule = findRule(context, place.listener, input.ruleIdentifier);
  if (input.priority !== undefined) refuseTakenPriority(place.listener, input.priority, rule.id);
  return described(changeRule(context, place, rule, input));
}

function changeRule(
  context: LatticeContext,
  { service, listener }: Place,
  rule: RuleRecord,
  change: Omit<VpcLatticeShapes['RuleUpdate'], 'ruleIdentifier'>,
): RuleRecord {
  if (rule.isDefault) throw invalid('The default rule changes with its listener');
  refuseUnsettled(context, service);
  const action = change.action ? checkedAction(context, service, listener.protocol, change.action) : rule.action;
  checkGroupsPerService(context, service, action, rule.id);
  rule.action = action;
  rule.match = change.match ?? rule.match;
  rule.priority = change.priority ?? rule.priority;
  rule.lastUpdatedAtMs = context.nowMs;
  applyAction(context, service, rule.arn, action);
  return rule;
}

/** Changes several rules of a listener; priorities may be swapped, and single rules may fail. */
export function batchUpdateRule(
  context: LatticeContext,
  input: Operations['BatchUpdateRule']['input'],
): Operations['BatchUpdateRule']['output'] {
  const place = placeOf(context, input);
  const rules = input.rules.map((change) => ({ change, rule: findRule(context, place.listener, change.ruleIdentifier) }));
  const ids = rules.map(({ rule }) => rule.id);
  if (new Set(ids).size < ids.length) throw invalid('A rule can be named once');
  refuseClashingPriorities(place.listener, new Map(rules.map(({ change, rule }) => [rule.id, change.priority ?? rule.priority])));
  const outcomes = rules.map(({ change, rule }) => attempt(context, place, rule, change));
  return {
    successful: outcomes.flatMap((outcome) => (outcome.rule ? [described(outcome.rule)] : [])),
    unsuccessful: outcomes.flatMap((outcome) => (outcome.failure ? [outcome.failure] : [])),
  };
}

function attempt(
  context: LatticeContext,
  place: Place,
  rule: RuleRecord,
  change: VpcLatticeShapes['RuleUpdate'],
): { readonly rule?: RuleRecord; readonly failure?: VpcLatticeShapes['RuleUpdateFailure'] } {
  try {
    return { rule: changeRule(context, place, rule, change) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { failure: { ruleIdentifier: change.ruleIdentifier, failureCode: error.code, failureMessage: error.message } };
  }
}

function refuseClashingPriorities(listener: ListenerRecord, changed: ReadonlyMap<string, number | undefined>): void {
  const seen = new Map<number, string>();
  for (const rule of listener.rules.values()) {
    const priority = changed.has(rule.id) ? changed.get(rule.id) : rule.priority;
    if (priority === undefined) continue;
    const other = seen.get(priority);
    if (other !== undefined) throw conflict(`Rule with priority ${priority} already exists`, 'RULE', other);
    seen.set(priority, rule.id);
  }
}

export function deleteRule(context: LatticeContext, input: Operations['DeleteRule']['input']): Operations['DeleteRule']['output'] {
  const { service, listener } = placeOf(context, input);
  const rule = findRule(context, listener, input.ruleIdentifier);
  if (rule.isDefault) throw invalid('The default rule goes with its listener');
  refuseUnsettled(context, service);
  listener.rules.delete(rule.id);
  applyAction(context, service, rule.arn, undefined);
  context.store.noteGone(rule.arn, context.nowMs);
  return {};
}

export function listRules(context: LatticeContext, input: Operations['ListRules']['input']): Operations['ListRules']['output'] {
  const { listener } = placeOf(context, input);
  const { items, nextToken } = nextPage(context, `ListRules|${listener.id}`, inOrder(context, listener.rules.values()), input);
  const summaries = items.map(({ arn, id, name, isDefault, priority, createdAtMs, lastUpdatedAtMs }) => ({
    arn,
    id,
    name,
    isDefault,
    priority,
    createdAt: new Date(createdAtMs),
    lastUpdatedAt: new Date(lastUpdatedAtMs),
  }));
  return { items: summaries, nextToken };
}

function placeOf(context: LatticeContext, input: { readonly serviceIdentifier: string; readonly listenerIdentifier: string }): Place {
  const service = findService(context, input.serviceIdentifier);
  return { service, listener: findListener(context, service, input.listenerIdentifier) };
}

function described(rule: RuleRecord): Operations['UpdateRule']['output'] {
  const { arn, id, name, isDefault, match, priority, action } = rule;
  return { arn, id, name, isDefault, match, priority, action };
}
