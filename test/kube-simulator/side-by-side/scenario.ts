/** One request of a scenario. */
export interface Step {
  readonly method: string;
  readonly path: string;
  readonly user?: 'admin' | 'hub';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Asks again, up to ten seconds, until the answer has this status. */
  readonly untilStatus?: number;
  /** Fields of the answer that later steps name: `{$name}` stands for them in paths and bodies. */
  readonly remember?: Readonly<Record<string, readonly string[]>>;
}

/** Requests that belong together, in a namespace of their own: `{ns}` stands for its name. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What is asked behind them, all at once: requests that change nothing, most of them watches that last. */
  readonly reads?: readonly Step[];
  /** Paths of watches that are open while the steps are played; each says itself when it ends. */
  readonly watches?: readonly string[];
}

type Options = Omit<Step, 'method' | 'path' | 'body'>;

const json = { 'content-type': 'application/json' };
const write = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A request without a body. */
export const get = (path: string, options: Options = {}): Step => ({ method: 'GET', path, ...options });
export const post = (path: string, body: unknown, options: Options = {}): Step => ({
  method: 'POST',
  path,
  body: write(body),
  ...options,
  headers: { ...json, ...options.headers },
});
export const put = (path: string, body: unknown, options: Options = {}): Step => ({
  method: 'PUT',
  path,
  body: write(body),
  ...options,
  headers: { ...json, ...options.headers },
});

/** A deletion, with DeleteOptions where a body is given. */
export const remove = (path: string, body?: unknown, options: Options = {}): Step => ({
  method: 'DELETE',
  path,
  ...(body === undefined ? {} : { body: write(body) }),
  ...options,
  headers: { ...(body === undefined ? {} : json), ...options.headers },
});

const patchWith =
  (type: string) =>
  (path: string, body: unknown, options: Options = {}): Step => ({
    method: 'PATCH',
    path,
    body: write(body),
    ...options,
    headers: { 'content-type': type, ...options.headers },
  });

export const mergePatch = patchWith('application/merge-patch+json');
export const jsonPatch = patchWith('application/json-patch+json');
export const strategicPatch = patchWith('application/strategic-merge-patch+json');
export const apply = patchWith('application/apply-patch+yaml');
