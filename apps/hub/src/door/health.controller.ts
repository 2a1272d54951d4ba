import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Hub } from '../hub.js';

/** Open to all: whether the process lives, whether it can work, and its metrics. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(private readonly hub: Hub) {}

  @Get('healthz')
  @Header('content-type', 'text/plain')
  health(): string {
    return 'ok';
  }

  @Get('readyz')
  async ready(@Res() response: Response): Promise<void> {
    const reasons = await this.hub.unready();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .type('text/plain')
      .send(reasons.length === 0 ? 'ok' : `${reasons.join('\n')}\n`);
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    const { registry } = this.hub.metrics;
    response.type(registry.contentType).send(await registry.metrics());
  }
}
