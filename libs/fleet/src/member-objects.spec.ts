import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@hub/kube';
import type { WatchedKind } from '@hub/model';
import type { Change, ExportKnowledge } from '@hub/plan';
import { MemberObjects, slotsOfRecord } from './member-objects.js';
import { readExport } from './records.js';
import { annotation, policy, service, serviceExport, slice } from './testing/records.spec-builders.js';

const minuteMs = 60_000;

/** The objects of the member a, fed as a session would feed them. */
class Fed {
  readonly told: string[] = [];
  readonly objects = new MemberObjects('a', { tier: 'member', cluster: 'a' }, minuteMs, {
    changed: (change) => this.told.push(inWords(change)),
  });
  private version = 10_000;

  list(kind: WatchedKind, objects: readonly KubeObject[], nowMs: number): void {
    this.objects.store(kind).replaced(objects, `${this.version++}`, nowMs);
  }

  /** Everything of every kind, listed at once. */
  lists(all: Partial<Record<WatchedKind, readonly KubeObject[]>>, nowMs = 0): this {
    for (const kind of ['ServiceExport', 'Service', 'EndpointSlice', 'TargetGroupPolicy'] as const) this.list(kind, all[kind] ?? [], nowMs);
    this.told.length = 0;
    return this;
  }

  event(kind: WatchedKind, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject, nowMs = 1000): void {
    this.objects.store(kind).changed(type, object, nowMs);
  }

  knowledge(name = 'web', of?: string): ExportKnowledge | undefined {
    return this.objects.knowledge('shop', name, of);
  }

  /** The targets of the first slot, and how it is known where there are none. */
  targets(): { readonly ips: readonly string[]; readonly emptiness: string } {
    const known = this.knowledge();
    const desired = known?.kind === 'live' ? known.exported.slots?.[0]?.targets : undefined;
    if (desired?.kind !== 'exact') throw new Error('the export has no targets');
    const { emptiness } = desired;
    const since = emptiness.by === 'event' ? 'event' : emptiness.lastMs - emptiness.firstMs >= minuteMs ? 'two lists' : 'one list';
    return { ips: desired.targets.map((t) => t.ip).toSorted(), emptiness: since };
  }
}

function inWords(change: Change): string {
  switch (change.kind) {
    case 'export':
      return `export ${change.name}`;
    case 'endpoints':
      return `endpoints ${change.service}`;
    case 'policy':
      return `policy ${change.policies.map((p) => `${p.name}/${p.generation}`).join(' ')}`;
    case 'policiesKnown':
    case 'member':
      return change.kind;
  }
}

const web = serviceExport('web');
const served = { ServiceExport: [web], Service: [service('web')] };

describe('what is known of an export', () => {
  it('is nothing before exports were read', () => {
    expect(new Fed().knowledge()).toBeUndefined();
  });

  it('is that it is there, with its Service and slices', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [slice('web-1', ['10.0.0.1'])] });
    expect(fed.knowledge()).toMatchObject({ kind: 'live', exported: { name: 'web', ipFamily: 'IPV4', problems: [] } });
    expect(fed.targets()).toEqual({ ips: ['10.0.0.1'], emptiness: 'event' });
  });

  it('is that it is not, by every LIST so far', () => {
    const fed = new Fed().lists({});
    expect(fed.knowledge()).toMatchObject({ kind: 'absent', evidence: { by: 'lists', firstMs: 0, lastMs: 0 } });
    fed.list('ServiceExport', [], minuteMs);
    expect(fed.knowledge()).toMatchObject({ kind: 'absent', evidence: { by: 'lists', firstMs: 0, lastMs: minuteMs } });
  });

  it.each<{ because: string; object: KubeObject }>([
    { because: 'it is being deleted', object: serviceExport('web', { metadata: { deletionTimestamp: '2026-08-01T10:00:00Z' } }) },
    { because: 'it is for another federation', object: serviceExport('web', { annotations: { [annotation('federation')]: 'other' } }) },
  ])('is that it is not there any more, by its own word, when $because', ({ object }) => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [slice('web-1')] });
    fed.event('ServiceExport', 'MODIFIED', object);
    expect(fed.knowledge()).toMatchObject({ kind: 'absent', evidence: { by: 'event' }, endpoints: { addresses: new Set(['10.0.0.1']) } });
    expect([...fed.objects.liveExports()]).toEqual([]);
    expect(fed.objects.slotsOf('shop', 'web')).toEqual([]);
  });

  it('is that it is there still, while its deletion was not believed and while only one LIST lacks it', () => {
    const fed = new Fed().lists(served);
    fed.event('ServiceExport', 'DELETED', web);
    expect(fed.knowledge()).toMatchObject({ kind: 'live' });
    const missed = new Fed().lists(served);
    missed.list('ServiceExport', [], 1000);
    expect(missed.knowledge()).toMatchObject({ kind: 'live' });
  });

  it('is by its deletion, once that is believed, and leaves the endpoints of the Service that its groups were made for', () => {
    const fed = new Fed().lists({ ServiceExport: [web], EndpointSlice: [slice('b-1', ['10.0.0.7'], { of: 'backend' })] });
    fed.event('ServiceExport', 'DELETED', web, 1000);
    fed.objects.exports.believeDeletions(1000);
    expect(fed.knowledge('web', 'backend')).toMatchObject({
      kind: 'absent',
      evidence: { by: 'event' },
      endpoints: { addresses: new Set(['10.0.0.7']) },
    });
  });

  it('is that its Service is missing, once that is known for sure', () => {
    const fed = new Fed().lists(served);
    fed.list('Service', [], 1000);
    expect(fed.knowledge()).toMatchObject({ exported: { problems: [] } });
    fed.list('Service', [], 1000 + minuteMs);
    expect(fed.knowledge()).toMatchObject({ exported: { problems: [{ reason: 'NoService' }] } });
  });
});

describe('the endpoints of a Service that is there', () => {
  const two = [slice('web-1', ['10.0.0.1']), slice('web-2', ['10.0.0.2'])];

  it('lose a slice by one LIST, as long as another one stays', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: two });
    fed.list('EndpointSlice', [two[1]!], 1000);
    expect(fed.targets().ips).toEqual(['10.0.0.2']);
    expect(fed.told).toContain('endpoints web');
  });

  it('are there still when one LIST would leave nothing, and gone by the second', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: two });
    fed.list('EndpointSlice', [], 1000);
    expect(fed.targets()).toEqual({ ips: ['10.0.0.1', '10.0.0.2'], emptiness: 'one list' });
    fed.list('EndpointSlice', [], 1000 + minuteMs);
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'two lists' });
  });

  it('are there still when one LIST would leave a slice without an address', () => {
    const empty = slice('web-2', []);
    const fed = new Fed().lists({ ...served, EndpointSlice: [two[0]!, empty] });
    fed.list('EndpointSlice', [empty], 1000);
    expect(fed.targets()).toEqual({ ips: ['10.0.0.1'], emptiness: 'one list' });
  });

  it('are gone by events, down to the last', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [two[0]!, slice('other', ['10.1.0.1'], { of: 'other' })] });
    fed.event('EndpointSlice', 'DELETED', two[0]!);
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'event' });
  });

  it('are gone when their slice says so itself', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [two[0]!] });
    fed.event('EndpointSlice', 'MODIFIED', slice('web-1', []));
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'event' });
  });

  it('are not gone by an event that leaves no slice in the whole cluster, before that is believed', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [two[0]!] });
    fed.event('EndpointSlice', 'DELETED', two[0]!, 1000);
    expect(fed.targets().ips).toEqual(['10.0.0.1']);
    fed.objects.slices.believeDeletions(1000);
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'event' });
  });

  it('that never were are known not to be by all LISTs', () => {
    const fed = new Fed().lists(served);
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'one list' });
    fed.list('EndpointSlice', [], minuteMs);
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'two lists' });
  });

  it('that are back are not remembered as gone', () => {
    const other = slice('other', ['10.1.0.1'], { of: 'other' });
    const fed = new Fed().lists({ ...served, EndpointSlice: [two[0]!, other] });
    fed.event('EndpointSlice', 'DELETED', two[0]!);
    fed.event('EndpointSlice', 'ADDED', slice('web-9', ['10.0.0.9']));
    fed.list('EndpointSlice', [other], 5000);
    expect(fed.targets()).toEqual({ ips: ['10.0.0.9'], emptiness: 'one list' });
  });

  it('of one port are not gone by one LIST because another port has some still', () => {
    const http = slice('web-http', ['10.0.0.1'], { ports: [{ port: 8080, name: 'http' }] });
    const grpc = slice('web-grpc', ['10.0.0.2'], { ports: [{ port: 9090, name: 'grpc' }] });
    const ports = [
      { port: 80, name: 'http' },
      { port: 90, name: 'grpc' },
    ];
    const fed = new Fed().lists({
      ServiceExport: [
        serviceExport('web', {
          ports: [
            { port: 80, routeType: 'HTTP' },
            { port: 90, routeType: 'GRPC' },
          ],
        }),
      ],
      Service: [service('web', { ports })],
      EndpointSlice: [http, grpc],
    });
    fed.list('EndpointSlice', [grpc], 1000);
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'one list' });
    fed.list('EndpointSlice', [grpc], 1000 + minuteMs);
    expect(fed.targets()).toEqual({ ips: [], emptiness: 'event' });
  });
});

describe('what is told', () => {
  it('is an export that differs in anything that a decision sees, and not its conditions', () => {
    const fed = new Fed().lists(served);
    fed.event('ServiceExport', 'MODIFIED', serviceExport('web', { status: { conditions: [] } }));
    expect(fed.told).toEqual([]);
    fed.event('ServiceExport', 'MODIFIED', serviceExport('web', { annotations: { [annotation('port')]: '80' } }));
    expect(fed.told).toEqual(['export web']);
  });

  it('is a policy of another generation, and not its conditions', () => {
    const fed = new Fed().lists({ TargetGroupPolicy: [policy('p')] });
    fed.event('TargetGroupPolicy', 'MODIFIED', { ...policy('p'), status: { conditions: [] } });
    expect(fed.told).toEqual([]);
    fed.event('TargetGroupPolicy', 'MODIFIED', policy('p', 2));
    expect(fed.told).toEqual(['policy p/1 p/2']);
  });

  it('is both Services of a slice that was taken to another one', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [slice('web-1')] });
    fed.event('EndpointSlice', 'MODIFIED', slice('web-1', ['10.0.0.1'], { of: 'other' }));
    expect(fed.told).toEqual(['endpoints web', 'endpoints other']);
  });

  it('is a Service that comes or goes', () => {
    const fed = new Fed().lists({ ...served, Service: [service('web'), service('other')] });
    fed.event('Service', 'DELETED', service('web'));
    fed.event('Service', 'ADDED', service('web'));
    expect(fed.told).toEqual(['endpoints web', 'endpoints web']);
  });
});

describe('the exports of a Service', () => {
  it('are all that name it, by their own name or by annotation', () => {
    const fed = new Fed().lists({
      ServiceExport: [web, serviceExport('web-too', { annotations: { [annotation('service-name')]: 'web' } }), serviceExport('other')],
    });
    expect([...fed.objects.exportsOfService('shop', 'web')].toSorted()).toEqual(['web', 'web-too']);
    fed.event('ServiceExport', 'MODIFIED', serviceExport('web-too', { annotations: { [annotation('service-name')]: 'other' } }));
    expect([...fed.objects.exportsOfService('shop', 'web')]).toEqual(['web']);
    expect([...fed.objects.exportsOfService('shop', 'other')].toSorted()).toEqual(['other', 'web-too']);
    expect([...fed.objects.exportsOfService('elsewhere', 'web')]).toEqual([]);
  });
});

describe('the slots that an export asks for', () => {
  it.each<{ ports: unknown; slots: readonly string[] }>([
    { ports: undefined, slots: ['legacy'] },
    { ports: [], slots: ['legacy'] },
    {
      ports: [
        { port: 80, routeType: 'HTTP' },
        { port: 443, routeType: 'TLS' },
      ],
      slots: ['80', '443'],
    },
    {
      ports: [
        { port: 80, routeType: 'HTTP' },
        { port: 80, routeType: 'GRPC' },
      ],
      slots: ['80'],
    },
  ])('$ports are $slots', ({ ports, slots }) => {
    expect(slotsOfRecord(readExport(serviceExport('web', ports === undefined ? {} : { ports })))).toEqual(slots);
  });
});

describe('what nobody has to look at', () => {
  const at = (resourceVersion: string, object: KubeObject): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion },
  });

  it('is an event of a slice that is as it was in all that the hub keeps', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [at('1', slice('web-1', ['10.0.0.1']))] });
    fed.event('EndpointSlice', 'MODIFIED', at('2', slice('web-1', ['10.0.0.1'])));
    expect(fed.told).toEqual([]);
    fed.event('EndpointSlice', 'MODIFIED', at('3', slice('web-1', ['10.0.0.2'])));
    expect(fed.told).toEqual(['endpoints web']);
  });

  it('is not one that is as it was and was missing meanwhile', () => {
    const fed = new Fed().lists({ ...served, EndpointSlice: [at('1', slice('web-1', ['10.0.0.1']))] });
    fed.list('EndpointSlice', [], 1000);
    fed.told.length = 0;
    fed.event('EndpointSlice', 'ADDED', at('2', slice('web-1', ['10.0.0.1'])));
    expect(fed.told).toEqual(['endpoints web']);
  });
});
