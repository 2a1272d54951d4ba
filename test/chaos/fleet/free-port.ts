import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that the system gives to connections, so that a server that is away for a while finds its port again. */
const lowest = 15_000;
const count = 15_000;

/** A port on loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
