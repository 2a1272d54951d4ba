import { TargetGroup } from '../hub/answers.js';
import { ageOf } from '../output/age.js';
import type { Tone } from '../output/paint.js';
import type { Cell } from '../output/table.js';
import { policyText } from './policy-text.js';
import { defineKind } from './resource-kind.js';

/** Target groups of every cluster, in every account. */
export const targetGroupKind = defineKind<TargetGroup>({
  path: 'target-groups',
  schema: TargetGroup,
  nameOf: ({ name }) => `targetgroup/${name}`,
  namesOf: (group) => [group.name, group.export],
  columns: [
    { header: 'ACCOUNT', cell: ({ account }) => account },
    { header: 'REGION', cell: ({ region }) => region },
    { header: 'CLUSTER', cell: ({ cluster }) => cluster },
    { header: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { header: 'EXPORT', cell: (group) => group.export },
    { header: 'PORT', cell: ({ exportPort }) => (exportPort === null ? 'legacy' : String(exportPort)) },
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'PROTOCOL', cell: ({ protocol, protocolVersion, port }) => withPort(slashed(protocol, protocolVersion), port) },
    { header: 'HEALTH-CHECK', cell: healthCheckText },
    { header: 'TARGETS', cell: targetsText },
    { header: 'POLICY', cell: policyText },
    { header: 'STATE', cell: stateCell },
    { header: 'ARN', isWide: true, cell: ({ arn }) => arn ?? '' },
    { header: 'VPC', isWide: true, cell: ({ vpc }) => vpc },
    { header: 'OBSERVED', isWide: true, cell: ({ observedAt }, nowMs) => ageOf(observedAt, nowMs) },
    { header: 'ALL-TARGETS', isWide: true, cell: allTargetsText },
  ],
});

function slashed(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part).join('/');
}

function withPort(text: string, port: number | undefined): string {
  return port === undefined ? text : `${text}:${port}`;
}

/** Without a port of its own the check goes to that of each target. */
function healthCheckText({ healthCheck }: TargetGroup): string {
  if (!healthCheck) return '';
  if (!healthCheck.enabled) return 'off';
  const { protocol = '', port, path = '', intervalSeconds, statusMatch } = healthCheck;
  const every = intervalSeconds === undefined ? undefined : `${intervalSeconds}s`;
  return [`${withPort(protocol, port)}${path}`, every, statusMatch].filter((part) => part).join(' ') || 'on';
}

/** Health says nothing where no VPC Lattice service uses the group: nothing checks it then. */
function targetsText({ targets, inUse }: TargetGroup): string {
  const isUsed = inUse && targets.some(({ status }) => status !== 'UNUSED');
  const healthy = targets.filter(({ status }) => status === 'HEALTHY').length;
  return isUsed ? `${targets.length} (${healthy} healthy)` : String(targets.length);
}

function allTargetsText({ targets }: TargetGroup): string {
  return targets.map(({ ip, port, status }) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}=${status}`).join(',');
}

const tones: Readonly<Record<string, Tone>> = { Ready: 'good', Failed: 'bad' };

function stateCell({ state, reason }: TargetGroup): Cell {
  return { text: state === 'Ready' ? state : `${state} (${reason})`, tone: tones[state] ?? 'warn' };
}
