import type { Argument, Command } from 'commander';
import type { CliIo } from '../cli-io.js';
import { resourceNamed, resourceNames } from '../get/resource-names.js';
import { oneLine } from '../output/printable.js';
import { optionsOf, positionOf, type Position } from './command-position.js';

/** What a word can become. */
export interface Candidate {
  readonly text: string;
  readonly meaning: string;
}

/** How long a shell waits for the names of clusters, in seconds. */
const patienceSeconds = 2;

/** What the last of some words can become. Nothing is said where nothing is known: a shell then completes file names. */
export async function complete(program: Command, words: readonly string[], io: CliIo): Promise<readonly Candidate[]> {
  const position = positionOf(program, words);
  const candidates = await candidatesAt(position, io);
  return candidates
    .filter(({ text }) => text.startsWith(position.current))
    .map(({ text, meaning }) => ({ text: oneLine(`${position.prefix}${text}`), meaning: oneLine(meaning) }));
}

async function candidatesAt(position: Position, io: CliIo): Promise<readonly Candidate[]> {
  const { command, current, option, argument } = position;
  if (option) {
    if (option.argChoices) return option.argChoices.map(plain);
    return option.attributeName() === 'cluster' ? clusterNames(position, io) : [];
  }
  if (current.startsWith('-')) return optionCandidates(command);
  if (command.commands.length > 0 && position.before.length === 0) return commandCandidates(command);
  return argument ? argumentCandidates(argument, position, io) : [];
}

async function argumentCandidates(argument: Argument, position: Position, io: CliIo): Promise<readonly Candidate[]> {
  switch (argument.name()) {
    case 'cluster':
      return clusterNames(position, io);
    case 'context':
      return contextNames(position, io);
    case 'resource':
      return resourceNames.map(plain);
    case 'name':
      return resourceNamed(position.before[0] ?? '') === 'clusters' ? clusterNames(position, io) : [];
    default:
      return argument.argChoices?.map(plain) ?? [];
  }
}

function plain(text: string): Candidate {
  return { text, meaning: '' };
}

function optionCandidates(command: Command): readonly Candidate[] {
  const help = { text: '--help', meaning: 'display help for command' };
  const options = optionsOf(command).filter((option) => !option.hidden && option.long);
  return [...options.map((option) => ({ text: option.long ?? '', meaning: option.description })), help];
}

function commandCandidates(command: Command): readonly Candidate[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((each) => ({ text: each.name(), meaning: each.summary() || each.description() }));
}

async function clusterNames({ values }: Position, io: CliIo): Promise<readonly Candidate[]> {
  const [{ openApi }, { Named }] = await Promise.all([import('../hub/open-api.js'), import('../hub/answers.js')]);
  try {
    const api = await openApi({ ...values, requestTimeout: patienceSeconds }, io);
    const items = await api.list('clusters', {});
    return items.map((item) => plain(Named.parse(item).name));
  } catch {
    // A shell has no place for an error: what is not known is not offered.
    return [];
  }
}

async function contextNames({ values }: Position, io: CliIo): Promise<readonly Candidate[]> {
  const { readLocalKubeconfig } = await import('../kubeconfig/local-kubeconfig.js');
  try {
    return [...(await readLocalKubeconfig(values['kubeconfig'], io)).contexts.keys()].map(plain);
  } catch {
    return [];
  }
}
