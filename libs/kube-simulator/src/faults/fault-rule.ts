/** What a fault applies to: a verb of the API, or the moment when a client connects. */
export type FaultVerb = 'connect' | 'list' | 'watch' | 'get' | 'create' | 'update' | 'patch' | 'delete';

/** The status codes that can be injected, each with the Status body of the real server. */
export type FaultCode = 401 | 403 | 410 | 429 | 500 | 503;

/** What goes wrong. */
export type FaultEffect =
  /** The request is never answered; at `connect` TLS never begins. */
  | { readonly kind: 'hang' }
  /**
   * The connection is reset: before the answer, or, `mid-body`, in the middle of the body of a list or of a line of a watch, after
   * `afterEvents` whole ones (default none).
   */
  | { readonly kind: 'reset'; readonly at?: 'start' | 'mid-body'; readonly afterEvents?: number }
  /** An answer that is an error; 429 and 503 with a Retry-After header where seconds are given. */
  | { readonly kind: 'status'; readonly code: FaultCode; readonly message?: string; readonly retryAfterSeconds?: number }
  /** A list that is well-formed and empty. */
  | { readonly kind: 'empty-list' }
  /** The body of a list ends in the middle, and the answer ends cleanly. */
  | { readonly kind: 'truncated-list' }
  /** A list with a `continue` that is refused as expired when it comes back. Without a limit half of the list comes. */
  | { readonly kind: 'lost-continue' }
  /** The answer begins after a delay; with `dripBytes` its body then comes in pieces of that size, one every `dripEveryMs` (default 100). */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly dripBytes?: number; readonly dripEveryMs?: number }
  /** A watch that opens and stays silent, whatever happens. */
  | { readonly kind: 'silent-watch' }
  /** An ERROR event in a watch, after `afterEvents` others (default none), and then the end of it. */
  | { readonly kind: 'watch-error'; readonly code: FaultCode; readonly message?: string; readonly afterEvents?: number };

/** When something goes wrong, and how. What is left out applies to all. */
export interface FaultRule {
  readonly verb?: FaultVerb | readonly FaultVerb[];
  /** The plural of a resource. */
  readonly resource?: string;
  /** The name of a user. */
  readonly user?: string;
  readonly namespace?: string;
  /** How many requests it happens to; all where it is left out. */
  readonly times?: number;
  /** How likely it happens, between 0 and 1, by a generator with a fixed seed; 1 where it is left out. */
  readonly probability?: number;
  readonly effect: FaultEffect;
}

/** A rule that holds, as it is listed. */
export interface ActiveFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** How many requests it has happened to. */
  readonly hits: number;
}
