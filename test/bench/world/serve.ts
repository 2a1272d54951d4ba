import type { Answer, Call } from './remote.js';

/** Serves the methods of an object to the process that started this one, until that one is gone. */
export function serve(service: object): void {
  process.on('message', (message) => void answer(service, message as Call));
  process.on('disconnect', () => process.exit(0));
}

async function answer(service: object, { id, method, args }: Call): Promise<void> {
  let reply: Answer;
  try {
    const act = Reflect.get(service, method) as (...given: readonly unknown[]) => unknown;
    reply = { id, result: await act.apply(service, [...args]) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? `${method}: ${error.stack ?? error.message}` : String(error) };
  }
  process.send?.(reply);
}
