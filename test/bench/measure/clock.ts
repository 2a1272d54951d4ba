/** Milliseconds since 1970 by the machine's monotonic clock, so that instants of several processes can be compared to the microsecond. */
export function monotonicMs(epochMs: number): () => number {
  return () => epochMs + Number(process.hrtime.bigint()) / 1e6;
}

/** What has to be added to the monotonic clock of the machine to get milliseconds since 1970. */
export function epochOfMonotonic(): number {
  return Date.now() - Number(process.hrtime.bigint()) / 1e6;
}
