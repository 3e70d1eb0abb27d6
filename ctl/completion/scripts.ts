/** What a shell has to know: it asks the program itself, which answers from what its commands say of themselves. */

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = `# clusterio, completion for bash. Now: source <(clusterio completion bash)
# Always: clusterio completion bash > ~/.local/share/bash-completion/completions/clusterio
_clusterio_complete() {
  local directive= line
  COMPREPLY=()
  {
    IFS= read -r directive
    while IFS= read -r line; do COMPREPLY+=("$line"); done
  } < <("\${COMP_WORDS[0]}" __complete bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case $directive in
    files) compopt -o default 2>/dev/null ;;
    nospace) compopt -o nospace 2>/dev/null ;;
  esac
}
complete -F _clusterio_complete clusterio
`;

const ZSH = `#compdef clusterio
# clusterio, completion for zsh. Now: source <(clusterio completion zsh)
# Always: clusterio completion zsh > "\${fpath[1]}/_clusterio"
_clusterio() {
  local -a lines
  lines=("\${(@f)$("\${words[1]}" __complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == files ]]; then
    _files
  else
    shift lines
    _describe -V 'clusterio' lines
  fi
}
if [[ "\${funcstack[1]}" == _clusterio ]]; then _clusterio "$@"; else compdef _clusterio clusterio; fi
`;

const FISH = `# clusterio, completion for fish. Now: clusterio completion fish | source
# Always: clusterio completion fish > ~/.config/fish/completions/clusterio.fish
function __clusterio_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command $before[1] __complete fish $before[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = files
        __fish_complete_path "$current"
    else
        printf '%s\\n' $lines[2..-1]
    end
end
complete -c clusterio -f -a '(__clusterio_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
