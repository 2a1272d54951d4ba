import './node-version.js';
import { createLogger, HubMetrics } from '@hub/telemetry';
import { readConfig } from './config.js';
import { openDoor, type OpenDoor } from './door/open-door.js';
import { Hub } from './hub.js';
import { openQueueBoard } from './queue-board.js';

// Every TLS connection keeps a few bytes of such a pool for as long as it lives, and all of the pool with them. There is one for each member.
Buffer.poolSize = 8192;

/** The production entry: reads the environment, starts the hub, opens the door, and leaves in order when it is told to. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const hub = await Hub.create(config, logger, new HubMetrics());
  const door = await openDoor(hub, config, logger);
  const board = config.queueBoardPort === undefined ? undefined : await openQueueBoard(hub.queues, config.queueBoardPort);
  logger.info({ url: door.url, hubId: hub.hubId, replica: hub.fleet.replica }, 'the door is open');
  leaveWhenTold(hub, [door, ...(board ? [board] : [])], logger);
  await hub.start();
  logger.info({ sinceStartMs: Math.round(performance.now()) }, 'the hub works');
}

function leaveWhenTold(hub: Hub, doors: readonly Pick<OpenDoor, 'close'>[], logger: ReturnType<typeof createLogger>): void {
  let isLeaving = false;
  const leave = (signal: string) => {
    if (isLeaving) process.exit(1);
    isLeaving = true;
    logger.info({ signal }, 'the hub stops');
    const stopped = Promise.all([hub.stop(), ...doors.map((door) => door.close())]);
    stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        logger.warn({ error }, 'the hub did not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
}

main().catch((error: unknown) => {
  // Nothing runs yet that could log; one line says what to do.
  const { message, cause } = error as Error;
  process.stderr.write(`lattice-hub: ${message}${cause instanceof Error ? `: ${cause.message}` : ''}\n`);
  process.exit(1);
});
