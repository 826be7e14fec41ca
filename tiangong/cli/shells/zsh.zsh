#compdef tiangong
# Completion of tiangong for zsh. Load it: source <(tiangong completion zsh), or keep it as _tiangong in $fpath.
IFS= read -r -d '' _tiangong_engine <<'TIANGONG' || :
@ENGINE@
TIANGONG
_tiangong() {
    local found value
    local -a plain shown open
    local -a before=("${(@Q)words[2,CURRENT-1]}")
    while IFS= read -r found; do
        value=${found%%$'\t'*}
        case $value in
        :files) _files ;;
        :folders) _files -/ ;;
        '') ;;
        *@) open+=("$value") ;;
        *)
            plain+=("$value")
            if [[ -n ${found#*$'\t'} ]]; then shown+=("$value  -- ${found#*$'\t'}"); else shown+=("$value"); fi
            ;;
        esac
    done < <(sh -c "$_tiangong_engine" tiangong "${before[@]}" "${(Q)PREFIX}")
    (( $#plain )) && compadd -l -d shown -- "${plain[@]}"
    (( $#open )) && compadd -S '' -- "${open[@]}"
}
if [[ ${funcstack[1]-} == _tiangong ]]; then
    _tiangong "$@"
else
    (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -u; }
    compdef _tiangong tiangong
fi
