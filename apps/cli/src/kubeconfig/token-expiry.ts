import { z } from 'zod';

const Claims = z.looseObject({ exp: z.number() });

/** When a token ends, in ms of wall-clock time, where it is a JSON Web Token (RFC 7519) that says so. It is not checked, only read. */
export function tokenExpiryMs(token: string): number | undefined {
  const claims = token.split('.')[1];
  if (claims === undefined) return undefined;
  try {
    const parsed = Claims.safeParse(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
