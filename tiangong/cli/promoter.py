"""`tiangong promoter`: what a CI job, a timer or cron runs for a fleet: seal what is new, keep the seal young."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from tiangong.author.keys import make_machine_key
from tiangong.author.shelf import Shelf
from tiangong.cli.clock import clock
from tiangong.cli.landing import head_of
from tiangong.cli.options import DryRun, KeyFile, Person
from tiangong.cli.output import Format, say, tell
from tiangong.cli.seal import show_seal
from tiangong.cli.sealing import Wanted, fetch, publish, seal_head
from tiangong.cli.writing import open_clone, team_of
from tiangong.errors import Misuse
from tiangong.model.scalar import NAME, parse_duration

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def promoter() -> None:
    """What a CI job, a timer or cron runs for a fleet."""


@app.command()
def run(
    *,
    renew_after: Annotated[
        str, typer.Option("--renew-after", metavar="TIME", help="Seal anew when the seal is older.")
    ] = "1d",
    dry_run: DryRun = False,
    output: Annotated[Format, typer.Option("-o", help="How to print the seal.")] = Format.TABLE,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Fetch, verify everything, seal what is new, push; does nothing when the newest main is sealed.

    Run it after every push and once a day at least: a seal that grows old holds whatever is new.
    """
    clone = open_clone()
    fetch(clone)
    wanted = Wanted(older=_time(renew_after), dry_run=dry_run, quiet=output is not Format.TABLE)
    found = seal_head(clone, team_of(clone, clone.work(), key, person), wanted, clock())
    if found.commit:
        publish(clone, found.commit)
    if found.seal.spec.quarantine:
        tell("sealing/look", count=len(found.seal.spec.quarantine))
    show_seal(found.seal, output)


@app.command()
def init(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="What the machine is called.")] = "sealer",
    *,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Where its key goes; the clone's own by default.")
    ] = None,
) -> None:
    """Make the key of a machine that seals, and say what makes it count; it gets no right to change anything.

    Its key may vouch for what others have signed, and for nothing else.
    """
    clone = open_clone()
    if not re.fullmatch(NAME, name):
        raise Misuse.of("promoter/bad-name", name=name)
    key = make_machine_key(folder or clone.private / "keys", name)
    policy = head_of(clone)
    known = Shelf(policy).policy.document.spec
    say("promoter/key", file=str(key.file), fingerprint=key.public.fingerprint)
    if name not in known.people:
        say("promoter/add-key", name=name, file=f"{key.file}.pub")
    if not any(grant.role == "sealer" and name in grant.who for grant in known.roles):
        say("promoter/set-role", name=name)
    say("promoter/secret", file=str(key.file))
    say("promoter/branch")


def _time(value: str) -> timedelta:
    try:
        return parse_duration(value)
    except ValueError:
        raise Misuse.of("sealing/bad-time", value=value) from None
