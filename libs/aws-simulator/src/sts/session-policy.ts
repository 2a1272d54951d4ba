import { AwsError } from '../protocol/aws-error.js';
import { isRecord } from '../validation/is-record.js';

/**
 * The actions that a session policy allows. Statements of `Effect: Allow` with `Action` and `Resource: "*"` are understood; anything else is
 * refused by name rather than passed over. Throws a MalformedPolicyDocument.
 */
export function sessionPolicyActions(policy: string): readonly string[] {
  const statements = asList(objectOf(parse(policy), 'The policy')['Statement']);
  if (statements.length === 0) throw malformed('The policy has no Statement');
  return statements.flatMap((statement) => statementActions(objectOf(statement, 'A Statement')));
}

function statementActions(statement: Readonly<Record<string, unknown>>): readonly string[] {
  const unknown = Object.keys(statement).find((key) => !['Sid', 'Effect', 'Action', 'Resource'].includes(key));
  if (unknown !== undefined) throw malformed(`The simulator does not understand ${unknown} in a session policy`);
  if (statement['Effect'] !== 'Allow') throw malformed('The simulator understands Effect "Allow" only in a session policy');
  if (!asList(statement['Resource']).every((resource) => resource === '*'))
    throw malformed('The simulator understands Resource "*" only in a session policy');
  const actions = asList(statement['Action']);
  return actions.map((action) => {
    if (typeof action !== 'string') throw malformed('An Action is not a text');
    return action;
  });
}

function parse(policy: string): unknown {
  try {
    return JSON.parse(policy);
  } catch {
    throw malformed('The policy is not in valid JSON format');
  }
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw malformed(`${what} is not an object`);
  return value;
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', 400, message);
}
