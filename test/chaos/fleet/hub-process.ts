import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../fixtures/until.js';

/** The hub that is built; CHAOS_HUB names another one. */
const program = process.env['CHAOS_HUB'] ?? join(import.meta.dirname, '../../../dist/apps/hub/src/main.js');

/** Collects its garbage when it is told to, so that what stays can be counted. */
const collector = join(import.meta.dirname, 'census.mjs');

/** What a process has left after a collection. */
export interface Census {
  /** Timers, sockets, sessions, streams and the like, by the name that Node has for them. */
  readonly handles: Readonly<Record<string, number>>;
  /** Open files; 0 where the machine does not tell. */
  readonly files: number;
  readonly objects: number;
  readonly heapKiB: number;
}

/** Sets the wall clock of the process ahead or back; the monotonic one is as ever. */
function clockOf(skewMs: number): string {
  const code = `const Real=Date;globalThis.Date=class extends Real{constructor(...a){if(a.length)super(...a);else super(Real.now()+${skewMs})}static now(){return Real.now()+${skewMs}}}`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** A replica of the hub in a process of its own, which is killed, stopped and started again. */
export class HubProcess {
  private child: ChildProcess | undefined;
  private isPaused = false;
  private isEnding = false;
  private readonly ends: string[] = [];

  constructor(
    readonly name: string,
    private readonly port: number,
    private readonly logFile: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly clockSkewMs = 0,
    /** Whether {@link census} is to be had. To count costs a few percent all the time. */
    private readonly isCounted = false,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  /** Whether it runs and is not stopped. */
  get isAwake(): boolean {
    return this.isRunning && !this.isPaused;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** How it ended though nobody told it to, or not in order. That a start comes to nothing, and says why in a line, can happen. */
  get crashes(): readonly string[] {
    return this.ends.filter((end) => !/lattice-hub: [^|]+$/.test(end));
  }

  /** What it calls itself in Leases since it was started last. */
  get identity(): string {
    return [...readFileSync(this.logFile, 'utf8').matchAll(/"replica":"([^"]+)"/g)].at(-1)?.[1] ?? '';
  }

  /** Starts it, without waiting until it is ready. Does nothing where it runs. */
  start(): void {
    if (this.child) return;
    this.isEnding = false;
    const log = openSync(this.logFile, 'a', 0o600);
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ...this.environment, PORT: `${this.port}`, ...(this.isCounted && { CENSUS_FILE: this.censusFile }) };
    const imports = [collector, ...(this.clockSkewMs === 0 ? [] : [clockOf(this.clockSkewMs)])].flatMap((module) => ['--import', module]);
    const child = spawn(process.execPath, ['--expose-gc', ...imports, program], { env, stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    this.isPaused = false;
    child.once('exit', (code, how) => {
      if (this.child !== child) return;
      this.child = undefined;
      if (!this.isEnding) this.startAnew(`${how ?? code}: ${this.lastWords()}`);
    });
  }

  /** What keeps it from being ready; undefined when it is. */
  async unready(): Promise<string | undefined> {
    if (!this.child) return `${this.name} does not run: ${this.lastWords()}`;
    try {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) });
      return answer.ok ? undefined : (await answer.text()).trim();
    } catch (error) {
      return String(error);
    }
  }

  /** SIGSTOP: its sockets stay open, its clock goes on, and it knows nothing of it. */
  pause(): void {
    if (!this.child || this.isPaused) return;
    this.isPaused = true;
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    if (!this.child || !this.isPaused) return;
    this.isPaused = false;
    this.child.kill('SIGCONT');
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.end('SIGKILL', 5000);
  }

  /** Tells it to leave in order. @returns how long that took, in ms */
  async leave(): Promise<number> {
    const began = performance.now();
    this.resume();
    await this.end('SIGTERM', 15_000);
    return performance.now() - began;
  }

  /** Its metrics, by name, those with labels summed up. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5000) })).text();
    const sums = new Map<string, number>();
    for (const line of text.split('\n')) {
      const form = /^([a-z_]+)(?:\{[^}]*\})? ([-+\d.eE]+)$/.exec(line);
      if (form?.[1] && form[2]) sums.set(form[1], (sums.get(form[1]) ?? 0) + Number(form[2]));
    }
    return sums;
  }

  /** Makes it collect its garbage. */
  async collectGarbage(): Promise<void> {
    this.child?.kill('SIGUSR2');
    await sleep(300);
  }

  /** Counts what it has. */
  async census(): Promise<Census> {
    rmSync(this.censusFile, { force: true });
    this.child?.kill('SIGUSR2');
    await until('it has counted', () => (existsSync(this.censusFile) ? undefined : 'not yet'));
    return JSON.parse(readFileSync(this.censusFile, 'utf8')) as Census;
  }

  private get censusFile(): string {
    return `${this.logFile}.census`;
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM', withinMs: number): Promise<void> {
    const { child } = this;
    this.isEnding = true;
    if (!child) return;
    const gone = once(child, 'exit').then(() => true);
    child.kill(signal);
    const late = sleep(withinMs, false, { ref: false });
    if (!(await Promise.race([gone, late]))) {
      child.kill('SIGKILL');
      await gone;
      throw new Error(`${this.name} did not end ${withinMs / 1000} s after ${signal}`);
    }
    this.isPaused = false;
    this.child = undefined;
    // One that was not up yet dies of the signal itself, and had nothing to hand over.
    if (signal === 'SIGTERM' && (child.exitCode ?? 0) !== 0) this.ends.push(`${child.exitCode} after SIGTERM: ${this.lastWords()}`);
  }

  /** As a kubelet does it, a moment later. */
  private startAnew(end: string): void {
    this.ends.push(end);
    setTimeout(() => !this.isEnding && this.start(), 500);
  }

  private lastWords(): string {
    return readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-3).join(' | ').slice(-600);
  }
}
