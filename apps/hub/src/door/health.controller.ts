import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Hub } from '../hub.js';

const text = { type: 'string' } as const;

/** Open to all: whether the process lives, whether it can work, and its metrics. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(private readonly hub: Hub) {}

  @Get('healthz')
  @ApiOperation({ summary: 'Whether the process lives', security: [] })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, schema: text, description: 'It does' })
  @Header('content-type', 'text/plain')
  health(): string {
    return 'ok';
  }

  @Get('readyz')
  @ApiOperation({ summary: 'Whether the hub can work', security: [] })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, schema: text, description: 'It can' })
  @ApiResponse({ status: 503, schema: text, description: 'It cannot: what is missing, a line each' })
  async ready(@Res() response: Response): Promise<void> {
    const reasons = await this.hub.unready();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .type('text/plain')
      .send(reasons.length === 0 ? 'ok' : `${reasons.join('\n')}\n`);
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Metrics, as Prometheus reads them', security: [] })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, schema: text, description: 'All of them' })
  async metrics(@Res() response: Response): Promise<void> {
    const { registry } = this.hub.metrics;
    response.type(registry.contentType).send(await registry.metrics());
  }
}
