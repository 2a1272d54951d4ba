import { Module, type DynamicModule } from '@nestjs/common';
import type { HubConfig } from './config.js';
import { Access } from './door/access.js';
import { ApplyController } from './door/apply.controller.js';
import { ClustersController } from './door/clusters.controller.js';
import { FleetLists } from './door/fleet-lists.js';
import { FleetViews } from './door/fleet-views.js';
import { HealthController } from './door/health.controller.js';
import { HubController } from './door/hub.controller.js';
import { HubEvents } from './door/hub-events.js';
import { ListsController } from './door/lists.controller.js';
import { Registration } from './door/registration.js';
import { WatchStreams } from './door/watch-stream.js';
import { Hub } from './hub.js';

/** The door: controllers over the hub. The hub itself is put together in hub.ts, without a container. */
@Module({})
export class HubModule {
  static over(hub: Hub, config: HubConfig): DynamicModule {
    const nowMs = () => performance.now();
    const views = new FleetViews(hub);
    return {
      module: HubModule,
      controllers: [ClustersController, HubController, ListsController, ApplyController, HealthController],
      providers: [
        { provide: Hub, useValue: hub },
        { provide: Access, useValue: new Access(hub.api, nowMs) },
        { provide: FleetViews, useValue: views },
        { provide: FleetLists, useValue: new FleetLists(views, new HubEvents(hub), nowMs) },
        { provide: WatchStreams, useValue: new WatchStreams() },
        { provide: Registration, useValue: new Registration(hub, config.memberAddressesAllowed) },
      ],
    };
  }
}
