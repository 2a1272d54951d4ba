import { CliError } from '../cli-error.js';
import type { CliIo } from '../cli-io.js';
import { readTextFile } from '../read-text-file.js';
import { contextNamed, pathIn, readLocalKubeconfig, type LocalKubeconfig } from './local-kubeconfig.js';

const instead = 'pass --token-file or LATTICE_HUB_TOKEN; `kubectl create token NAME -n NAMESPACE` makes a token';

/**
 * The token of the current context of the operator's kubeconfig, and where it stands, in words.
 * @throws CliError which says where else a token can come from
 */
export async function currentContextToken(io: CliIo): Promise<{ readonly token: string; readonly source: string }> {
  let kubeconfig: LocalKubeconfig;
  try {
    kubeconfig = await readLocalKubeconfig(undefined, io);
  } catch (error) {
    throw error instanceof CliError ? new CliError(`no token: ${error.message}; ${instead}`) : error;
  }
  const { currentContext, source } = kubeconfig;
  if (currentContext === undefined) throw new CliError(`no token: ${source} has no current-context; ${instead}`);
  const { user, userName } = contextNamed(kubeconfig, currentContext);
  const where = `the user ${JSON.stringify(userName)} of the current context ${JSON.stringify(currentContext)} of ${source}`;
  const { token, tokenFile } = user.fields;
  // kubectl prefers the file: it is the one that is renewed.
  if (typeof tokenFile === 'string' && tokenFile !== '') {
    const text = await readTextFile(pathIn(user, tokenFile), io, `the tokenFile of ${where}`);
    return { token: text.trim(), source: where };
  }
  if (typeof token === 'string' && token !== '') return { token, source: where };
  if (user.fields['exec'] || user.fields['auth-provider'])
    throw new CliError(`no token: ${where} gets one by a command, which is not run here; ${instead}`);
  throw new CliError(`no token: ${where} has none; ${instead}`);
}
