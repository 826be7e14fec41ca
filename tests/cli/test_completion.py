"""`tiangong completion`: TAB in the real shells, over a real clone."""

import contextlib
import os
import pty
import resource
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.debian import program
from tests.person import Person
from tiangong.cli.completion import Shell, script
from tiangong.cli.table import COMMANDS
from tiangong.testing.voice import Forge, installation

SNAPPY = 0.15
"""seconds of processor time a TAB may cost"""
PATIENCE = 30.0

URL = "https://forge.example/control.git"
CASES = [
    ("tiangong sta", ["status"]),
    ("tiangong env sh", ["show"]),
    ("tiangong envs sh", ["show"]),
    ("tiangong env show d", ["dev"]),
    ("tiangong env show pro", ["prod-eu"]),
    ("tiangong status prod-eu/", []),
    ("tiangong status dev/", ["dev/shop"]),
    ("tiangong promote sh", ["shop@"]),
    ("tiangong promote shop@1.1", ["shop@1.1.0"]),
    ("tiangong promote shop@1.1.0 --t", ["--to"]),
    ("tiangong promote shop@1.1.0 --to can", ["canary"]),
    ("tiangong install sh", ["shop"]),
    ("tiangong install shop --channel sta", ["stable"]),
    ("tiangong install shop --profile st", ["standard"]),
    ("tiangong status -o js", ["json"]),
    ("tiangong status --env dev,pro", ["dev,prod-eu"]),
    ("tiangong status --env=pro", ["--env=prod-eu"]),
    ("tiangong edit profile st", ["standard"]),
    ("tiangong set product sh", ["shop"]),
    ("tiangong suppression show inc", ["inc-1"]),
    ("tiangong commit --onto si", ["side/line"]),
    ("tiangong explain suppr", ["suppression"]),
    ("tiangong completion fi", ["fish"]),
    ("tiangong -C / env show d", []),
    ("tiangong nonsense ", []),
]


@pytest.fixture(scope="module")
def place(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A clone with names, and with some that are none."""
    root = tmp_path_factory.mktemp("completion") / "site"
    shutil.copytree(founded, root, symlinks=True)
    site = Site(root, Person.at(root / "home"))
    site.good("env", "new", "prod-eu", "--url", URL, "--yes")
    site.good("suspend", "dev", "--for", "1h", "--reason", "r", "--id", "inc-1", "--yes")
    site.git("branch", "side/line")
    for name in ("$(touch pwned)", "a b", "semi;colon", "back`tick`"):
        (site.control / "environments" / name).mkdir()
    return site


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[Shell, Path]:
    folder = tmp_path_factory.mktemp("scripts")
    for shell in Shell:
        (folder / shell).write_text(script(shell))
    return {shell: folder / shell for shell in Shell}


def call(site: Site, *words: str) -> str:
    done = site.alice.call(*words, cwd=site.control)
    assert (done.code, done.err) == (0, ""), done.said
    return done.out


# ── bash ─────────────────────────────────────────────────────────────────────────────────────────────────────────
BASH = """\
source "$1"
complete -p tiangong >/dev/null || exit 9
COMP_LINE=$2 COMP_POINT=${#2}
_tiangong
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(("line", "found"), CASES)
def test_bash(place: Site, scripts: dict[Shell, Path], line: str, found: list[str]) -> None:
    """Bash cuts words at = and @ and replaces what stands behind them."""
    out = call(place, program("bash"), "--norc", "-c", BASH, "bash", str(scripts[Shell.BASH]), line).split()
    word = line.rpartition(" ")[2]
    cut = word[: max(word.rfind("="), word.rfind("@")) + 1]
    assert out == [one.removeprefix(cut) for one in found]


def test_bash_offers_files_where_files_are_meant(place: Site, scripts: dict[Shell, Path]) -> None:
    words = (program("bash"), "--norc", "-c", BASH, "bash", str(scripts[Shell.BASH]))
    assert "products/shop" in call(place, *words, "tiangong lint products/s").split()
    assert "profiles/standard.yaml" in call(place, *words, "tiangong edit profiles/s").split()


# ── fish ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("line", "found"), CASES)
def test_fish(place: Site, scripts: dict[Shell, Path], line: str, found: list[str]) -> None:
    words = (program("fish"), "--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"')
    out = call(place, *words, str(scripts[Shell.FISH]), line)
    assert [one.partition("\t")[0] for one in out.splitlines()] == found


# ── zsh ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class Zsh:
    """An interactive zsh on a terminal; a key of its own tells what its line has become."""

    SETUP = 'PS1="ready> "; source {script}; show() {{ print -r -- "<<$BUFFER>>"; BUFFER= }}; zle -N show; bindkey "^Xb" show'

    def __init__(self, site: Site, script: Path) -> None:
        rc = site.root / "zsh"
        rc.mkdir(exist_ok=True)
        (rc / ".zshrc").write_text(self.SETUP.format(script=script) + "\n")
        self.terminal, end = pty.openpty()
        env = {**site.alice.environ, "TERM": "dumb", "ZDOTDIR": str(rc)}
        words = [program("zsh"), "-d", "-i"]
        self.child = subprocess.Popen(
            words, cwd=site.control, env=env, stdin=end, stdout=end, stderr=end, start_new_session=True
        )
        os.close(end)
        self.until(b"ready> ")

    def until(self, mark: bytes) -> bytes:
        said, end = b"", time.monotonic() + PATIENCE
        while mark not in said:
            ready, _, _ = select.select([self.terminal], [], [], max(end - time.monotonic(), 0))
            assert ready, said
            said += os.read(self.terminal, 4096)
        return said

    def tab(self, line: str) -> str:
        os.write(self.terminal, f"{line}\t\x18b".encode())
        return self.until(b">>\r").rpartition(b"<<")[2].partition(b">>")[0].decode()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        os.close(self.terminal)


@pytest.fixture(scope="module")
def zsh(place: Site, scripts: dict[Shell, Path]) -> Iterator[Zsh]:
    program("zsh")
    shell = Zsh(place, scripts[Shell.ZSH])
    yield shell
    shell.close()


@pytest.mark.parametrize(("line", "found"), [case for case in CASES if "nonsense" not in case[0]])
def test_zsh(zsh: Zsh, line: str, found: list[str]) -> None:
    start = line[: line.rfind(" ") + 1]
    expected = line if not found else start + found[0] + ("" if found[0].endswith("@") else " ")
    assert zsh.tab(line) == expected


# ── the engine below them ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def engine(place: Site, tmp_path: Path) -> Callable[..., list[str]]:
    source = script(Shell.BASH).partition("<<'TIANGONG' || :\n")[2].partition("\nTIANGONG\n")[0]
    file = tmp_path / "engine.sh"
    file.write_text(source)

    def ask(*words: str, cwd: Path = place.control, **environ: str) -> list[str]:
        env = {**place.alice.environ, **environ}
        done = subprocess.run(
            ["sh", str(file), *words], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert (done.returncode, done.stderr) == (0, "")
        return [line.partition("\t")[0] for line in done.stdout.splitlines()]

    return ask


def test_every_command_and_nothing_that_could_be_obeyed(engine: Callable[..., list[str]], place: Site) -> None:
    assert engine("") == list(COMMANDS)
    assert engine("env", "show", "") == ["dev", "prod-eu"]
    assert not list(place.control.rglob("pwned"))


def test_names_of_any_clone_that_is_named(engine: Callable[..., list[str]], place: Site, tmp_path: Path) -> None:
    assert engine("env", "show", "", cwd=tmp_path) == []
    assert engine("-C", str(place.control / "products"), "env", "show", "d", cwd=tmp_path) == ["dev"]
    assert engine("env", "show", "d", cwd=tmp_path, TIANGONG_REPO=str(place.control)) == ["dev"]
    place.good("context", "add", "acme", str(place.control))
    assert engine("context", "use", "", cwd=tmp_path) == ["acme"]
    assert engine("--context", "", cwd=tmp_path) == ["acme"]
    assert engine("--context", "acme", "env", "show", "d", cwd=tmp_path) == ["dev"]
    assert engine("env", "show", "d", cwd=tmp_path) == []
    place.good("context", "use", "acme")
    assert engine("env", "show", "d", cwd=tmp_path) == ["dev"]
    place.good("context", "remove", "acme")
    assert engine("env", "show", "d", cwd=tmp_path) == []


def test_runs_of_the_agents_as_last_fetched(engine: Callable[..., list[str]], forge: Forge, tmp_path: Path) -> None:
    voice = forge.voice()
    voice.ran("20261101t010000-aaaaaa", {"a": b"log"})
    voice.say(installation())
    clone = forge.clone(tmp_path / "read")
    assert engine("logs", "2026", cwd=clone) == ["20261101t010000-aaaaaa"]
    assert "dev" in engine("logs", "", cwd=clone)


def test_a_tab_is_snappy(engine: Callable[..., list[str]]) -> None:
    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        engine("promote", "shop@1.1.0", "--to", "")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(spent() for _ in range(3)) < SNAPPY


def test_the_command_prints_the_script(site: Site) -> None:
    for shell in Shell:
        assert site.good("completion", shell) == script(shell)
    assert site.run("completion", "tcsh").code == 2
    assert site.run("completion").code == 2
