/** The shells that are completed for. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** bash splits words at colons and equals signs too, and replaces only what stands behind the last of them. */
const bash = `# bash completion for lattice-hub
_lattice_hub() {
  local line=\${COMP_LINE:0:COMP_POINT} candidate
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=\${words[\${#words[@]}-1]}
  local kept=\${current%"\${current##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate=\${candidate%%$'\\t'*}
    COMPREPLY+=("\${candidate#"$kept"}")
  done < <("\${words[0]/#\\~/$HOME}" __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _lattice_hub lattice-hub
`;

const zsh = `#compdef lattice-hub
# zsh completion for lattice-hub
_lattice_hub() {
  local -a candidates
  local line name meaning
  while IFS= read -r line; do
    name=\${line%%$'\\t'*}
    meaning=\${line#"$name"}
    candidates+=("\${name//:/\\\\:}:\${meaning#$'\\t'}")
  done < <("\${(Q)words[1]/#\\~/$HOME}" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe lattice-hub candidates
  else
    _files
  fi
}
if [ "\${funcstack[1]}" = _lattice-hub ] || [ "\${funcstack[1]}" = _lattice_hub ]; then
  _lattice_hub "$@"
else
  compdef _lattice_hub lattice-hub
fi
`;

const fish = `# fish completion for lattice-hub
function __lattice_hub_complete
  set -l words (commandline -opc)
  command $words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
function __lattice_hub_wants_file
  contains -- (commandline -opc)[-1] -f --filename --kubeconfig --token-file --ca-file
end
complete -c lattice-hub -f
complete -c lattice-hub -n __lattice_hub_wants_file -F
complete -c lattice-hub -n 'not __lattice_hub_wants_file' -a '(__lattice_hub_complete)'
`;

/** The completion script of each shell. They know nothing by themselves: they ask the command. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
