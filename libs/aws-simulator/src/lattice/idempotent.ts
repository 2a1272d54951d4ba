import { AwsError } from '../protocol/aws-error.js';
import { conflict } from './lattice-errors.js';
import type { ResourceType } from './lattice-errors.js';
import type { LatticeContext } from './lattice-context.js';

/**
 * Creates a resource once for a client token: a repeated request finds what the first one made. A token whose resource is gone is new again.
 * Throws what the settings name where the token comes with other parameters.
 */
export function idempotent<R extends { readonly id: string }>(
  context: LatticeContext,
  operation: string,
  type: ResourceType,
  input: { readonly clientToken?: string | undefined },
  find: (id: string) => R | undefined,
  create: () => R,
): R {
  const token = input.clientToken;
  if (token === undefined) return create();
  const { clientTokens } = context.store;
  const verdict = clientTokens.check(operation, token, input, context.nowMs);
  if (verdict.kind === 'mismatch') throw mismatch(context, type, token);
  const existing = verdict.kind === 'repeated' ? find(verdict.resourceId) : undefined;
  if (existing) return existing;
  const created = create();
  clientTokens.remember(operation, token, input, created.id, context.nowMs + context.settings.clientTokenTtlMs);
  return created;
}

function mismatch(context: LatticeContext, type: ResourceType, token: string): AwsError {
  const message = `The client token ${token} was used with other parameters`;
  if (context.settings.unverified.clientTokenMismatch === 'ConflictException') return conflict(message, type, token);
  return new AwsError('ValidationException', 400, message, { reason: 'other' });
}
