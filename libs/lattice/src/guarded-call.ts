import type { BuildHandler, FinalizeHandler, HttpRequest, Pluggable } from '@smithy/types';
import type { AccountSession } from './account-sessions.js';
import { Deadline } from './deadline.js';
import { isExpiredCredentials, LatticeError, latticeErrorOf } from './lattice-error.js';

/** The families that a rate is kept for. */
export type ApiFamily = 'read' | 'write' | 'tagging';

/** One attempt of one call, for whoever counts them. */
export interface AttemptReport {
  readonly operation: string;
  readonly accountId: string;
  readonly region: string;
  /** `ok`, or the kind of what went wrong. */
  readonly outcome: string;
  readonly durationMs: number;
}

/** What stands between a decision and the wire. */
export interface CallGuard {
  /** Waits until the account's budget has room for one attempt. */
  readonly budget: (accountId: string, region: string, family: ApiFamily, signal: AbortSignal) => Promise<void>;
  /** Asked last thing before every attempt that writes: whether the hub's hold on the cluster outlives the attempt. */
  readonly mayWrite: () => boolean;
  /** What the User-Agent says of the cluster and its fencing number, so that CloudTrail shows it. */
  readonly userAgent: string;
  /** How long a call with all its attempts may take. Waiting for the budget does not count: nothing was asked of AWS by then. */
  readonly callTimeoutMs: number;
  readonly report: (attempt: AttemptReport) => void;
  readonly nowMs: () => number;
}

const reads = /^(Get|List)/;

/** A command of any service, as far as a plugin can be put on it. */
interface Guardable<I extends object, O extends object> {
  readonly middlewareStack: { use(plugin: Pluggable<I, O>): void };
}

/**
 * Sends a command under a guard: every attempt, the SDK's retries included, first waits for the budget and then asks whether it may be made at
 * all. Lattice has no conditional writes, so that is as late as it can be (design 6). Credentials that ended are renewed once.
 * @throws LatticeError
 */
export async function sendGuarded<I extends object, O extends object>(
  session: AccountSession,
  service: 'lattice' | 'tagging',
  command: Guardable<I, O>,
  guard: CallGuard,
  signal: AbortSignal,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<O>,
): Promise<O> {
  const operation = command.constructor.name.replace(/Command$/, '');
  const deadline = new Deadline(guard.callTimeoutMs, guard.nowMs, signal);
  const attempts = { isOneUnsure: false };
  command.middlewareStack.use(guarding<I, O>(session, service, operation, guard, deadline, attempts, signal));
  deadline.start();
  try {
    return await sendRenewing(session, () => send({ abortSignal: deadline.signal }));
  } catch (error) {
    const failure = latticeErrorOf(error);
    throw attempts.isOneUnsure ? failure.afterUnsureAttempt() : failure;
  } finally {
    deadline.end();
  }
}

async function sendRenewing<O>(session: AccountSession, send: () => Promise<O>): Promise<O> {
  try {
    return await send();
  } catch (error) {
    if (!isExpiredCredentials(error)) throw error;
  }
  session.renew();
  return send();
}

function guarding<I extends object, O extends object>(
  session: AccountSession,
  service: 'lattice' | 'tagging',
  operation: string,
  guard: CallGuard,
  deadline: Deadline,
  attempts: { isOneUnsure: boolean },
  signal: AbortSignal,
): Pluggable<I, O> {
  const isRead = reads.test(operation);
  const family: ApiFamily = service === 'tagging' ? 'tagging' : isRead ? 'read' : 'write';
  const { accountId, region } = session.access;
  const budget =
    (next: FinalizeHandler<I, O>): FinalizeHandler<I, O> =>
    async (args) => {
      deadline.stop();
      await guard.budget(accountId, region, family, signal);
      deadline.start();
      return next(args);
    };
  const attempt =
    (next: FinalizeHandler<I, O>): FinalizeHandler<I, O> =>
    async (args) => {
      if (!isRead && !guard.mayWrite())
        throw new LatticeError('fenced', 'the Lease of the hub on the cluster does not outlive this attempt');
      const beganMs = guard.nowMs();
      const report = (outcome: string) => guard.report({ operation, accountId, region, outcome, durationMs: guard.nowMs() - beganMs });
      try {
        const result = await next(args);
        report('ok');
        return result;
      } catch (error) {
        const { kind, isUnknownOutcome } = latticeErrorOf(error);
        attempts.isOneUnsure ||= isUnknownOutcome;
        if (kind === 'throttled') session.noteThrottled(service);
        report(kind);
        throw error;
      }
    };
  const userAgent =
    (next: BuildHandler<I, O>): BuildHandler<I, O> =>
    (args) => {
      const { headers } = args.request as HttpRequest;
      headers['user-agent'] = `${headers['user-agent'] ?? ''} ${guard.userAgent}`.trim();
      return next(args);
    };
  return {
    applyToStack: (stack) => {
      stack.add(userAgent, { step: 'build', priority: 'low', name: 'hubUserAgent' });
      // After the SDK's retries and before its signing: a signature is good for five minutes, and a line can be longer than that.
      stack.addRelativeTo(budget, { relation: 'before', toMiddleware: 'httpSigningMiddleware', name: 'hubBudget' });
      // After its signing too: nothing stands between this and the socket.
      stack.add(attempt, { step: 'finalizeRequest', priority: 'low', name: 'hubGuard' });
    },
  };
}
