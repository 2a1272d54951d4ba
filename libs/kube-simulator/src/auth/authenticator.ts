import type { TLSSocket } from 'node:tls';

import { issuer } from './token-registry.js';
import type { TokenRegistry } from './token-registry.js';
import { makeUser } from './user.js';
import type { User } from './user.js';

/** Finds out who makes a request: by a client certificate of the cluster, or by a bearer token. */
export class Authenticator {
  private readonly serials = new Set<string>();

  constructor(private readonly tokens: TokenRegistry) {}

  /** Trusts a client certificate; one that was issued for another cluster of the same authority is not trusted. */
  trustCertificate(serial: string): void {
    this.serials.add(serial.toLowerCase());
  }

  /** Who asks; undefined where nothing proves it. */
  authenticate(authorization: string | undefined, socket: unknown): User | undefined {
    const byCertificate = this.byCertificate(socket as Partial<TLSSocket>);
    if (byCertificate !== undefined) return byCertificate;
    const token = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
    return token === undefined ? undefined : this.byToken(token);
  }

  /** Who holds a token, as far as it is good for this API server. */
  byToken(token: string, audiences: readonly string[] = [issuer]): User | undefined {
    const user = this.tokens.authenticate(token);
    if (user === undefined || user.audiences.length === 0) return user;
    return user.audiences.some((audience) => audiences.includes(audience)) ? user : undefined;
  }

  private byCertificate(socket: Partial<TLSSocket>): User | undefined {
    if (socket.authorized !== true || socket.getPeerCertificate === undefined) return undefined;
    const { subject, serialNumber, fingerprint256 } = socket.getPeerCertificate();
    if (serialNumber === undefined || !this.serials.has(serialNumber.toLowerCase())) return undefined;
    const fields = subject as unknown as { readonly CN?: string; readonly O?: string | readonly string[] };
    const groups = fields.O === undefined ? [] : typeof fields.O === 'string' ? [fields.O] : fields.O;
    const credential = `X509SHA256=${fingerprint256.replaceAll(':', '').toLowerCase()}`;
    return fields.CN === undefined
      ? undefined
      : makeUser(fields.CN, groups, '', { 'authentication.kubernetes.io/credential-id': [credential] });
  }
}
