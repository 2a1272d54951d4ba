import type { Http2ServerResponse } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../bench/world/serve.js';
import { Liar } from '../../fixtures/liar.js';
import { endpointSlice } from './manifests.js';

/** What a member that floods says. */
export interface Flood {
  /** The EndpointSlice that changes again and again, by the Service that it is of. */
  readonly service: string;
  readonly events: number;
  readonly perSecond: number;
  /** How long one event is, about. */
  readonly bytes: number;
  /** The resourceVersion that the first event follows. */
  readonly after: number;
}

/** How far a flood has come. */
export interface FloodProgress {
  /** How many events were to be sent by now. */
  readonly due: number;
  /** How many of them the other side has let come. */
  readonly sent: number;
}

/** So often what is due by now is put out. */
const everyMs = 10;
/** What the other side does not take is made no further ahead than this: about what is due at once. */
const aheadBytes = 2 ** 20;

/** A member that sends events without end, in a process of its own, so that what sends them does not take the time of what has to bear them. */
export class FloodService {
  private liar: Liar | undefined;
  private sent = 0;
  private due = 0;

  /** @param kubeconfig how the member itself is reached. @returns what the hub is given in place of it */
  async stand(kubeconfig: string): Promise<string> {
    this.liar = await Liar.before(kubeconfig);
    return this.liar.kubeconfig;
  }

  /** Answers the next watch of EndpointSlices with the flood, and cuts who listens. */
  begin(flood: Flood): void {
    [this.sent, this.due] = [0, 0];
    let isBegun = false;
    this.liar?.tell(({ plural, isWatch }) => {
      if (plural !== 'endpointslices' || !isWatch || isBegun) return undefined;
      isBegun = true;
      return (answer) => void this.pour(answer, flood);
    });
  }

  progress(): FloodProgress {
    return { due: this.due, sent: this.sent };
  }

  /** Tells the truth from now on, and cuts who listens. */
  end(): void {
    this.liar?.tell(() => undefined);
  }

  private async pour(answer: Http2ServerResponse, flood: Flood): Promise<void> {
    answer.writeHead(200, { 'content-type': 'application/json' });
    const beganMs = performance.now();
    while (!answer.stream.destroyed && this.sent < flood.events) {
      this.due = Math.min(flood.events, Math.floor(((performance.now() - beganMs) * flood.perSecond) / 1000));
      while (this.sent < this.due && answer.stream.writableLength < aheadBytes) answer.write(eventLine(flood, ++this.sent));
      await sleep(everyMs);
    }
  }
}

/** Another address each time: none of them is without consequence. */
function eventLine({ service, bytes, after }: Flood, number: number): string {
  const slice = endpointSlice('default', service, 1, [{ ip: `10.99.${number % 200}.1`, state: 'ready' }]);
  const annotations = { padding: 'x'.repeat(bytes) };
  const metadata = { ...slice.metadata, annotations, resourceVersion: String(after + number) };
  return `${JSON.stringify({ type: 'MODIFIED', object: { ...slice, metadata } })}\n`;
}

if (process.send) serve(new FloodService());
