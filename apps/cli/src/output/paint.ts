import { styleText } from 'node:util';
import type { CliIo, TextSink } from '../cli-io.js';

/** What a word means for its reader. */
export type Tone = 'good' | 'warn' | 'bad';

/** Gives a word the colour of its tone, or leaves it as it is. */
export type Paint = (text: string, tone: Tone) => string;

const colours = { good: 'green', warn: 'yellow', bad: 'red' } as const;

/** Colours for a terminal, unless NO_COLOR is set (no-color.org) or the terminal has none. */
export function paintFor(sink: TextSink, env: CliIo['env']): Paint {
  if (!sink.isTerminal || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return (text) => text;
  return (text, tone) => styleText(colours[tone], text, { validateStream: false });
}
