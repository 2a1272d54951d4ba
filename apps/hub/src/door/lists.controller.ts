import { Controller, Get, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Access, type Caller, type ReadResource } from './access.js';
import { CallerGuard, CurrentCaller } from './caller.decorator.js';
import { FleetLists } from './fleet-lists.js';
import type { ListFeed } from './list-feed.js';
import { pageText } from './page.js';
import { EventView, ExportView, isWatch, ListQuery, listOf, PolicyView, TargetGroupView } from './views.js';
import { WatchStreams } from './watch-stream.js';

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
    private readonly lists: FleetLists,
    private readonly streams: WatchStreams,
  ) {}

  @Get('exports')
  @ApiOperation({ summary: 'The ServiceExports of the fleet. watch=1 streams what changes, one JSON object a line' })
  @ApiOkResponse({ standardSchema: listOf(ExportView) })
  listExports(@CurrentCaller() caller: Caller, @Query({ schema: ListQuery }) query: ListQuery, @Res() response: Response): Promise<void> {
    return this.answer(caller, query, response, resources.exports, this.lists.exports, (item) => isAsked(query, item, item.name));
  }

  @Get('policies')
  @ApiOperation({ summary: 'The TargetGroupPolicies of the hub cluster and of the members' })
  @ApiOkResponse({ standardSchema: listOf(PolicyView) })
  listPolicies(@CurrentCaller() caller: Caller, @Query({ schema: ListQuery }) query: ListQuery, @Res() response: Response): Promise<void> {
    return this.answer(caller, query, response, resources.policies, this.lists.policies, (item) => isAsked(query, item, item.name));
  }

  @Get('target-groups')
  @ApiOperation({ summary: 'The target groups of every cluster, in every account; name is that of the export' })
  @ApiOkResponse({ standardSchema: listOf(TargetGroupView) })
  listTargetGroups(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ListQuery }) query: ListQuery,
    @Res() response: Response,
  ): Promise<void> {
    return this.answer(caller, query, response, resources.targetGroups, this.lists.targetGroups, (item) =>
      isAsked(query, item, item.export),
    );
  }

  @Get('events')
  @ApiOperation({ summary: 'What the hub told lately in the hub cluster' })
  @ApiOkResponse({ standardSchema: listOf(EventView) })
  listEvents(@CurrentCaller() caller: Caller, @Query({ schema: ListQuery }) query: ListQuery, @Res() response: Response): Promise<void> {
    return this.answer(caller, query, response, resources.events, this.lists.events, (item) =>
      isAsked(query, { namespace: item.namespace, cluster: item.kind === 'MemberCluster' ? item.name : '' }, item.name),
    );
  }

  /** A page of a list, or a stream of what changes in it; either way only of what the caller may see. */
  private async answer<T extends { readonly namespace: string | null }>(
    caller: Caller,
    query: ListQuery,
    response: Response,
    resource: ReadResource,
    feed: ListFeed<T>,
    isAskedFor: (item: T) => boolean,
  ): Promise<void> {
    const verb = isWatch(query) ? 'watch' : 'list';
    if (query.namespace !== undefined) await this.access.require(caller, verb, resource, { namespace: query.namespace });
    if (verb === 'list' && (await this.access.seesAll(caller, verb, resource))) {
      response.type('application/json').send(await feed.shared(JSON.stringify(query), (entries) => pageText(entries, query, isAskedFor)));
      return;
    }
    const sight = this.access.sight<T>(caller, verb, resource, (item) => item.namespace ?? 'default');
    const isVisible = (item: T) => isAskedFor(item) && sight(item);
    if (isWatch(query)) await this.streams.send(response, feed, isVisible);
    else response.type('application/json').send(await pageText(await feed.current(), query, isVisible));
  }
}

/** Whether the filters of a query let an item through. */
function isAsked(query: ListQuery, item: { readonly cluster: string; readonly namespace: string | null }, name: string): boolean {
  const { cluster, namespace } = query;
  if (cluster !== undefined && cluster !== item.cluster) return false;
  if (namespace !== undefined && namespace !== item.namespace) return false;
  return query.name === undefined || query.name === name;
}
