"""`tiangong agent`: what an operator does on an agent's host."""

from pathlib import Path
from typing import Annotated

import typer

from tiangong.cli.clock import clock
from tiangong.cli.options import Branch, KeyFile, Person, Push, Yes
from tiangong.cli.output import Format, raw, say
from tiangong.errors import Misuse
from tiangong.model.host import DEFAULT_SETTINGS

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Agents and their hosts.")

SettingsPath = Annotated[
    Path, typer.Option("--settings", envvar="TIANGONG_AGENT", metavar="PATH", help="The agent's own file.")
]


@app.command()
def join(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="As tiangong env new printed it: tg1-…")],
    *,
    settings: SettingsPath = DEFAULT_SETTINGS,
    state: Annotated[
        Path | None, typer.Option("--state", metavar="DIR", help="Where the agent keeps its state.")
    ] = None,
    credentials: Annotated[
        Path | None, typer.Option(metavar="FILE", help="https: user:password or a token; ssh: a private key.")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", metavar="FILE", help="Certificate authority of the remote.")
    ] = None,
    plugin: Annotated[
        list[str] | None, typer.Option("--plugin", metavar="TYPE", help="Enable an executor, such as shell.")
    ] = None,
    every: Annotated[str | None, typer.Option("--every", metavar="TIME", help="How often to look: 60s.")] = None,
) -> None:
    """Join this host to an environment: make the agent's key, write agent.yaml, print the request."""
    from tiangong.host.join import Wanted, join

    wanted = Wanted(token, settings, state, credentials, ca, tuple(plugin or ()), every)
    joined = join(wanted, clock())
    say("agent/key-made" if joined.key_made else "agent/key-kept", path=str(joined.key), fingerprint=joined.fingerprint)
    say("agent/settings-written" if joined.settings_written else "agent/settings-kept", path=str(settings))
    say("agent/public-key")
    raw(f"  {joined.public}")
    say("agent/request")
    raw(f"  {joined.request}")
    say("agent/next-accept")
    say("agent/next-once", settings="" if settings == DEFAULT_SETTINGS else f" --settings {settings}")


@app.command()
def once(
    settings: SettingsPath = DEFAULT_SETTINGS,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
    fresh: Annotated[  # noqa: ARG001 -- start.py has seen to it
        bool, typer.Option("--fresh", help="Look at this host, even if that was done a moment ago.")
    ] = False,
) -> None:
    """Go down the line until there is nothing more to do now, and say what came of it."""
    from tiangong.cli.turns import once

    code = once(settings, output)
    if code:
        raise typer.Exit(code)


@app.command()
def run(settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """Go down the line again and again, until told to stop."""
    from tiangong.cli.turns import run
    from tiangong.settings import read_settings

    run(read_settings(settings))


@app.command()
def resolve(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run that is in doubt.")],
    done: Annotated[bool, typer.Option("--done", help="The steps in doubt happened.")] = False,
    again: Annotated[bool, typer.Option("--again", help="The steps in doubt may be done again.")] = False,
    settings: SettingsPath = DEFAULT_SETTINGS,
) -> None:
    """Say what is known of the steps of a run that was cut off; the agent may be running."""
    from tiangong.host.decide import resolve
    from tiangong.settings import read_settings

    if done == again:
        raise Misuse.of("agent/done-or-again")
    settled = resolve(read_settings(settings), run, done=done, now=clock())
    say("agent/resolved", run=settled.id, result=settled.result or "")


@app.command("accept-history")
def accept_history(
    sha: Annotated[str, typer.Argument(metavar="SHA", help="The commit the rewritten branch stands at.")],
    settings: SettingsPath = DEFAULT_SETTINGS,
) -> None:
    """Accept a branch that was rewritten, at exactly this commit; the agent may be running."""
    from tiangong.host.decide import accept_history
    from tiangong.settings import read_settings

    accept_history(read_settings(settings), sha, clock())
    say("agent/history-accepted", sha=sha)


@app.command("set-level")
def set_level(
    level: Annotated[str, typer.Argument(metavar="LEVEL", help="signatures, sealed or witnessed.")],
    settings: SettingsPath = DEFAULT_SETTINGS,
) -> None:
    """Say what this agent demands at least, whatever the policy says; only here can it be told to demand less.

    A policy that says more counts anyway. The agent reads it when it is started the next time.
    """
    from tiangong.host.level import set_level

    told = set_level(settings, level)
    say("agent/level-set" if told.now != told.before else "agent/level-same", before=told.before, level=told.now)


@app.command("rotate-key")
def rotate_key(settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """Make this agent's next key; the agent announces it, and goes over to it once the repository lists it.

    May be run again: the same key is announced. The deploy key with which the host fetches and pushes stays what it is.
    """
    from tiangong.host.rotate import rotate_key
    from tiangong.settings import read_settings

    found = rotate_key(read_settings(settings))
    facts = {"path": str(found.path), "fingerprint": found.fingerprint}
    say("agent/next-made" if found.made else "agent/next-kept", **facts, before=found.before)
    say("agent/next-announced", environment=read_settings(settings).environment)
    raw(f"  {found.request}")


# ── in a clone of the control repository ─────────────────────────────────────────────────────────────────────────
@app.command()
def token(
    environment: Annotated[str, typer.Argument(metavar="ENV", help="The environment.")],
    url: Annotated[str | None, typer.Option("--url", metavar="URL", help="Where its agent pulls from.")] = None,
    expires: Annotated[str, typer.Option("--expires", metavar="TIME", help="How long it is good: 12h, 7d.")] = "7d",
) -> None:
    """Print what the agent's host of an environment needs to join; it is no secret."""
    from tiangong.cli.joining import token

    token(environment, url, expires)


@app.command()
def accept(
    request: Annotated[
        str, typer.Argument(metavar="REQUEST|ENV", help="As agent join printed it, or whose agent announces a key.")
    ],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="The key before ends now: its host is lost.")] = False,
    key: KeyFile = None,
    person: Person = None,
    push: Push = False,
    branch: Branch = None,
    yes: Yes = False,
) -> None:
    """Sign an agent's key: from then on its word counts for its environment. Run it in the control repository.

    With ENV it is the key that environment's agent announces in its status, signed by its present one.
    """
    from tiangong.cli.joining import Landing, accept

    accept(request, Landing(push, branch, key, person), replace=replace, ask=not yes)


@app.command("list")
def list_(
    offline: Annotated[bool, typer.Option("--offline", help="Don't ask the remote.")] = False,
    output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE,
) -> None:
    """List the agents that were accepted: environment, key, since when, last heard."""
    from tiangong.cli.joining import agents

    agents(output, offline=offline)
