/**
 * What may stand in the place of the last argument, one a line: a word, a tab, its meaning; or `:files` or `:folders` for what the shell
 * finds by itself. The arguments are the program as typed and the words after it. For bash and zsh alike, so with nothing that only one of
 * them knows. Words from elsewhere, as names of stages, are never evaluated, and quoted where
 * they are offered.
 */
export const CANDIDATES = `_pipeline_candidates() {
  local program="$1" command='' file='' option='' position=0 value=''
  shift
  while [ $# -gt 1 ]; do
    case "$1" in
      -*=*) option='' ;;
      -*) option="$1"; [ -n "$(_pipeline_value "$command" "$1")" ] || option='' ;;
      *)
        if [ -n "$option" ]; then
          case "$(_pipeline_value "$command" "$option")" in one*) option='' ;; esac
        elif [ -z "$command" ]; then
          command="$1"
        else
          position=$((position + 1))
          [ "$position" -gt 1 ] || file="$1"
        fi ;;
    esac
    shift
  done
  case "$1" in
    -*=*)
      value="$(_pipeline_value "$command" "\${1%%=*}")"
      _pipeline_kind "$program" "$file" "\${1%%=*}=" "\${value#* }" ;;
    -*) _pipeline_options "$command" ;;
    *)
      if [ -n "$option" ]; then
        value="$(_pipeline_value "$command" "$option")"
        _pipeline_kind "$program" "$file" '' "\${value#* }"
      elif [ -z "$command" ]; then
        _pipeline_commands
      else
        _pipeline_kind "$program" "$file" '' "$(_pipeline_argument "$command" $((position + 1)))"
      fi ;;
  esac
}
_pipeline_kind() {
  local program="$1" file="$2" before="$3" kind="$4" word=''
  case "$kind" in
    'words '*)
      kind="\${kind#words }"
      while [ -n "$kind" ]; do
        word="\${kind%% *}"
        printf '%s\\n' "$before$word"
        case "$kind" in *' '*) kind="\${kind#* }" ;; *) kind='' ;; esac
      done ;;
    files | folders) printf ':%s\\n' "$kind" ;;
    pipelines)
      printf ':files\\n'
      [ ! -d pipelines ] || find pipelines -maxdepth 1 \\( -name '*.yaml' -o -name '*.yml' \\) | sed 's,^pipelines/,,; s,\\.ya*ml$,,' ;;
    uses) "$program" complete-stages 2>/dev/null ;;
    stages) [ -z "$file" ] || "$program" complete-stages "$file" 2>/dev/null ;;
  esac
}`;

export const BASH = {
  head: `# Completes pipeline in bash: source <(pipeline completion bash)`,
  // Bash cuts words at = and @ also, which stand in options and in names of cells: the line itself has them whole.
  foot: `_pipeline() {
  local line="\${COMP_LINE:0:COMP_POINT}" candidate='' word=''
  local -a words
  read -r -a words <<<"$line"
  case "$line" in *[[:space:]]) words+=('') ;; esac
  local whole="\${words[\${#words[@]} - 1]}"
  local last="\${whole##*[=@:]}"
  local head="\${whole%"$last"}"
  COMPREPLY=()
  while IFS= read -r candidate; do
    word="\${candidate%%$'\\t'*}"
    case "$word" in
      :files) compopt -o filenames 2>/dev/null; while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$last") ;;
      :folders) compopt -o filenames 2>/dev/null; while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$last") ;;
      "$whole"*)
        word="\${word#"$head"}"
        case "$word" in *[!A-Za-z0-9_@%+=:,./-]*) printf -v word '%q' "$word" ;; esac
        COMPREPLY+=("$word") ;;
    esac
  done < <(_pipeline_candidates "\${words[@]}")
}
complete -F _pipeline pipeline
`,
};

export const ZSH = {
  head: `#compdef pipeline
# Completes pipeline in zsh: pipeline completion zsh > a file called _pipeline in a folder of $fpath`,
  foot: `_pipeline() {
  local line word
  local -a described
  for line in "\${(@f)$(_pipeline_candidates "\${(@)words[1,CURRENT]}")}"; do
    case "$line" in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      *)
        word="\${line%%$'\\t'*}"
        if [[ "$line" == *$'\\t'* ]]; then described+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
        else described+=("\${word//:/\\\\:}"); fi ;;
    esac
  done
  (( \${#described} == 0 )) || _describe 'pipeline' described
}
if [ "$funcstack[1]" = _pipeline ]; then _pipeline "$@"; else compdef _pipeline pipeline; fi
`,
};
