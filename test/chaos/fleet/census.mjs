// Loaded beside the hub: at SIGUSR2 it collects the garbage and, where CENSUS_FILE names a file, writes there what is left.
import { createHook } from 'node:async_hooks';
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { queryObjects } from 'node:v8';

const file = process.env.CENSUS_FILE;
const passing = ['PROMISE', 'TickObject', 'Microtask'];
/** What is open, whether it keeps the process alive or not, by its kind: timers, sockets, sessions, streams. */
const open = new Map();
if (file !== undefined) {
  createHook({
    init: (id, kind) => void (passing.includes(kind) || open.set(id, kind)),
    destroy: (id) => void open.delete(id),
  }).enable();
  // Node keeps the last 250 calls of fetch for whoever asks; until there are so many they would look like growth.
  performance.setResourceTimingBufferSize(0);
}

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  // What was collected is told of in the next turns.
  if (file !== undefined) setTimeout(write, 50);
});

function write() {
  const handles = {};
  for (const kind of open.values()) handles[kind] = (handles[kind] ?? 0) + 1;
  const files = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
  const objects = queryObjects(Object, { format: 'count' });
  const census = { handles, files, objects, heapKiB: Math.round(process.memoryUsage().heapUsed / 1024) };
  // It is there only when it is whole.
  writeFileSync(`${file}.part`, JSON.stringify(census));
  renameSync(`${file}.part`, file);
}
