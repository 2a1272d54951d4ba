import type { Permission } from '../identity/authorizer.js';
import type { ServiceInput } from '../server/aws-service.js';
import { latticeArn } from './resource-arns.js';

/** What IAM must allow for a Lattice operation. A create with tags needs TagResource too where the settings say so. */
export function latticePermissions(
  operation: string,
  input: ServiceInput,
  place: { readonly account: string; readonly region: string },
  tagOnCreateNeedsTagResource: boolean,
): readonly Permission[] {
  const resource = resourceArn(operation, input, place);
  // BatchUpdateRule has no action of its own: the API reference names UpdateRule.
  const action = operation === 'BatchUpdateRule' ? 'UpdateRule' : operation;
  const main: Permission = { action: `vpc-lattice:${action}`, resource };
  const tags = input['tags'];
  const tagsOnCreate = operation.startsWith('Create') && typeof tags === 'object' && tags !== null && Object.keys(tags).length > 0;
  if (!tagsOnCreate || !tagOnCreateNeedsTagResource) return [main];
  return [main, { action: 'vpc-lattice:TagResource', resource }];
}

/** What the request names, the most particular first. */
export function latticeResourceOf(input: ServiceInput): string {
  const names = ['targetGroupIdentifier', 'resourceArn', 'ruleIdentifier', 'name', 'listenerIdentifier', 'serviceIdentifier'];
  return names.map((name) => text(input[name])).find((value) => value !== '') ?? '';
}

function resourceArn(operation: string, input: ServiceInput, place: { readonly account: string; readonly region: string }): string {
  const arn = (resource: string) => latticeArn(place.account, place.region, resource);
  const named = (name: string, prefix: string) => {
    const value = text(input[name]);
    return value.startsWith('arn:') ? value : `${prefix}${value || '*'}`;
  };
  if (operation === 'ListTargetGroups' || operation === 'ListServices') return '*';
  if (input['resourceArn'] !== undefined) return text(input['resourceArn']);
  if (operation.includes('Target')) return named('targetGroupIdentifier', arn('targetgroup/'));
  const service = named('serviceIdentifier', arn('service/'));
  if (!operation.includes('Listener') && !operation.includes('Rule')) return service;
  const listener = named('listenerIdentifier', `${service}/listener/`);
  return operation.includes('Rule') ? named('ruleIdentifier', `${listener}/rule/`) : listener;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
