import { describe, expect, it } from '@jest/globals';
import { hubEnd } from './hub-process.js';

describe('a hub that ends', () => {
  it.each([
    [
      'tells what a person must do',
      '{"level":"info","msg":"the door is open"}\nlattice-hub: Redis cannot be reached at REDIS_URL: connect ECONNREFUSED 127.0.0.1:1\n',
      'the hub ended with code 1: Redis cannot be reached at REDIS_URL: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'says that its Node is too old',
      'lattice-hub needs Node 22.19 or newer\n',
      'the hub ended with code 1: lattice-hub needs Node 22.19 or newer',
    ],
    ['leaves a log where it has no words', '{"level":"info","msg":"lattice-hub: no"}\n', 'the hub ended with code 1; hub.log tells why'],
    ['leaves an empty log', '', 'the hub ended with code 1; hub.log tells why'],
  ])('%s', (_, log, line) => {
    expect(hubEnd(log, 'with code 1', 'hub.log')).toBe(line);
  });
});
