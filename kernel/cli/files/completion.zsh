#compdef ork
# Completion of ork in zsh. Put this into ~/.zshrc, below compinit: source <(ork completion zsh)
_ork() {
  local -a lines candidates
  local line
  lines=("${(@f)$(ork __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  local kind="$lines[1]"
  case "$kind" in
    files*)
      compset -P '--*='
      local endings="${${kind#files}# }"
      if [[ -n "$endings" ]]; then _files -g "*.(${endings// /|})(-.)"; else _files; fi
      ;;
    folders)
      compset -P '--*='
      _files -/
      ;;
    *)
      for line in "${(@)lines[2,-1]}"; do
        candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
      done
      if [[ "$kind" == beginnings ]]; then
        _describe ork candidates -S ''
      else
        _describe ork candidates
      fi
      ;;
  esac
}

if [[ "${funcstack[1]}" == _ork ]]; then _ork "$@"; else compdef _ork ork; fi
