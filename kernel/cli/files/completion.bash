# Completion of ork in bash. Put this into ~/.bashrc: source <(ork completion bash)
_ork_completion() {
  # Bash splits words at : and = as well: what the line has in one piece is joined again.
  local rest="${COMP_LINE:0:COMP_POINT}" trimmed part index
  local -a words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    trimmed="${rest#"${rest%%[![:space:]]*}"}"
    part="${COMP_WORDS[index]}"
    ((index == COMP_CWORD)) && part="$trimmed"
    if ((index == 0)) || [[ "$trimmed" != "$rest" ]]; then words+=("$part"); else words[-1]+="$part"; fi
    rest="${trimmed#"$part"}"
  done
  words=("${words[@]//[\\\"\']/}")
  local current="${words[-1]}" breaks="${COMP_WORDBREAKS//[^=:]/}" prefix=''
  [[ -n "$breaks" ]] && prefix="${current%"${current##*[$breaks]}"}"

  local answer kind value
  answer="$(ork __complete -- "${words[@]:1}" 2>/dev/null)" || return
  COMPREPLY=()
  {
    read -r kind
    case "$kind" in
      files*) _ork_paths "${kind#files}" ;;
      folders) _ork_paths / ;;
      *)
        [[ "$kind" == beginnings ]] && compopt -o nospace
        while IFS=$'\t' read -r value _; do
          [[ "$value" == "$current"* ]] && COMPREPLY+=("${value#"$prefix"}")
        done
        ;;
    esac
  } <<<"$answer"
}

# Folders, and files with one of the endings: any when there are none, none when it is /.
_ork_paths() {
  local typed="$current" entry ending
  [[ "$typed" == --*=* ]] && typed="${typed#*=}"
  compopt -o filenames
  while IFS= read -r entry; do
    if [[ -z "$1" || -d "${entry/#\~/$HOME}" ]]; then COMPREPLY+=("$entry"); continue; fi
    for ending in $1; do [[ "$entry" == *."$ending" ]] && COMPREPLY+=("$entry"); done
  done < <(compgen -f -- "$typed")
}

complete -F _ork_completion ork
