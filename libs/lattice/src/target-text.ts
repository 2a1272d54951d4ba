import type { ObservedTarget } from '@hub/model';

/**
 * The targets of a group as one text: as objects, those of a large fleet would be most of what is remembered. Nearly all of a group have their port and
 * status in common, so those stand before the addresses: `8080 HEALTHY 10.0.0.1 10.0.0.2,8080 DRAINING 10.0.0.3`. Their order is not kept.
 */
export function textOfTargets(targets: readonly ObservedTarget[]): string {
  const alike = Map.groupBy(targets, ({ port, status }) => `${port} ${status}`);
  return Array.from(alike, ([what, those]) => [what, ...those.map(({ ip }) => ip)].join(' ')).join(',');
}

/** The targets of a text that {@link textOfTargets} made. */
export function targetsOfText(text: string): readonly ObservedTarget[] {
  if (text === '') return [];
  return text.split(',').flatMap((part) => {
    const [port, status, ...addresses] = part.split(' ');
    return addresses.map((ip) => ({ ip, port: Number(port), status: status as ObservedTarget['status'] }));
  });
}
