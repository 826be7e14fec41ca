"""`tiangong version`: of the tool, and of everything it stands on."""

import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Annotated

import typer

from tiangong import __version__
from tiangong.cli.output import Format, answer, raw
from tiangong.model.answer import AnswerMetadata, VersionInfo

PACKAGE = "tiangong-deploy"
WITHIN = 10.0
app = typer.Typer(add_completion=False)


@app.command("version")
def show(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """Show the version of the tool, Python, Git, OpenSSH and the libraries it uses."""
    found = VersionInfo(
        metadata=AnswerMetadata(name=__version__),
        python=f"{platform.python_version()} ({sys.executable})",
        platform=platform.platform(),
        git=_first(["git", "--version"]).removeprefix("git version "),
        ssh=_first(["ssh", "-V"]),
        libraries=dict(sorted(_libraries())),
    )
    if output is not Format.TABLE:
        answer(found, output)
        return
    raw(f"tiangong {__version__}")
    lines = {"python": found.python, "git": found.git, "ssh": found.ssh, "platform": found.platform, **found.libraries}
    width = max(map(len, lines))
    for name, value in lines.items():
        raw(f"  {name:<{width}}  {value or '-'}")


def _first(words: list[str]) -> str:
    """The first line a program says; empty when it isn't there."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=WITHIN)
    except (OSError, subprocess.SubprocessError):
        return ""
    return ((done.stdout or done.stderr).decode(errors="replace").splitlines() or [""])[0]


def _libraries() -> list[tuple[str, str]]:
    """What the package asks for, as it is installed here."""
    try:
        wanted = [line for line in requires(PACKAGE) or () if "extra ==" not in line]
    except PackageNotFoundError:
        wanted = []
    names = [found[0] for line in wanted if (found := re.match(r"[A-Za-z0-9._-]+", line))]
    return [(name, _installed(name)) for name in names]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
