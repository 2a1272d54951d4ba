import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, type Caller } from './access.js';
import { CallerGuard, CurrentCaller } from './caller.decorator.js';
import { Registration } from './registration.js';
import { FleetViews } from './fleet-views.js';
import { HubAcknowledgement, HubView, NamedView } from './views.js';

const membersnapshots = { group: 'lattice-hub.io', resource: 'membersnapshots' };

/** The hub cluster itself: what is held back of it. */
@ApiTags('hub')
@ApiBearerAuth()
@UseGuards(CallerGuard)
@Controller('api/v1/hub')
export class HubController {
  constructor(
    private readonly access: Access,
    private readonly views: FleetViews,
    private readonly registration: Registration,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What of the hub cluster is held back until a person acknowledges it, as its own MemberSnapshot says' })
  @ApiOkResponse({ standardSchema: HubView })
  async get(@CurrentCaller() caller: Caller): Promise<HubView> {
    const view = this.views.hubCluster();
    await this.access.require(caller, 'get', membersnapshots, { name: view.snapshot });
    return view;
  }

  @Post('acknowledgement')
  @HttpCode(202)
  @ApiOperation({ summary: 'Releases what is held back of the hub cluster; written to its MemberSnapshot as the caller' })
  @ApiAcceptedResponse({ standardSchema: NamedView })
  async acknowledge(@CurrentCaller() caller: Caller, @Body({ schema: HubAcknowledgement }) body: HubAcknowledgement): Promise<NamedView> {
    return { name: await this.registration.acknowledgeHub(caller, body.id) };
  }
}
