import { createServer } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { WorkQueues } from '@hub/workqueue';
import express from 'express';

/** A page of the queues, to look at: on loopback, on a port of its own, read-only. @throws Error where the port is taken */
export async function openQueueBoard(queues: WorkQueues, port: number): Promise<{ close(): Promise<void> }> {
  const serverAdapter = new ExpressAdapter();
  const board = createBullBoard({ queues: [], serverAdapter });
  const show = () => board.setQueues(queues.all().map((queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })));
  const app = express();
  app.use((_request, _response, next) => {
    show();
    next();
  });
  app.use('/', serverAdapter.getRouter() as express.Router);
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`QUEUE_BOARD_PORT ${port} cannot be used`, { cause: error })));
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
