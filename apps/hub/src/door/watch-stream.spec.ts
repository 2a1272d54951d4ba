import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { ListFeed } from './list-feed.js';
import { WatchStreams, type StreamLimits } from './watch-stream.js';

interface Item {
  readonly name: string;
  readonly value: string;
}

describe('a watch over a socket', () => {
  let server: Server | undefined;
  const open: IncomingMessage[] = [];

  afterEach(async () => {
    for (const answer of open.splice(0)) answer.destroy();
    server?.closeAllConnections();
    server?.close();
    if (server) await once(server, 'close');
  });

  /** Serves a list that the test changes. */
  async function served(items: Map<string, string>, limits: Partial<StreamLimits>): Promise<(sees?: string) => Promise<IncomingMessage>> {
    const feed = new ListFeed<Item>({
      read: async () => Array.from(items, ([name, value]) => ({ name, value })),
      keyOf: (item) => item.name,
      leastAgeMs: 5,
      tellEveryMs: 5,
      unusedMs: 60_000,
      nowMs: () => performance.now(),
    });
    const streams = new WatchStreams({ streams: 10, lifeMs: 60_000, idleMs: 60_000, ...limits });
    const app = express();
    app.get('/{:sees}', ({ params }, response) => {
      const isSeen = ({ name }: Item) => params.sees === undefined || params.sees === name;
      streams.send(response, feed, isSeen).catch((error: { status?: number }) => response.status(error.status ?? 500).end());
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return async (sees = '') => {
      const call = request({ host: '127.0.0.1', port, path: `/${sees}` }).end();
      const [answer] = (await once(call, 'response')) as [IncomingMessage];
      open.push(answer);
      return answer;
    };
  }

  const connections = () =>
    new Promise<number>((resolve, reject) => server?.getConnections((error, count) => (error ? reject(error) : resolve(count))));

  const lines = async (answer: IncomingMessage, count: number) => {
    let seen = '';
    for await (const chunk of answer) {
      seen += String(chunk);
      if (seen.split('\n').length > count) break;
    }
    return seen.split('\n').slice(0, count);
  };

  it('sends what there is and what changes, a line each', async () => {
    const items = new Map([['a', '1']]);
    const watch = await served(items, {});
    const answer = await watch();
    setTimeout(() => items.set('b', '2').delete('a'), 20);
    expect((await lines(answer, 3)).map((line) => JSON.parse(line))).toEqual([
      { type: 'ADDED', object: { name: 'a', value: '1' } },
      { type: 'ADDED', object: { name: 'b', value: '2' } },
      { type: 'DELETED', object: { name: 'a', value: '1' } },
    ]);
  });

  it('sends the same changes to all who may see them, and to the others only what they may see', async () => {
    const items = new Map([['a', '1']]);
    const watch = await served(items, {});
    const answers = await Promise.all(['', '', 'b', 'c'].map(watch));
    setTimeout(() => items.set('b', '2').set('c', '3').delete('a'), 20);
    const seen = await Promise.all(answers.map((answer, index) => lines(answer, [4, 4, 1, 1][index] ?? 0)));
    const names = seen.map((each) => each.map((line) => (JSON.parse(line) as { type: string; object: Item }).object.name).join(' '));
    expect(names).toEqual(['a b c a', 'a b c a', 'b', 'c']);
    expect(seen[0]).toEqual(seen[1]);
  });

  it('cuts off a reader who takes nothing, and buffers nothing for them', async () => {
    const items = new Map(Array.from({ length: 2000 }, (_, i) => [`${i}`, 'x'.repeat(10_000)]));
    const watch = await served(items, { idleMs: 100 });
    const answer = await watch();
    answer.pause();
    // Seen from the server: the reader does not look, so it does not hear of it.
    while ((await connections()) > 0) await sleep(10);
    expect(answer.readableLength).toBeLessThan(5_000_000);
  });

  it('ends after its time, in order', async () => {
    const watch = await served(new Map([['a', '1']]), { lifeMs: 50 });
    expect(await text(await watch())).toBe('{"type":"ADDED","object":{"name":"a","value":"1"}}\n');
  });

  it('is refused where there are too many, and let in when one has gone', async () => {
    const watch = await served(new Map([['a', '1']]), { streams: 2 });
    const [first] = [await watch(), await watch()];
    expect((await watch()).statusCode).toBe(429);
    first?.destroy();
    for (;;) if ((await watch()).statusCode === 200) break;
  });
});
