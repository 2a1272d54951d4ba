import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { openQueueBoard } from '../../apps/hub/src/queue-board.js';
import { TestFleet } from '../fixtures/test-fleet.js';

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

describe('the page of the queues', () => {
  it('shows a queue for each member, on loopback, and lets nobody change anything', async () => {
    const fleet = await TestFleet.start({ members: 1 });
    const hub = await fleet.startHub();
    await fleet.register(1);
    const port = await freePort();
    const board = await openQueueBoard(hub.queues, port);
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/queues`);
      const { queues } = (await answer.json()) as { queues: { name: string; readOnlyMode: boolean }[] };
      expect(queues).toMatchObject([{ readOnlyMode: true }]);
      const change = await fetch(`http://127.0.0.1:${port}/api/queues/${encodeURIComponent(queues[0]?.name ?? '')}/pause`, {
        method: 'PUT',
      });
      expect(change.status).toBeGreaterThanOrEqual(400);
    } finally {
      await board.close();
      await fleet.stop();
    }
  });
});
