/** A request as it came over the wire: nothing is decoded, because routing and signatures both need the raw form. */
export interface HttpRequest {
  readonly method: string;
  /** The path before the `?`, percent-encoding kept: `%2F` in an identifier is not a separator. */
  readonly rawPath: string;
  /** What stands after the `?`, without it; empty where there is none. */
  readonly rawQuery: string;
  /** By lower-case name, every value in the order of arrival. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** Aborted when the client goes away or the simulator stops. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer, or a connection that is cut without one. */
export type HttpAnswer = HttpResponse | { readonly kind: 'reset' };

/** The first value of a header, by its lower-case name. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  return request.headers.get(name)?.[0];
}
