import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { STSClient } from '@aws-sdk/client-sts';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import type { VPCLatticeClientConfig } from '@aws-sdk/client-vpc-lattice';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Keys } from './signed-request.js';

/** An answer as it came over the wire, before an SDK made something of it. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** SDK clients of all three services that keep every answer as it came. */
export class RecordingClients {
  readonly lattice: VPCLatticeClient;
  readonly sts: STSClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly answers: RecordedAnswer[] = [];

  constructor(endpoint: string, credentials: Keys, options: Pick<VPCLatticeClientConfig, 'region' | 'maxAttempts' | 'retryMode'> = {}) {
    const config = { endpoint, credentials, region: 'us-west-2', maxAttempts: 1, requestHandler: this.#handler(), ...options };
    this.lattice = new VPCLatticeClient(config);
    this.sts = new STSClient(config);
    this.tagging = new ResourceGroupsTaggingAPIClient(config);
  }

  /** The last answer. */
  get last(): RecordedAnswer {
    const answer = this.answers.at(-1);
    if (!answer) throw new Error('nothing was answered yet');
    return answer;
  }

  destroy(): void {
    for (const client of [this.lattice, this.sts, this.tagging]) client.destroy();
  }

  #handler(): NodeHttpHandler {
    const handler = new NodeHttpHandler({ connectionTimeout: 2_000, requestTimeout: 20_000 });
    const handle = handler.handle.bind(handler);
    handler.handle = async (request, options) => {
      const result = await handle(request, options);
      const body: unknown = result.response.body;
      const bytes = body instanceof Readable ? await buffer(body) : Buffer.alloc(0);
      this.answers.push({ status: result.response.statusCode, headers: result.response.headers, body: bytes.toString('utf8') });
      result.response.body = Readable.from([bytes]);
      return result;
    };
    return handler;
  }
}
