import { constants } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';

/** A percent sign in a path that begins no byte. */
const malformedEscape = /%(?![0-9a-f]{2})/i;
const badRequest = '400 Bad Request';
const badVersion = '505 HTTP Version Not Supported: unsupported protocol version';

/** What Go's server says to bytes that are no HTTP/1.1 request, by the code and the reason of the parser's error. */
const answers: readonly (readonly [code: string, reason: RegExp, status: string, text?: string])[] = [
  ['HPE_HEADER_OVERFLOW', /^/, '431 Request Header Fields Too Large'],
  ['HPE_INVALID_VERSION', /^/, badVersion],
  ['HPE_INVALID_HEADER_TOKEN', /^Invalid header token/, `${badRequest}: invalid header name`],
  ['HPE_INVALID_TRANSFER_ENCODING', /^/, '501 Not Implemented', 'Unsupported transfer encoding'],
];

/** Whether a connection begins with a request, where TLS should begin. */
export const isPlainHttp = (first: Buffer): boolean => /^(?:GET |HEAD|POST|PUT |OPTI)/.test(first.subarray(0, 4).toString('latin1'));

/** Tells a client without TLS that it is needed. */
export function refusePlainHttp(socket: Socket): void {
  socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
}

/** Tells a client that its bytes are no HTTP/1.1 request, and ends the connection. */
export function refuseBytes(error: Error & { readonly code?: string; readonly reason?: string }, socket: Socket): void {
  const known = answers.find(([code, reason]) => code === error.code && reason.test(error.reason ?? ''));
  refuse(socket, known?.[2] ?? badRequest, known?.[3]);
}

/**
 * Refuses what Node's parser lets pass and Go's server does not, before anybody looks at the request.
 * @returns whether it was refused
 */
export function refuseMalformed(request: Http2ServerRequest, response: Http2ServerResponse): boolean {
  const isHttp2 = isStream(request);
  const isMalformed = malformedEscape.test(request.url.split('?', 1)[0] ?? '');
  if (isHttp2) {
    if (isMalformed) response.stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
    return isMalformed;
  }
  const problem = isMalformed ? badRequest : http1Problem(request);
  if (problem !== undefined) refuse(request.socket, problem);
  return problem !== undefined;
}

/** A request that came over HTTP/2, whatever version an HTTP/1 request gives itself. */
const isStream = (request: Http2ServerRequest): boolean => (request as Partial<Http2ServerRequest>).stream !== undefined;

function http1Problem({ httpVersion, rawHeaders }: Http2ServerRequest): string | undefined {
  if (!httpVersion.startsWith('1.')) return badVersion;
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts === 0 && httpVersion === '1.1') return `${badRequest}: missing required Host header`;
  return hosts > 1 ? badRequest : undefined;
}

function refuse(socket: Socket, status: string, text = status): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${text}`);
}
