import { InvalidArgumentError, Option, type Command } from 'commander';

/** How the hub is reached, as the command line says it. */
export interface ConnectionOptions {
  readonly server?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly requestTimeout: number;
}

/** Where a hub listens that nothing else is said about. */
export const defaultServer = 'http://127.0.0.1:8080';

/** The longest that may be waited for anything, in seconds. */
const mostSeconds = 3600;

/** Reads an option that is a number of seconds. @throws InvalidArgumentError */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0 || seconds > mostSeconds)
    throw new InvalidArgumentError(`It must be a number of seconds, more than 0 and at most ${mostSeconds}.`);
  return seconds;
}

/** Adds the options that every command has which talks to the hub. */
export function addConnectionOptions(program: Command): void {
  program
    .addOption(new Option('--server <url>', `the hub; else LATTICE_HUB_URL, else ${defaultServer}`))
    .addOption(
      new Option('--token <token>', 'bearer token, which other users of this machine can see; else LATTICE_HUB_TOKEN').conflicts(
        'tokenFile',
      ),
    )
    .addOption(new Option('--token-file <file>', 'file with the token; without any, the current context of the kubeconfig has to hold one'))
    .addOption(new Option('--ca-file <file>', "certificates (PEM) that the hub's is trusted by; else LATTICE_HUB_CA_FILE"))
    .addOption(new Option('--request-timeout <seconds>', 'how long one call may take').argParser(parseSeconds).default(30));
}
