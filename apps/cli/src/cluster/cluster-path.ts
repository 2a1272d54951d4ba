import { usageError } from '../cli-error.js';

/**
 * The path of a cluster in the API, or of something below it.
 * @throws CliError for what can be no name of one: it would be another path
 */
export function clusterPath(name: string, below?: 'plan' | 'detach-preview' | 'acknowledgement'): string {
  if (name.length > 253 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
    throw usageError(`${JSON.stringify(name)} can be no name of a cluster: names are lower-case letters, digits and hyphens`);
  return `clusters/${name}${below === undefined ? '' : `/${below}`}`;
}
