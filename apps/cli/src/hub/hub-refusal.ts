import { z } from 'zod';
import { CliError } from '../cli-error.js';

const ProblemBody = z.looseObject({
  title: z.string().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.looseObject({ field: z.string(), fix: z.string() })).optional(),
});
type ProblemBody = z.infer<typeof ProblemBody>;

/** The option of the command line that a field of the API comes from. */
export type OptionOfField = Readonly<Record<string, string>>;

/** The hub's no, in its own words. */
export class HubRefusal extends CliError {
  override readonly name = 'HubRefusal';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What a problem (RFC 9457) says, in one line: every field that is wrong and how it must be; undefined for what is none. */
export function problemText(body: string, optionOf: OptionOfField = {}): string | undefined {
  const problem = parseProblem(body);
  if (!problem) return undefined;
  const { title, reason = title, detail, errors = [] } = problem;
  const fields = errors.map(({ field, fix }) => fieldText(field, fix, optionOf));
  const said = errors.map(({ field, fix }) => `${field}: ${fix}`).join('; ');
  // The hub repeats the fields in the detail of input that does not fit; where the detail says something else, both are told.
  const parts =
    detail === undefined || detail === said ? fields : [detail, ...fields.filter((_, i) => !detail.includes(errors[i]?.fix ?? ''))];
  return [reason, parts.join('; ')].filter((part) => part !== undefined && part !== '').join(': ');
}

function fieldText(field: string, fix: string, optionOf: OptionOfField): string {
  const option = optionOf[field];
  if (field === '') return fix;
  return option === undefined ? `${field}: ${fix}` : `${field} (${option}): ${fix}`;
}

function parseProblem(body: string): ProblemBody | undefined {
  try {
    const parsed = ProblemBody.safeParse(JSON.parse(body));
    return parsed.success && (parsed.data.title ?? parsed.data.detail) !== undefined ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
