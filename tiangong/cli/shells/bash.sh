# Completion of tiangong for bash (3.2 or newer). Load it: source <(tiangong completion bash)
IFS= read -r -d '' _tiangong_engine <<'TIANGONG' || :
@ENGINE@
TIANGONG
_tiangong() {
    local line=${COMP_LINE:0:COMP_POINT} cut='' found value IFS=$' \t\n'
    local -a words
    read -r -a words <<<"$line"
    case $line in *[[:space:]]) words+=('') ;; esac
    local at=${words[${#words[@]} - 1]}
    # bash replaces only what stands after the last of its word breaks, such as = and @
    cut=$at
    while [ -n "$cut" ]; do
        case $COMP_WORDBREAKS in *"${cut:${#cut}-1:1}"*) break ;; esac
        cut=${cut%?}
    done
    COMPREPLY=()
    while IFS= read -r found; do
        value=${found%%$'\t'*}
        case $value in
        :files) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$at") ;;
        :folders) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$at") ;;
        '') ;;
        *)
            COMPREPLY+=("${value#"$cut"}")
            case $value in *@) compopt -o nospace 2>/dev/null ;; esac
            ;;
        esac
    done < <(sh -c "$_tiangong_engine" tiangong "${words[@]:1}")
}
complete -F _tiangong tiangong
