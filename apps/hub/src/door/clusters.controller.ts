import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import type { WithheldRow } from '../report/target-group-row.js';
import { Access, type Caller } from './access.js';
import { CallerGuard, CurrentCaller } from './caller.decorator.js';
import { FleetLists } from './fleet-lists.js';
import { FleetViews } from './fleet-views.js';
import { pageText } from './page.js';
import { Problem } from './problem.js';
import { Registration } from './registration.js';
import {
  Acknowledgement,
  ClusterChange,
  ClusterRegistration,
  ClusterView,
  DetachPreview,
  isWatch,
  ListQuery,
  listOf,
  NamedView,
  WithheldView,
} from './views.js';
import { WatchStreams } from './watch-stream.js';

const memberclusters = { group: 'lattice-hub.io', resource: 'memberclusters' };
const OnDetach = z.strictObject({ onDetach: z.enum(['Keep', 'Remove']).optional() });
type OnDetach = z.infer<typeof OnDetach>;

/** Member clusters: register, look at, change, acknowledge, detach. */
@ApiTags('clusters')
@ApiBearerAuth()
@UseGuards(CallerGuard)
@Controller('api/v1/clusters')
export class ClustersController {
  constructor(
    private readonly access: Access,
    private readonly views: FleetViews,
    private readonly lists: FleetLists,
    private readonly streams: WatchStreams,
    private readonly registration: Registration,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The member clusters. watch=1 streams what changes, one JSON object a line' })
  @ApiOkResponse({ standardSchema: listOf(ClusterView) })
  async list(@CurrentCaller() caller: Caller, @Query({ schema: ListQuery }) query: ListQuery, @Res() response: Response): Promise<void> {
    const verb = isWatch(query) ? 'watch' : 'list';
    await this.access.require(caller, verb, memberclusters);
    const isAsked = ({ name }: ClusterView) => (query.cluster ?? name) === name && (query.name ?? name) === name;
    const sight = this.access.sight<ClusterView>(caller, verb, memberclusters, () => '');
    const isVisible = (cluster: ClusterView) => isAsked(cluster) && sight(cluster);
    const feed = this.lists.clusters;
    if (isWatch(query)) await this.streams.send(response, feed, isVisible);
    else response.type('application/json').send(await pageText(await feed.current(), query, isVisible));
  }

  @Get(':name')
  @ApiOperation({ summary: 'One member cluster, with its status' })
  @ApiOkResponse({ standardSchema: ClusterView })
  async get(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<ClusterView> {
    await this.access.require(caller, 'get', memberclusters, { name });
    const cluster = this.views.cluster(name);
    if (!cluster) throw new Problem(404, 'NotFound', `there is no MemberCluster ${JSON.stringify(name)}`);
    return cluster;
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Registers a member cluster; written to the hub cluster as the caller' })
  @ApiAcceptedResponse({ standardSchema: NamedView })
  async register(@CurrentCaller() caller: Caller, @Body({ schema: ClusterRegistration }) body: ClusterRegistration): Promise<NamedView> {
    await this.registration.register(caller, body);
    return { name: body.name };
  }

  @Patch(':name')
  @HttpCode(202)
  @ApiOperation({ summary: 'Changes a member cluster; written to the hub cluster as the caller' })
  @ApiAcceptedResponse({ standardSchema: NamedView })
  async change(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Body({ schema: ClusterChange }) body: ClusterChange,
  ): Promise<NamedView> {
    await this.registration.change(caller, name, body);
    return { name };
  }

  @Delete(':name')
  @HttpCode(202)
  @ApiOperation({ summary: 'Detaches a member cluster; deleted in the hub cluster as the caller' })
  @ApiAcceptedResponse({ standardSchema: NamedView })
  async detach(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Query({ schema: OnDetach }) query: OnDetach,
  ): Promise<NamedView> {
    await this.registration.detach(caller, name, query.onDetach);
    return { name };
  }

  @Get(':name/detach-preview')
  @ApiOperation({ summary: 'What a detach would mean: the target groups, and which other clusters lose a policy' })
  @ApiOkResponse({ standardSchema: DetachPreview })
  async preview(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Query({ schema: OnDetach }) query: OnDetach,
  ): Promise<DetachPreview> {
    const cluster = await this.get(caller, name);
    const declared = cluster.spec['onDetach'] === 'Remove' ? 'Remove' : 'Keep';
    return this.views.detachPreview(name, query.onDetach ?? declared);
  }

  @Post(':name/acknowledgement')
  @HttpCode(202)
  @ApiOperation({ summary: 'Releases what is withheld and waits for a person; written to the hub cluster as the caller' })
  @ApiAcceptedResponse({ standardSchema: NamedView })
  async acknowledge(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Body({ schema: Acknowledgement }) body: Acknowledgement,
  ): Promise<NamedView> {
    await this.registration.acknowledge(caller, name, body.id);
    return { name };
  }

  @Get(':name/plan')
  @ApiOperation({ summary: 'Every step that is called for and held back, with the reason and what would release it' })
  @ApiOkResponse({ standardSchema: listOf(WithheldView) })
  async plan(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<{ items: readonly WithheldRow[] }> {
    await this.get(caller, name);
    const steps = await this.views.plan(name);
    const targetgroups = { group: 'lattice-hub.io', resource: 'targetgroups' };
    const isVisible = this.access.sight<WithheldRow>(caller, 'list', targetgroups, (step) => step.namespace);
    const items: WithheldRow[] = [];
    for (const step of steps) if (await isVisible(step)) items.push(step);
    return { items };
  }
}
