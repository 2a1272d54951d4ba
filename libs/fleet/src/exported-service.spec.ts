import { describe, expect, it } from '@jest/globals';
import type { DesiredTargets, Evidence, ExportedService } from '@hub/model';
import type { KubeObject } from '@hub/kube';
import * as fc from 'fast-check';
import { exportedService } from './exported-service.js';
import { readExport, readService, readSlice } from './records.js';
import { annotation, service, serviceExport, slice } from './testing/records.spec-builders.js';

const emptiness: Evidence = { by: 'event' };

interface Sources {
  readonly export?: KubeObject;
  /** null: it is missing. */
  readonly service?: KubeObject | null;
  readonly slices?: readonly KubeObject[];
}

function exported(sources: Sources): ExportedService {
  const behind = sources.service === null ? undefined : readService(sources.service ?? service('web'));
  const slices = (sources.slices ?? [slice('web-1')]).flatMap((object) => readSlice(object) ?? []);
  return exportedService({ record: readExport(sources.export ?? serviceExport('web')), service: behind, slices, emptiness });
}

/** `address:port` of each target, or why there is no saying. */
function words(desired: DesiredTargets | undefined): readonly string[] {
  if (!desired) return ['no slot'];
  return desired.kind === 'exact'
    ? desired.targets.map((t) => `${t.ip}:${t.port}`).toSorted()
    : [...desired.addresses].map((ip) => `at most ${ip}`);
}

/** The targets of each slot. */
function slots(sources: Sources): Readonly<Record<string, readonly string[]>> | undefined {
  const asked = exported(sources).slots;
  return asked && Object.fromEntries(asked.map((slot) => [slot.slot, words(slot.targets)]));
}

function problems(sources: Sources): readonly string[] {
  return exported(sources).problems.map((problem) => problem.reason);
}

const twoPorts = service('web', {
  ports: [
    { port: 80, name: 'http' },
    { port: 81, name: 'admin', protocol: 'TCP' },
  ],
});
const slicePorts = [
  { port: 8080, name: 'http' },
  { port: 8081, name: 'admin', protocol: 'TCP' },
];
const twoPortSlice = slice('web-1', ['10.0.0.1'], { ports: slicePorts });

describe('an export without exportedPorts', () => {
  const byAnnotation = (port: string | undefined): Sources => ({
    export: serviceExport('web', port === undefined ? {} : { annotations: { [annotation('port')]: port } }),
    service: twoPorts,
    slices: [twoPortSlice],
  });

  it.each<{ port: string | undefined; legacy: readonly string[] | undefined; problem: readonly string[] }>([
    { port: undefined, legacy: ['10.0.0.1:8080', '10.0.0.1:8081'], problem: [] },
    { port: '80', legacy: ['10.0.0.1:8080'], problem: [] },
    { port: ' 80 ', legacy: ['10.0.0.1:8080'], problem: [] },
    { port: '80,81', legacy: ['10.0.0.1:8080', '10.0.0.1:8081'], problem: [] },
    // As upstream has it, " 81" is no number, and the port is silently left out.
    { port: '80, 81', legacy: ['10.0.0.1:8080', '10.0.0.1:8081'], problem: [] },
    { port: '80,80', legacy: ['10.0.0.1:8080'], problem: [] },
    { port: '80,x', legacy: ['10.0.0.1:8080'], problem: ['InvalidPort'] },
    { port: '80,99', legacy: ['10.0.0.1:8080'], problem: ['InvalidPort'] },
    { port: '80,', legacy: ['10.0.0.1:8080'], problem: ['InvalidPort'] },
    // As upstream has it, each of these widens to every port.
    { port: '', legacy: undefined, problem: ['InvalidPort'] },
    { port: 'x', legacy: undefined, problem: ['InvalidPort'] },
    { port: '8080', legacy: undefined, problem: ['InvalidPort'] },
    { port: '99999', legacy: undefined, problem: ['InvalidPort'] },
    { port: '80.0', legacy: undefined, problem: ['InvalidPort'] },
    { port: '-80', legacy: undefined, problem: ['InvalidPort'] },
    { port: 'x,y', legacy: undefined, problem: ['InvalidPort', 'InvalidPort'] },
  ])('with the annotation "$port" has $legacy', ({ port, legacy, problem }) => {
    expect(slots(byAnnotation(port))).toEqual(legacy && { legacy });
    expect(problems(byAnnotation(port))).toEqual(problem);
  });

  it('is one HTTP group of port 80, whatever its ports are', () => {
    expect(exported(byAnnotation('81')).slots).toMatchObject([{ slot: 'legacy', port: 80, routeType: 'HTTP' }]);
  });

  it('takes a single port without a name for every port of the slices, as upstream has it', () => {
    const sources: Sources = {
      export: serviceExport('web', { annotations: { [annotation('port')]: '80' } }),
      slices: [slice('web-1', ['10.0.0.1'], { ports: [{ port: 9000, name: 'metrics' }] })],
    };
    expect(slots(sources)).toEqual({ legacy: ['10.0.0.1:9000'] });
  });

  it('keeps its group where the Service is missing, and what is left of its endpoints', () => {
    expect(slots({ service: null })).toEqual({ legacy: ['at most 10.0.0.1'] });
    expect(problems({ service: null })).toEqual(['NoService']);
    expect(exported({ service: null }).ipFamily).toBeUndefined();
  });
});

describe('an export with exportedPorts', () => {
  const exporting = (...ports: readonly unknown[]): Sources => ({
    export: serviceExport('web', { ports }),
    service: twoPorts,
    slices: [twoPortSlice],
  });

  it('has a group for each of them, whatever its annotation says', () => {
    const sources = exporting({ port: 80, routeType: 'HTTP' }, { port: 81, routeType: 'GRPC' });
    expect(slots(sources)).toEqual({ '80': ['10.0.0.1:8080'], '81': ['10.0.0.1:8081'] });
    expect(exported(sources).slots).toMatchObject([
      { port: 80, routeType: 'HTTP' },
      { port: 81, routeType: 'GRPC' },
    ]);
    const annotated = {
      ...sources,
      export: serviceExport('web', { ports: [{ port: 80, routeType: 'TLS' }], annotations: { [annotation('port')]: '81' } }),
    };
    expect(slots(annotated)).toEqual({ '80': ['10.0.0.1:8080'] });
  });

  it('keeps the group of a port that the Service has no more, and adds nothing to it', () => {
    const sources = exporting({ port: 80, routeType: 'HTTP' }, { port: 99, routeType: 'HTTP' });
    expect(slots(sources)).toEqual({ '80': ['10.0.0.1:8080'], '99': ['at most 10.0.0.1'] });
    expect(problems(sources)).toEqual(['InvalidPort']);
  });

  it('has nothing of a port that is UDP in the Service', () => {
    const sources = {
      ...exporting({ port: 53, routeType: 'TLS' }),
      service: service('web', { ports: [{ port: 53, name: 'dns', protocol: 'UDP' }] }),
    };
    expect(slots(sources)).toEqual({ '53': ['at most 10.0.0.1'] });
    expect(problems(sources)).toEqual(['InvalidPort']);
  });

  it('has one group for a port that is there twice', () => {
    const twice = exporting({ port: 80, routeType: 'HTTP' }, { port: 80, routeType: 'HTTP' });
    expect(slots(twice)).toEqual({ '80': ['10.0.0.1:8080'] });
    expect(problems(twice)).toEqual([]);
  });

  it('takes the first of two that contradict each other, and says so', () => {
    const contrary = exporting({ port: 80, routeType: 'GRPC' }, { port: 80, routeType: 'TLS' });
    expect(exported(contrary).slots).toMatchObject([{ routeType: 'GRPC' }]);
    expect(problems(contrary)).toEqual(['InvalidSpec']);
  });

  it.each<{ ports: unknown; why: string }>([
    { ports: [{ port: 0, routeType: 'HTTP' }], why: 'spec.exportedPorts.0.port' },
    { ports: [{ port: 65536, routeType: 'HTTP' }], why: 'spec.exportedPorts.0.port' },
    { ports: [{ port: '80', routeType: 'HTTP' }], why: 'spec.exportedPorts.0.port' },
    { ports: [{ port: 80, routeType: 'UDP' }], why: 'spec.exportedPorts.0.routeType' },
    { ports: [{ port: 80 }], why: 'spec.exportedPorts.0.routeType' },
    { ports: [null], why: 'spec.exportedPorts.0' },
    { ports: 'all', why: 'spec.exportedPorts' },
  ])('that makes no sense, $ports, changes nothing and says $why', ({ ports, why }) => {
    const made = exported({ export: serviceExport('web', { ports }), service: twoPorts });
    expect(made.slots).toBeUndefined();
    expect(made.problems).toMatchObject([{ reason: 'InvalidSpec', message: expect.stringContaining(why) }]);
  });
});

describe('the IP family', () => {
  it.each<{ ipFamilies: unknown; type?: string; family: string | undefined; problem: readonly string[] }>([
    { ipFamilies: ['IPv4'], family: 'IPV4', problem: [] },
    { ipFamilies: ['IPv6'], family: 'IPV6', problem: [] },
    { ipFamilies: ['IPv4', 'IPv6'], family: undefined, problem: ['NotSingleStack'] },
    { ipFamilies: ['IPv6', 'IPv4'], family: undefined, problem: ['NotSingleStack'] },
    { ipFamilies: [], family: undefined, problem: ['NotSingleStack'] },
    { ipFamilies: null, family: undefined, problem: ['NotSingleStack'] },
    { ipFamilies: ['IPv5'], family: undefined, problem: ['NotSingleStack'] },
    { ipFamilies: ['IPv4'], type: 'ExternalName', family: undefined, problem: ['NotSingleStack'] },
  ])('of a Service of $ipFamilies is $family', ({ ipFamilies, type, family, problem }) => {
    const behind = service('web', { ipFamilies, ...(type !== undefined && { type }) });
    expect(exported({ service: behind }).ipFamily).toBe(family);
    expect(problems({ service: behind })).toEqual(problem);
  });

  it('that is not one leaves the groups that are there as they are, but for the dead', () => {
    expect(slots({ service: service('web', { ipFamilies: ['IPv4', 'IPv6'] }) })).toEqual({ legacy: ['at most 10.0.0.1'] });
  });
});

describe('the targets', () => {
  it.each<{ because: string; slices: readonly KubeObject[]; targets: readonly string[] }>([
    { because: 'nothing is there', slices: [], targets: [] },
    {
      because: 'two slices have each their own',
      slices: [slice('a', ['10.0.0.1']), slice('b', ['10.0.0.2'])],
      targets: ['10.0.0.1:8080', '10.0.0.2:8080'],
    },
    { because: 'one endpoint is in both', slices: [slice('a', ['10.0.0.1']), slice('b', ['10.0.0.1'])], targets: ['10.0.0.1:8080'] },
    { because: 'one slice has it twice', slices: [slice('a', ['10.0.0.1', '10.0.0.1'])], targets: ['10.0.0.1:8080'] },
    {
      because: 'a slice is of another family',
      slices: [slice('a', ['2001:db8::1'], { addressType: 'IPv6' }), slice('b')],
      targets: ['10.0.0.1:8080'],
    },
    {
      because: 'a slice is of names',
      slices: [slice('a', ['example.com'], { addressType: 'FQDN' }), slice('b')],
      targets: ['10.0.0.1:8080'],
    },
    {
      because: 'a port is UDP',
      slices: [slice('a', ['10.0.0.1'], { ports: [{ port: 53, protocol: 'UDP' }, { port: 8080 }] })],
      targets: ['10.0.0.1:8080'],
    },
    { because: 'a slice has no ports', slices: [slice('a', ['10.0.0.1'], { ports: null })], targets: [] },
  ])('are $targets when $because', ({ slices, targets }) => {
    expect(slots({ slices })).toEqual({ legacy: targets });
  });

  it.each<{ conditions: unknown; isThere: boolean }>([
    { conditions: { ready: true, serving: true, terminating: false }, isThere: true },
    { conditions: { ready: true }, isThere: true },
    { conditions: { ready: false, serving: false, terminating: false }, isThere: true },
    { conditions: { ready: null, serving: null, terminating: null }, isThere: true },
    { conditions: {}, isThere: true },
    { conditions: undefined, isThere: true },
    { conditions: { ready: false, serving: true, terminating: true }, isThere: false },
    { conditions: { ready: true, terminating: true }, isThere: false },
  ])('have one with $conditions: $isThere', ({ conditions, isThere }) => {
    const endpoints = [{ addresses: ['10.0.0.1'], ...(conditions !== undefined && { conditions }) }];
    expect(slots({ slices: [slice('a', [], { endpoints })] })).toEqual({ legacy: isThere ? ['10.0.0.1:8080'] : [] });
  });

  it('are of the IPv6 slices of an IPv6 Service', () => {
    const slices = [slice('a', ['2001:db8::1'], { addressType: 'IPv6' }), slice('b')];
    expect(slots({ service: service('web', { ipFamilies: ['IPv6'] }), slices })).toEqual({ legacy: ['2001:db8::1:8080'] });
  });

  it('are the same for slices in another order', () => {
    const some = fc.array(fc.record({ addresses: fc.subarray(['10.0.0.1', '10.0.0.2', '10.0.0.3']), ports: fc.subarray(slicePorts) }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(some, (all) => {
        const slices = all.map(({ addresses, ports }, i) => slice(`s${i}`, addresses, { ports }));
        expect(slots({ slices: slices.toReversed(), service: twoPorts })).toEqual(slots({ slices, service: twoPorts }));
      }),
    );
  });

  it('of all the Service are every address, whatever ports are exported', () => {
    const made = exported({
      export: serviceExport('web', { ports: [{ port: 80, routeType: 'HTTP' }] }),
      service: twoPorts,
      slices: [twoPortSlice, slice('b', ['10.0.0.9'], { ports: [] })],
    });
    expect(words(made.endpoints)).toEqual(['at most 10.0.0.1', 'at most 10.0.0.9']);
    expect(made.endpoints.emptiness).toBe(emptiness);
  });
});

describe('an export', () => {
  it('is of the Service of its name, or of the one that its annotation names', () => {
    const named = (name: string) => serviceExport('web', { annotations: { [annotation('service-name')]: name } });
    expect(exported({}).service).toBe('web');
    expect(exported({ export: named(' backend ') }).service).toBe('backend');
    expect(exported({ export: named('  ') }).service).toBe('web');
  });

  it('brings the tags of its annotation', () => {
    expect(exported({ export: serviceExport('web', { annotations: { [annotation('tags')]: 'team=red' } }) }).tags).toEqual({ team: 'red' });
  });
});
