import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A port of loopback that nobody listens on now. @throws Error with one line where the wanted one is taken */
export async function freePort(wanted?: number): Promise<number> {
  const server = createServer();
  server.listen(wanted ?? 0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as { code?: string };
    throw new Error(`port ${wanted} cannot be used (${code ?? 'unknown'}): choose another one with --port`, { cause: error });
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
