"""`tiangong trust revoke` and `trust export`: keys that count no more, and the policy as OpenSSH and git know it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tiangong.author.exporting import export as write_views
from tiangong.author.revoking import Why, meant, revocation
from tiangong.author.shelf import Shelf
from tiangong.cli.clock import clock
from tiangong.cli.landing import Signers, head_of, land_documents
from tiangong.cli.options import Branch, KeyFile, Person, Push, Yes
from tiangong.cli.output import raw, say
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, problem
from tiangong.messages import text as written
from tiangong.model.revocation import Revocation
from tiangong.model.scalar import parse_duration
from tiangong.model.stages import Signed
from tiangong.trust.consequences import Consequences, consequences
from tiangong.trust.revocations import FOLDER

MOST = 20
REASONS = ("compromised", "retired")


def revoke(
    who: Annotated[list[str], typer.Argument(metavar="WHO…", help="A person or machine, SHA256:…, or a .pub file.")],
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="R", help="compromised or retired.")] = REASONS[0],
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From when on: a time, or 2d for two days ago.")
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="WORDS", help="What happened, for those who look later.")] = "",
    id_: Annotated[str, typer.Option("--id", metavar="ID", help="Its name.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would follow.")] = False,
    push: Push = False,
    branch: Branch = None,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Revoke keys: from then on their signatures count no more. One signature of the policy's signers is enough.

    What was sealed before stays good when the key was retired. When it was stolen it runs on, and nothing new begins
    by it until somebody signs it again. Only the policy's signers together end a revocation.
    """
    if reason not in REASONS:
        raise Misuse.of("revoking/no-reason", reason=reason, known=", ".join(REASONS))
    clone, now = open_clone(), clock()
    tree = head_of(clone)
    found = meant(Shelf(tree), who)
    why = Why(reason, _since(since, now), note or f"{reason} {' '.join(found.people)}", id_)
    path, text, document = revocation(clone.work(), found.keys, why, now)
    _show(consequences(tree, document, found.people))
    title = written("revoking/message", who=" ".join(who), reason=reason)
    wanted = Wanted(title, push=push, branch=branch, dry_run=dry_run)
    nobody = problem("outlook/nobody")
    if land_documents(clone, {path: text}, wanted, Signers(key, person), ask=not yes, nobody=nobody):
        say("revoking/next", who=" ".join(found.people) or " ".join(who))


def export(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write them.")] = Path(),
) -> None:
    """Write allowed_signers and a key revocation list that OpenSSH and git accept: to look at, not to decide by."""
    shelf = Shelf(head_of(open_clone()))
    signers, krl = write_views(shelf, [one.document for one in revocations(shelf)], folder)
    say("revoking/exported", signers=str(signers), krl=str(krl))
    say("revoking/use-git", signers=str(signers.absolute()), krl=str(krl.absolute()))


def revocations(shelf: Shelf) -> list[Signed[Revocation]]:
    """Those in force."""
    paths = [f"{FOLDER}/{entry.name}" for entry in shelf.tree.folder(FOLDER)]
    found = [shelf.revocation(path) for path in paths if kind_at(path) == Revocation.__name__]
    return [one for one in found if one and not shelf.is_withdrawn(one)]


def _since(word: str, now: datetime) -> datetime:
    if not word:
        return now
    try:
        return now - parse_duration(word)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        found = now.replace(tzinfo=None)
    if found.tzinfo is None:
        raise Misuse.of("revoking/bad-time", word=word)
    return found


def _show(found: Consequences) -> None:
    say("revoking/again" if found.again else "revoking/nothing-again", count=len(found.again))
    for path, signers in list(found.again.items())[:MOST]:
        raw(f"  {path} ({', '.join(signers)})")
    if len(found.again) > MOST:
        say("revoking/more", count=len(found.again) - MOST)
    if found.secrets:
        say("revoking/secrets", count=len(found.secrets), names=", ".join(found.secrets[:MOST]))
    if found.sites:
        say("revoking/sites", names=", ".join(found.sites[:MOST]), count=len(found.sites))
