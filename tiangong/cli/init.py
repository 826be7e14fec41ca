"""`tiangong init`: a new control repository, signed with my own key."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.author.found import MESSAGE, as_name, founding, founding_draft, settle
from tiangong.author.keys import Key, my_keys
from tiangong.author.sealers import SEALERS, cron_line, timer_files
from tiangong.author.starter import ENVIRONMENT, MACHINES, Wishes, starter_files
from tiangong.author.surroundings import FORGES
from tiangong.cli.clock import clock
from tiangong.cli.options import KeyFile, Yes
from tiangong.cli.output import say, tell
from tiangong.cli.writing import Wanted, finish
from tiangong.errors import Misuse
from tiangong.messages.spoken import text
from tiangong.model.scalar import NAME

NOBODY = "nobody"

app = typer.Typer(add_completion=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, or an empty clone.")] = Path(),
    *,
    name: Annotated[str | None, typer.Option("--name", metavar="FLEET", help="Name of the fleet.")] = None,
    key: KeyFile = None,
    person: Annotated[str | None, typer.Option("--person", metavar="NAME", help="Who I am in it.")] = None,
    product: Annotated[str | None, typer.Option("--product", metavar="P", help="Start with this product.")] = None,
    ci: Annotated[str | None, typer.Option("--ci", metavar="FORGE", help="CI file for: github, gitlab.")] = None,
    seals: Annotated[
        str | None, typer.Option("--seals", metavar="WHO", help="Who seals: push, github, gitlab, timer, cron, nobody.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Make a new control repository: first documents, trust in my key, machine keys, everything signed at once."""
    root = Path(os.path.normpath(folder.absolute()))
    with founding(root) as clone:
        mine, explicit = _my_key(clone, key), key is not None
        who = person or _guess_person(clone)
        forge = _forge(ci, clone)
        wishes = Wishes(_fleet(name, root), _product(product), forge, _sealer(seals, forge, ask=not yes))
        tell("init/who", person=who, key=mine.public.fingerprint, file=str(mine.file or text("init/agents-key")))
        draft = founding_draft(clone, starter_files(wishes), who, mine, clock(), wishes.level)
        settled = settle(clone, who, mine if explicit else None)
        landed = finish(clone, draft, Wanted(MESSAGE), ask=not yes)
    if landed is None:
        return
    say("init/machines", names=", ".join(MACHINES), folder=str(clone.private / "keys"))
    say("init/level" if wishes.sealer == "nobody" else "init/level-sealed", sealer=text(f"init/seals-{wishes.sealer}"))
    if settled.identity:
        say("init/identity", identity=settled.identity)
    if not settled.hook.installed:
        say("init/other-hook", file=str(settled.hook.file), line=settled.hook.line)
    say("init/done", fleet=wishes.fleet, folder=str(root), count=len(draft.signings))
    _next(clone, root, wishes)


def _my_key(clone: Clone, explicit: Path | None) -> Key:
    keys = my_keys(clone, explicit, Path.home())
    if not keys:
        raise Misuse.of("author/no-key")
    return keys[0]


def _fleet(name: str | None, root: Path) -> str:
    guess = name or as_name(root.name) or _ask("init/ask-name", "init/no-fleet-name")
    return _named(guess, "init/no-fleet-name")


def _guess_person(clone: Clone) -> str:
    return next((found for found in _people(clone) if found), "") or _ask("init/ask-person", "init/no-person")


def _people(clone: Clone) -> Iterator[str]:
    """Names for the person at this machine, the best first; those of machine roles are nobody's."""
    address = (clone.config("user.email") or "").partition("@")[0]
    for words in (clone.config("user.name") or "", address, os.environ.get("USER", "")):
        name = as_name(words)
        yield "" if name in MACHINES or name == "root" else name


def _ask(question: str, without: str) -> str:
    """Ask on the terminal; Misuse where there is none."""
    if not sys.stdin.isatty():
        raise Misuse.of(without)
    answer: str = typer.prompt(text(question), err=True)
    return answer.strip()


def _product(name: str | None) -> str:
    return _named(name, "release/bad-product") if name else ""


def _named(name: str, code: str) -> str:
    if not re.fullmatch(NAME, name):
        raise Misuse.of(code, name=name)
    return name


def _forge(named: str | None, clone: Clone) -> str:
    """The forge whose CI file is written: as told, else the one the remote's address names."""
    if named is not None and named not in FORGES:
        raise Misuse.of("init/bad-ci", ci=named, known=", ".join(FORGES))
    url = clone.config("remote.origin.url") or ""
    return named or next((forge for forge in FORGES if forge in url), "")


def _sealer(named: str | None, forge: str, *, ask: bool) -> str:
    """Who runs `promoter run`: as told, else asked on a terminal, else nobody."""
    if named is None and ask and sys.stdin.isatty():
        answer: str = typer.prompt(text("init/ask-seals", known=", ".join(SEALERS)), default=forge or NOBODY, err=True)
        named = answer.strip()
    if named is not None and named not in SEALERS:
        raise Misuse.of("init/bad-sealer", sealer=named, known=", ".join(SEALERS))
    return named or NOBODY


def _install_sealer(root: Path, sealer: str) -> None:
    """What this machine needs to seal by itself."""
    command = shutil.which("tiangong") or "tiangong"
    if sealer == "cron":
        say("init/next-cron", line=cron_line(root, command))
    if sealer == "timer":
        home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
        home.mkdir(parents=True, exist_ok=True)
        for name, unit in timer_files(root, command).items():
            (home / name).write_text(unit)
        say("init/next-timer", folder=str(home))
    if sealer in FORGES:
        say("init/next-secret", folder=str(root / ".git" / "tiangong" / "keys" / "sealer"))
    say("init/next-seal")


def _next(clone: Clone, root: Path, wishes: Wishes) -> None:
    say("init/next")
    if root != Path.cwd():
        say("init/next-cd", folder=str(root))
    say("init/next-push" if clone.git("remote").strip() else "init/next-remote")
    if wishes.sealer != NOBODY:
        _install_sealer(root, wishes.sealer)
    say("init/next-release", product=wishes.product or "PRODUCT")
    say("init/next-token", environment=ENVIRONMENT)
