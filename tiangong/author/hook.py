"""A git hook that warns when documents are committed with plain git and nobody signed them. It never stops one.

The hook is a few lines of shell: it starts no Python, and steps aside for the tool's own commits.
"""

from dataclasses import dataclass
from pathlib import Path

from tiangong.author.clone import Clone
from tiangong.errors import Failed, Place
from tiangong.model.kinds import KINDS
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE

NAME = "pre-commit"
CALL = 'sh "$(git rev-parse --git-common-dir)/tiangong/pre-commit"'
"""what somebody adds to a hook of their own"""
MOST_CHECKED = 20

_HOOK = f"""\
#!/bin/sh
# Warns when documents are committed that nobody signed (tiangong). Add your own checks below; this line never fails.
{CALL}
"""
_SCRIPT = """\
# Written by tiangong; made anew by tiangong init. Says which documents are staged without a signature that fits.
if [ -n "${TIANGONG_COMMIT-}" ] || ! command -v ssh-keygen >/dev/null; then exit 0; fi
signature=$(mktemp) || exit 0
trap 'rm -f "$signature"' EXIT
is_signed() {
    for one in $(git ls-files --cached -- ":(glob)$1.*.sig"); do
        git cat-file blob ":$one" >"$signature" 2>/dev/null || continue
        git cat-file blob ":$1" 2>/dev/null |
            ssh-keygen -Y check-novalidate -n @NAMESPACE@ -s "$signature" >/dev/null 2>&1 && return 0
    done
    return 1
}
count=0
unsigned=
set -f
cd "$(git rev-parse --show-toplevel)" || exit 0
for path in $(git diff --cached --name-only --diff-filter=ACMRT --no-renames); do
    case $path in
    @PATTERNS@) ;;
    *) continue ;;
    esac
    count=$((count + 1))
    [ "$count" -gt @MOST@ ] && break
    is_signed "$path" || unsigned="$unsigned
    $path"
done
[ -z "$unsigned" ] && exit 0
cat >&2 <<END
tiangong: nobody signed these documents as they are staged; agents refuse them:$unsigned
tiangong: undo with git reset --soft HEAD~1, then: tiangong commit -m MESSAGE
END
exit 0
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """What came of installing it. `installed`: False when there is a hook of somebody else, who may add `line`."""

    file: Path
    installed: bool
    line: str = CALL


def install_hook(clone: Clone) -> Hook:
    """Write the script into this clone and make it the pre-commit hook, unless there is another. May be repeated."""
    file = Path(clone.git("rev-parse", "--git-path", f"hooks/{NAME}").strip())
    file = file if file.is_absolute() else clone.root / file
    script = clone.private / NAME
    try:
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(_script())
        if clone.config("core.hooksPath") or (file.exists() and CALL not in file.read_text(errors="replace")):
            return Hook(file, installed=False)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_text(_HOOK)
        file.chmod(file.stat().st_mode | 0o111)
    except OSError as error:
        raise Failed.of("author/cant-write", Place(str(file)), why=error.strerror or str(error)) from None
    return Hook(file, installed=True)


def _script() -> str:
    patterns = " | ".join(_pattern(model.path) for model in KINDS.values())
    script = _SCRIPT.replace("@PATTERNS@", patterns).replace("@NAMESPACE@", DOCUMENT_NAMESPACE)
    return script.replace("@MOST@", str(MOST_CHECKED))


def _pattern(template: str) -> str:
    return "".join(
        "*" if part.endswith("}") else part for part in template.replace("}", "}\0").replace("{", "\0{").split("\0")
    )
