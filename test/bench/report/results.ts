import type { Machine } from '../measure/machine.js';

/** One line of a figure: what was varied, and what was measured. */
export interface Row {
  readonly figure: string;
  readonly case: string;
  readonly values: Readonly<Record<string, number>>;
}

/** A count that must be as it is, on every machine. */
export interface Check {
  readonly what: string;
  readonly expected: number;
  readonly actual: number;
}

export interface Results {
  readonly machine: Machine;
  readonly tookSeconds: number;
  readonly rows: readonly Row[];
  readonly checks: readonly Check[];
}

/** Takes in what figures find. */
export class Recorder {
  readonly rows: Row[] = [];
  readonly checks: Check[] = [];

  constructor(private readonly say: (text: string) => void) {}

  row(figure: string, name: string, values: Readonly<Record<string, number>>): void {
    this.rows.push({ figure, case: name, values });
    this.say(`${figure}, ${name}: ${describe(values)}`);
  }

  check(what: string, actual: number, expected: number): void {
    this.checks.push({ what, expected, actual });
    if (actual !== expected) this.say(`WRONG COUNT: ${what}: ${actual} instead of ${expected}`);
  }

  progress(text: string): void {
    this.say(text);
  }
}

function describe(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${shortNumber(value)}`)
    .join(', ');
}

/** Three digits are all that a measurement is worth. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
