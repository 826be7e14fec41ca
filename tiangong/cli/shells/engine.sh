# What may stand at the cursor: called with the words before it and the word at it, prints `candidate<TAB>help` lines.
# Lines `:files` and `:folders` ask the shell for its own. Reads names from the files of the clone, starts nothing big.
tab=$(printf '\t')
spec() {
    case $1 in
@SPEC@
    *) return 1 ;;
    esac
}
alias_of() {
    case $1 in
@ALIASES@
    *) printf '%s' "$1" ;;
    esac
}
offer() {
    case $1 in
    "$at"*) printf '%s%s\t%s\n' "$before" "$1" "${2-}" ;;
    esac
}

# ── where the clone is: above the folder, else the context's, else TIANGONG_REPO ──────────────────────────────────
contexts() {
    awk '/^current:/ { print "=" $2 } /^  [^ ]/ { name = $1; sub(/:$/, "", name) }
        /^    folder:/ { sub(/^    folder: */, ""); gsub(/^"|"$/, ""); print name "\t" $0 }' \
        "${XDG_CONFIG_HOME:-$HOME/.config}/tiangong/contexts.yaml" 2>/dev/null
}
folder_of() {
    contexts | while IFS=$tab read -r name folder; do
        [ "$name" = "$1" ] && printf '%s' "$folder" && break
    done
}
find_root() {
    root=
    if [ -n "$context" ]; then
        root=$(folder_of "$context")
        return
    fi
    here=$(cd -- "$start" 2>/dev/null && pwd) || return
    while [ -n "$here" ] && [ ! -f "$here/tiangong.yaml" ]; do here=${here%/*}; done
    root=$here
    [ -n "$root" ] || root=$(folder_of "$(contexts | sed -n 's/^=//p')")
    [ -n "$root" ] || root=${TIANGONG_REPO-}
}

# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────
below() { # folder, end of the name, what stands before it, what comes after it
    for found in "$root/$1"/*"$2"; do
        name=${found##*/}
        name=${name%"$2"}
        case $name in '' | *[!A-Za-z0-9._+-]*) continue ;; esac
        [ -e "$found" ] && offer "$3$name$4"
    done
}
environments() { below environments '' "$1" "$2"; }
installations() {
    case $at in
    */*) below "environments/${at%%/*}/installations" .yaml "${at%%/*}/" '' ;;
    *) environments '' '' ;;
    esac
}
runs() {
    git -C "$root" for-each-ref --format='%(refname)' 'refs/remotes/*/status/*' 2>/dev/null | while read -r ref; do
        git -C "$root" ls-tree --name-only "$ref:runs" 2>/dev/null
    done | while read -r name; do
        case $name in *[!a-z0-9-]*) ;; *) offer "$name" ;; esac
    done
}
branches() {
    git -C "$root" for-each-ref --format='%(refname:short)' refs/heads 2>/dev/null | while read -r name; do
        case $name in *[!A-Za-z0-9._/-]*) ;; *) offer "$name" ;; esac
    done
}
releases() {
    case $at in
    *@*) below "products/${at%%@*}/releases" '' "${at%%@*}@" '' ;;
    *) below products '' '' '@' ;;
    esac
}
targets() {
    if [ "$place" -gt 0 ]; then
        [ "$place" -eq 1 ] && names "$first"
        return
    fi
    installations
    for word in product profile channel env installation release suppression agent fleet policy; do
        offer "$word" "a $word"
    done
    case $at in */*) printf ':files\n' ;; esac
}
names() {
    case $1 in
    none) ;;
    file) printf ':files\n' ;;
    folder) printf ':folders\n' ;;
    =*)
        words=${1#=}
        while [ -n "$words" ]; do
            offer "${words%%,*}"
            case $words in *,*) words=${words#*,} ;; *) words= ;; esac
        done
        ;;
    context) contexts | while IFS=$tab read -r name folder; do
        case $name in =*) ;; *) offer "$name" "$folder" ;; esac
    done ;;
    *)
        find_root
        [ -n "$root" ] || return
        case $1 in
        env | agent) environments '' '' ;;
        envs)
            case $at in *,*) before=$before${at%,*}, at=${at##*,} ;; esac
            environments '' ''
            ;;
        inst | installation) installations ;;
        instfile)
            installations
            case $at in */*) printf ':files\n' ;; esac
            ;;
        run)
            installations
            runs
            ;;
        product) below products '' '' '' ;;
        release) releases ;;
        channel) below channels .yaml '' '' ;;
        profile) below profiles .yaml '' '' ;;
        suppression) below suppressions .yaml '' '' ;;
        branch) branches ;;
        target) targets ;;
        esac
        ;;
    esac
}

# ── the words before the cursor ──────────────────────────────────────────────────────────────────────────────────
kind_of() { # of an option: what its value is, `-` when it takes none, nothing when there is no such option
    spec "$path" | while IFS='|' read -r sort name kind _; do
        [ "$sort" = o ] && [ "$name" = "$1" ] && printf '%s' "$kind" && break
    done
}
path='' start=. context=${TIANGONG_CONTEXT-} place=0 first='' wants='' only=''
while [ $# -gt 1 ]; do
    word=$1
    shift
    if [ -n "$wants" ]; then
        case $last in -C) start=$word ;; --context) context=$word ;; esac
        wants=
        continue
    fi
    if [ -z "$only" ]; then
        case $word in
        --) only=1 && continue ;;
        --context=*) context=${word#*=} && continue ;;
        --*=*) continue ;;
        -*)
            last=$word wants=$(kind_of "$word")
            [ "$wants" = - ] && wants=
            continue
            ;;
        esac
    fi
    if [ -z "$path" ]; then
        path=$(alias_of "$word")
    elif [ "$place" -eq 0 ] && spec "$path $word" >/dev/null; then
        path="$path $word"
    else
        [ "$place" -eq 0 ] && first=$word
        place=$((place + 1))
    fi
done
at=${1-} before=
spec "$path" >/dev/null || exit 0
if [ -n "$wants" ]; then
    names "$wants"
    exit 0
fi
if [ -z "$only" ]; then
    case $at in
    --*=*)
        kind=$(kind_of "${at%%=*}")
        before=${at%%=*}= at=${at#*=}
        names "${kind:-none}"
        exit 0
        ;;
    -*)
        spec "$path" | while IFS='|' read -r sort name _ help; do [ "$sort" = o ] && offer "$name" "$help"; done
        exit 0
        ;;
    esac
fi
spec "$path" | while IFS='|' read -r sort name kind help; do
    case $sort in
    c) [ "$place" -eq 0 ] && offer "$name" "$help" ;;
    p) { [ "$name" = "$place" ] || { [ "$name" = '*' ] || [ "$kind" = target ]; }; } && names "$kind" ;;
    esac
done
exit 0
