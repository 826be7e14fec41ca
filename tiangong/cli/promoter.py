"""`tiangong promoter`: what a CI job, a timer or cron runs for a fleet: seal what is new, keep the seal young."""

from datetime import timedelta
from typing import Annotated

import typer

from tiangong.cli.clock import clock
from tiangong.cli.options import DryRun, KeyFile, Person
from tiangong.cli.output import Format, tell
from tiangong.cli.seal import show_seal
from tiangong.cli.sealing import Wanted, fetch, publish, seal_head
from tiangong.cli.writing import open_clone, team_of
from tiangong.errors import Misuse
from tiangong.model.scalar import parse_duration

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


def _time(value: str) -> timedelta:
    try:
        return parse_duration(value)
    except ValueError:
        raise Misuse.of("sealing/bad-time", value=value) from None
