import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** What a real 1.37.2 answered to every scenario, by its name. */
const file = join(import.meta.dirname, '../../fixtures/kube-transcripts/side-by-side-1.37.json.gz');

/** The recorded answers, in their canonical form. */
export function readTranscript(): Readonly<Record<string, unknown>> {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Readonly<Record<string, unknown>>;
}

/** Writes them anew: one scenario a line, before they are compressed. */
export function writeTranscript(answers: ReadonlyMap<string, unknown>): void {
  const lines = [...answers].map(([name, answer]) => `${JSON.stringify(name)}:${JSON.stringify(answer)}`);
  writeFileSync(file, gzipSync(`{\n${lines.join(',\n')}\n}\n`, { level: 9 }));
}
