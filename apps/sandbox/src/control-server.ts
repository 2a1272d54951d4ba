import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Sandbox } from './sandbox.js';
import type { SandboxFolder } from './sandbox-folder.js';

/** An order to the sandbox. */
export type Order =
  | { readonly order: 'member'; readonly action: 'stop' | 'start'; readonly member: number }
  | { readonly order: 'pod-delete'; readonly member: number; readonly namespace: string; readonly service: string }
  | { readonly order: 'status' };

/** Takes orders on a socket in the sandbox's own folder, where only its owner reaches it. */
export class ControlServer {
  private constructor(private readonly server: Server) {}

  static async start(folder: SandboxFolder, sandbox: Sandbox): Promise<ControlServer> {
    folder.remove('control.sock');
    const server = createServer((request, response) => {
      answer(request, sandbox).then(
        (said) => response.end(said),
        (error: Error) => response.writeHead(400).end(error.message),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(folder.socket, resolve);
    });
    return new ControlServer(server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function answer(request: IncomingMessage, sandbox: Sandbox): Promise<string> {
  const order = JSON.parse(await text(request)) as Order;
  switch (order.order) {
    case 'member': {
      const member = sandbox.member(order.member);
      if (order.action === 'stop') {
        if (!member.isListening) return `member-${order.member} is off already`;
        await member.suspend();
        return `member-${order.member} is off: nothing of it is deleted`;
      }
      if (member.isListening) return `member-${order.member} is on already`;
      await member.resume();
      return `member-${order.member} is on again`;
    }
    case 'pod-delete':
      return `the pod ${sandbox.deletePod(order.member, order.namespace, order.service)} of member-${order.member} ${order.namespace}/${order.service} is gone`;
    case 'status':
      return sandbox.members.map((member) => `${member.name} ${member.url} ${member.isListening ? 'on' : 'off'}`).join('\n');
  }
}
