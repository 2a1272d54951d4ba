/** The value of each suffix as a power of ten, or of two. */
const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaryShifts: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/**
 * The canonical form of a quantity such as `1500m` or `2048Ki` (Kubernetes API, resource.Quantity): the largest suffix without a fraction.
 * @returns undefined where the text is no quantity
 */
export function canonicalQuantity(text: string): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?)|[eE]([+-]?\d+))$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix, exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const negative = sign === '-' && digits !== 0n ? '-' : '';
  const shift = suffix === undefined ? undefined : binaryShifts[suffix];
  if (shift !== undefined) return negative + binaryForm(digits, fraction.length, shift);
  const power = (exponent === undefined ? (decimalExponents[suffix ?? ''] ?? 0) : Number(exponent)) - fraction.length;
  return Math.abs(power) > 100 ? undefined : negative + decimalForm(digits, power, exponent !== undefined);
}

function binaryForm(digits: bigint, decimals: number, shift: number): string {
  const scaled = digits << BigInt(shift);
  const divisor = 10n ** BigInt(decimals);
  if (scaled % divisor !== 0n) return decimalForm(scaled, -decimals, false);
  const value = scaled / divisor;
  const fitting = Object.entries(binaryShifts).findLast(([, bits]) => value !== 0n && value % (1n << BigInt(bits)) === 0n);
  return fitting === undefined ? String(value) : `${value >> BigInt(fitting[1])}${fitting[0]}`;
}

/** `digits` times ten to the `power`; nothing below a billionth is kept, and it is rounded up. */
function decimalForm(digits: bigint, power: number, scientific: boolean): string {
  if (digits === 0n) return '0';
  let mantissa = digits;
  let exponent = power;
  if (exponent < -9) {
    const divisor = 10n ** BigInt(-9 - exponent);
    mantissa = (mantissa + divisor - 1n) / divisor;
    exponent = -9;
  }
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent += 1;
  }
  const step = Math.max(Math.floor(exponent / 3) * 3, -9);
  mantissa *= 10n ** BigInt(exponent - step);
  if (scientific) return step === 0 ? String(mantissa) : `${mantissa}e${step}`;
  const suffix = Object.entries(decimalExponents).find(([, value]) => value === Math.min(step, 18))?.[0] ?? '';
  return `${step > 18 ? mantissa * 10n ** BigInt(step - 18) : mantissa}${suffix}`;
}
