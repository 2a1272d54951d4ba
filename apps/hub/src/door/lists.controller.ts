import { Controller, Get, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Access, type Caller, type ReadResource } from './access.js';
import { CallerGuard, CurrentCaller } from './caller.decorator.js';
import { FleetViews } from './fleet-views.js';
import { HubEvents } from './hub-events.js';
import { EventView, ExportView, isWatch, ListQuery, listOf, PolicyView, TargetGroupView } from './views.js';
import { watchStream } from './watch-stream.js';

const networking = 'application-networking.k8s.aws';
const resources = {
  exports: { group: networking, resource: 'serviceexports' },
  policies: { group: networking, resource: 'targetgrouppolicies' },
  targetGroups: { group: 'lattice-hub.io', resource: 'targetgroups' },
  events: { group: 'events.k8s.io', resource: 'events' },
} as const satisfies Record<string, ReadResource>;

/** What there is in the fleet, by namespace as the caller may see it. */
@ApiTags('fleet')
@ApiBearerAuth()
@UseGuards(CallerGuard)
@Controller('api/v1')
export class ListsController {
  constructor(
    private readonly access: Access,
    private readonly views: FleetViews,
    private readonly events: HubEvents,
  ) {}

  @Get('exports')
  @ApiOperation({ summary: 'The ServiceExports of the fleet' })
  @ApiOkResponse({ standardSchema: listOf(ExportView) })
  listExports(@CurrentCaller() caller: Caller, @Query({ schema: ListQuery }) query: ListQuery, @Res() response: Response): Promise<void> {
    const list = () => Promise.resolve(this.views.exports(query));
    return this.answer(caller, query, response, resources.exports, list, (item) => `${item.cluster}/${item.namespace}/${item.name}`);
  }

  @Get('policies')
  @ApiOperation({ summary: 'The TargetGroupPolicies of the hub cluster and of the members' })
  @ApiOkResponse({ standardSchema: listOf(PolicyView) })
  listPolicies(@CurrentCaller() caller: Caller, @Query({ schema: ListQuery }) query: ListQuery, @Res() response: Response): Promise<void> {
    const list = () => Promise.resolve(this.views.policies(query));
    return this.answer(caller, query, response, resources.policies, list, (item) => item.uid);
  }

  @Get('target-groups')
  @ApiOperation({ summary: 'The target groups of every cluster, in every account' })
  @ApiOkResponse({ standardSchema: listOf(TargetGroupView) })
  listTargetGroups(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ListQuery }) query: ListQuery,
    @Res() response: Response,
  ): Promise<void> {
    return this.answer(
      caller,
      query,
      response,
      resources.targetGroups,
      () => this.views.targetGroups(query),
      (item) => `${item.cluster}/${item.name}`,
    );
  }

  @Get('events')
  @ApiOperation({ summary: 'What the hub told lately in the hub cluster' })
  @ApiOkResponse({ standardSchema: listOf(EventView) })
  listEvents(@CurrentCaller() caller: Caller, @Query({ schema: ListQuery }) query: ListQuery, @Res() response: Response): Promise<void> {
    const list = () => this.events.list(query);
    return this.answer(
      caller,
      query,
      response,
      resources.events,
      list,
      (item) => `${item.namespace}/${item.kind}/${item.name}/${item.reason}/${item.time}`,
    );
  }

  /** A list, or a stream of what changes in it; either way only of what the caller may see. */
  private async answer<T extends { readonly namespace: string | null }>(
    caller: Caller,
    query: ListQuery,
    response: Response,
    resource: ReadResource,
    list: () => Promise<readonly T[]>,
    idOf: (item: T) => string,
  ): Promise<void> {
    const verb = isWatch(query) ? 'watch' : 'list';
    if (query.namespace !== undefined) await this.access.require(caller, verb, resource, query.namespace);
    const visible = async () => this.access.visible(caller, verb, resource, await list(), (item) => item.namespace ?? 'default');
    if (isWatch(query)) await watchStream(response, visible, idOf);
    else response.json({ items: await visible() });
  }
}
