/** Where what a command is for begins, in characters. */
const column = 59;

/** What a person may try, as commands that work when pasted, each with what it shows. */
export function whatNext(hubUrl: string): string {
  const commands: readonly (readonly [string, string])[] = [
    ['source .sandbox/env', ''],
    ['lattice-hub get target-groups', 'the table above'],
    ['lattice-hub get target-groups -w', '… as it changes'],
    [
      `sed -i 's#path: "/.*"#path: "/ready"#' .sandbox/policy.yaml && lattice-hub apply -f .sandbox/policy.yaml`,
      'one edit, in every cluster in under a second',
    ],
    ['npm run sandbox -- pod delete member-1 default/inventory-service', 'a pod goes, and its target with it'],
    ['npm run sandbox -- member stop 2', 'a member goes dark: nothing of it is deleted'],
    ['lattice-hub cluster list', '… and the hub says so'],
    ['npm run sandbox -- member start 2', '… and back'],
    ['lattice-hub cluster describe member-1', 'what the hub knows, and what it would tell you'],
    [`curl -s ${hubUrl}/openapi.json`, 'the REST API'],
  ];
  const lines = commands.map(([command, what]) => lineOf(command, what));
  return `What to try, in another terminal in this folder (kubectl works too, with the kubeconfigs in .sandbox/):

${lines.join('\n')}

Ctrl-C ends all of it.`;
}

/** What a long command is for stands below it. */
function lineOf(command: string, what: string): string {
  const start = `  ${command}`;
  if (what === '') return start;
  return start.length < column - 1 ? `${start.padEnd(column)}${what}` : `${start}\n${' '.repeat(column)}${what}`;
}
