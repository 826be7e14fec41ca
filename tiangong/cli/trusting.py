"""The verbs of `tiangong trust` that change whom the repository believes: each one signed edit, shown before it is."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from tiangong.author.people import QuorumEdit, Scope, next_root, public_line, with_key, with_role, without_role
from tiangong.cli.landing import Signers, land_documents
from tiangong.cli.options import Branch, DryRun, KeyFile, Person, Push, Yes
from tiangong.cli.output import say, tell
from tiangong.cli.writing import Wanted, open_clone
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse, problem
from tiangong.messages import text as written
from tiangong.trust.court import POLICY_PATH

Who = Annotated[str, typer.Argument(metavar="WHO", help="A person or machine.")]
Line = Annotated[str, typer.Argument(metavar="KEY", help="A file (.pub), or the public key itself, in quotes.")]
Globs = Annotated[str, typer.Option("--env", metavar="GLOB,…", help="Only for environments whose name fits.")]
Products = Annotated[str, typer.Option("--product", metavar="GLOB,…", help="Only for products whose name fits.")]
Adding = Annotated[list[str] | None, typer.Option("--add-root", metavar="WHO=KEY", help="One more who signs roots.")]
Removing = Annotated[list[str] | None, typer.Option("--remove-root", metavar="WHO", help="Signs roots no more.")]
AddingPolicy = Annotated[
    list[str] | None, typer.Option("--add-policy", metavar="WHO=KEY", help="One more who signs policies.")
]
RemovingPolicy = Annotated[
    list[str] | None, typer.Option("--remove-policy", metavar="WHO", help="Signs policies no more.")
]
Count = Annotated[int | None, typer.Option("--root-threshold", metavar="N", min=1, help="How many must sign a root.")]
PolicyCount = Annotated[
    int | None, typer.Option("--policy-threshold", metavar="N", min=1, help="How many must sign a policy.")
]


def add_key(
    who: Who,
    key_line: Line,
    *,
    machine: Annotated[bool, typer.Option("--machine", help="It is a machine, such as a CI job.")] = False,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Add a public key of somebody to the policy. Compare its fingerprint over another channel first."""
    clone = open_clone()
    line = public_line(key_line)
    wanted = Wanted(written("people/adds-key", person=who), push=push, branch=branch, dry_run=dry_run)
    raw = with_key(clone.work(), who, line, machine=machine)
    if _land(clone, {POLICY_PATH: raw}, wanted, Signers(key, person), ask=not yes):
        say("people/next-role", person=who)


def set_role(
    who: Who,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="One of `tiangong trust roles`.")],
    *,
    env: Globs = "",
    product: Products = "",
    threshold: Annotated[int | None, typer.Option("--threshold", min=1, help="How many must sign.")] = None,
    touch: Annotated[bool | None, typer.Option("--touch/--no-touch", help="Only by a key that is touched.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the role away; without a scope, everywhere.")] = False,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Give somebody a role, or take it away, for chosen environments and products."""
    clone = open_clone()
    scope = Scope(_globs(env), _globs(product))
    settings: dict[str, Any] = {} if threshold is None else {"threshold": threshold}
    settings |= {} if touch is None else {"touch": touch}
    if remove and settings:
        raise Misuse.of("people/remove-alone")
    if remove:
        raw = without_role(clone.work(), who, role, scope if env or product else None)
    else:
        raw = with_role(clone.work(), who, role, scope, settings)
    code = "people/takes-role" if remove else "people/gives-role"
    wanted = Wanted(written(code, person=who, role=role), push=push, branch=branch, dry_run=dry_run)
    if _land(clone, {POLICY_PATH: raw}, wanted, Signers(key, person), ask=not yes):
        say("people/next-roles", role=role)


def rotate_root(
    *,
    add_root: Adding = None,
    remove_root: Removing = None,
    root_threshold: Count = None,
    add_policy: AddingPolicy = None,
    remove_policy: RemovingPolicy = None,
    policy_threshold: PolicyCount = None,
    expires: Annotated[str, typer.Option("--expires", metavar="TIME", help="Until when it is good.")] = "",
    reset_mark: Annotated[
        list[str] | None,
        typer.Option("--reset-mark", metavar="FILE=N", help="Forget what a stolen key signed beyond generation N."),
    ] = None,
    push: Push = False,
    branch: Branch = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    key: KeyFile = None,
    person: Person = None,
) -> None:
    """Write the next version of the trust root; it counts once the thresholds of both versions have signed it."""
    clone = open_clone()
    root = QuorumEdit(_people(add_root), remove_root or (), root_threshold)
    policy = QuorumEdit(_people(add_policy), remove_policy or (), policy_threshold)
    resets = _resets(reset_mark or ())
    if root == QuorumEdit() and policy == QuorumEdit() and not (expires or resets):
        raise Misuse.of("people/nothing-rotates")
    path, raw = next_root(clone.work(), root, policy, expires, resets)
    version = path.rpartition("/")[2].removesuffix(".yaml")
    wanted = Wanted(written("people/rotates", version=version), push=push, branch=branch, dry_run=dry_run)
    if _land(clone, {path: raw}, wanted, Signers(key, person), ask=not yes):
        tell("people/next-root", path=path)


def _land(clone: Any, documents: dict[str, bytes], wanted: Wanted, signers: Signers, *, ask: bool) -> bool:
    tree = clone.work()
    if all(tree.bytes_at(path) == raw for path, raw in documents.items()):
        say("people/unchanged")
        return False
    nobody = problem("outlook/nobody")
    return land_documents(clone, documents, wanted, signers, ask=ask, linted=True, nobody=nobody) is not None


def _globs(word: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in word.split(",") if part.strip()) or ("*",)


def _resets(words: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        path, equals, number = word.rpartition("=")
        if not (equals and kind_at(path) and number.isdecimal()):
            raise Misuse.of("people/bad-reset", word=word)
        found[path] = int(number)
    return found


def _people(words: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words or ():
        who, equals, key = word.partition("=")
        if not (who and equals and key):
            raise Misuse.of("edit/bad-pair", pair=word)
        found[who] = public_line(key)
    return found
