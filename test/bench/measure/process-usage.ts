import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process of this machine uses, as Linux tells it. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly peakRssMiB: number;
  readonly sockets: number;
  readonly threads: number;
}

/** In Linux a tick is a hundredth of a second, on every architecture that Node runs on. */
const msPerTick = 10;

/** @throws Error where the process is gone, or the machine has no /proc */
export function processUsage(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  // The command, in parentheses, may hold spaces; the fields that are wanted come after it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick,
    rssMiB: kibOf(status, 'VmRSS') / 1024,
    peakRssMiB: kibOf(status, 'VmHWM') / 1024,
    sockets: socketsOf(pid),
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
  };
}

function kibOf(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
}

function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => targetOf(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length;
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // It was closed meanwhile.
    return '';
  }
}
