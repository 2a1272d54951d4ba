import type { DesiredTargets, Evidence, ExportedService, ExportedSlot, ExportProblem, IpFamily, Target } from '@hub/model';
import { targetId } from '@hub/model';
import { annotationTags } from '@hub/plan';
import { addressesOf, type ExportRecord, type ServiceRecord, type SliceRecord } from './records.js';

/** An export with what its Service and slices say: the facts of one member, in the model's words. */
export interface ExportSources {
  readonly record: ExportRecord;
  readonly service: ServiceRecord | undefined;
  readonly slices: readonly SliceRecord[];
  /** How it is known, where there are no endpoints, that there are none. */
  readonly emptiness: Evidence;
}

/** The port of a legacy target group. Routing goes by each target's own port, so it is part of the identity and no more. */
const legacyPort = 80;

/** Puts an export together. What makes no sense becomes a problem, and changes nothing that is there. */
export function exportedService(sources: ExportSources): ExportedService {
  const { record, service } = sources;
  const { ipFamily, problem } = familyOf(record, service);
  const asked = slotsOf(sources, ipFamily);
  const problems = [...(problem ? [problem] : []), ...asked.problems];
  return {
    namespace: record.namespace,
    name: record.name,
    uid: record.uid,
    generation: record.generation,
    service: record.service,
    slots: asked.slots,
    endpoints: anyOf(sources),
    ipFamily,
    tags: annotationTags(record.tagsAnnotation),
    problems,
  };
}

function familyOf(
  record: ExportRecord,
  service: ServiceRecord | undefined,
): { readonly ipFamily: IpFamily | undefined; readonly problem?: ExportProblem } {
  if (!service) {
    return { ipFamily: undefined, problem: { reason: 'NoService', message: `Service ${record.namespace}/${record.service} is missing` } };
  }
  if (service.isExternalName) {
    return {
      ipFamily: undefined,
      problem: { reason: 'NotSingleStack', message: `Service ${record.service} is of type ExternalName, which has no addresses` },
    };
  }
  const [family, ...more] = service.ipFamilies;
  if (more.length === 0 && family === 'IPv4') return { ipFamily: 'IPV4' };
  if (more.length === 0 && family === 'IPv6') return { ipFamily: 'IPV6' };
  const message = `Service ${record.service} is not single-stack: a VPC Lattice target group has one IP family`;
  return { ipFamily: undefined, problem: { reason: 'NotSingleStack', message } };
}

interface Asked {
  readonly slots: readonly ExportedSlot[] | undefined;
  readonly problems: readonly ExportProblem[];
}

function slotsOf(sources: ExportSources, ipFamily: IpFamily | undefined): Asked {
  const { record } = sources;
  if (record.invalid !== undefined) return { slots: undefined, problems: [{ reason: 'InvalidSpec', message: record.invalid }] };
  return record.exportedPorts.length > 0 ? exportedSlots(sources, ipFamily) : legacySlot(sources, ipFamily);
}

function exportedSlots(sources: ExportSources, ipFamily: IpFamily | undefined): Asked {
  const { record, service } = sources;
  const slots = new Map<number, ExportedSlot>();
  const problems: ExportProblem[] = [];
  for (const { port, routeType } of record.exportedPorts) {
    const known = slots.get(port);
    if (known) {
      if (known.routeType !== routeType) {
        problems.push({
          reason: 'InvalidSpec',
          message: `spec.exportedPorts: port ${port} is there as ${known.routeType} and as ${routeType}; the first counts`,
        });
      }
      continue;
    }
    const isPort = service?.ports.some((p) => p.port === port);
    if (service && !isPort) problems.push(noSuchPort(record, port));
    const targets = isPort ? targetsOf(sources, [port], ipFamily) : anyOf(sources);
    slots.set(port, { slot: `${port}`, port, routeType, targets });
  }
  return { slots: [...slots.values()], problems };
}

/** An export without exportedPorts: one HTTP group for the ports of its annotation, or for every TCP port where it has none. */
function legacySlot(sources: ExportSources, ipFamily: IpFamily | undefined): Asked {
  const { record, service } = sources;
  const slot = (targets: DesiredTargets): ExportedSlot => ({ slot: 'legacy', port: legacyPort, routeType: 'HTTP', targets });
  if (!service) return { slots: [slot(anyOf(sources))], problems: [] };
  if (record.portAnnotation === undefined) return { slots: [slot(targetsOf(sources, undefined, ipFamily))], problems: [] };
  const ports: number[] = [];
  const problems: ExportProblem[] = [];
  for (const entry of record.portAnnotation.split(',').map((e) => e.trim())) {
    const port = /^\d{1,5}$/.test(entry) ? Number(entry) : undefined;
    if (port !== undefined && service.ports.some((p) => p.port === port)) ports.push(port);
    else problems.push(noSuchPort(record, entry));
  }
  // With no port left the export asks for nothing that can be had; it never widens to all ports.
  return { slots: ports.length === 0 ? undefined : [slot(targetsOf(sources, ports, ipFamily))], problems };
}

function noSuchPort(record: ExportRecord, port: number | string): ExportProblem {
  return { reason: 'InvalidPort', message: `${JSON.stringify(port)} is not a TCP port of Service ${record.namespace}/${record.service}` };
}

/** The targets behind some ports of the Service, or behind all. A port without a name stands for every port of the slices, as upstream has it. */
function targetsOf(sources: ExportSources, ports: readonly number[] | undefined, ipFamily: IpFamily | undefined): DesiredTargets {
  if (!ipFamily) return anyOf(sources);
  const names = ports && new Set(sources.service?.ports.filter((p) => ports.includes(p.port)).map((p) => p.name));
  const targets = new Map<string, Target>();
  for (const slice of sources.slices) {
    if (slice.family !== ipFamily) continue;
    for (const { port, name } of slice.ports) {
      if (names && !names.has('') && !names.has(name)) continue;
      for (const ip of addressesOf(slice)) {
        const target = { ip, port };
        targets.set(targetId(target), target);
      }
    }
  }
  return { kind: 'exact', targets: [...targets.values()], emptiness: sources.emptiness };
}

/** Nothing new, and nothing that is not behind the Service any more. */
function anyOf(sources: ExportSources): DesiredTargets {
  return { kind: 'atMost', addresses: new Set(sources.slices.flatMap(addressesOf)), emptiness: sources.emptiness };
}
