/** How long ago a time was, in its one or two largest units, as `kubectl get` says it; `-` for what is no time. */
export function ageOf(rfc3339: string | undefined, nowMs: number): string {
  const thenMs = Date.parse(rfc3339 ?? '');
  return Number.isNaN(thenMs) ? '-' : durationText(Math.max(0, nowMs - thenMs));
}

/** A duration in its one or two largest units. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return joined(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return joined(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 ? joined(days, 'd', hours % 24, 'h') : `${days}d`;
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}
