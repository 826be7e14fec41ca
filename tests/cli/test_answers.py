"""Everything printed as data, whichever command prints it, is valid by the schema of its kind."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import Reads, Site
from tiangong.cli import app
from tiangong.cli.table import COMMANDS
from tiangong.documents.schema import schemas
from tiangong.documents.strict import load
from tiangong.testing.voice import Forge, installation

AUTHOR = [
    ("env", "list"),
    ("env", "show", "dev"),
    ("env", "show", "dev", "--resolved"),
    ("release", "list"),
    ("release", "show", "shop@1.1.0"),
    ("product", "list"),
    ("product", "show", "shop"),
    ("channel", "list"),
    ("channel", "show", "canary"),
    ("profile", "list"),
    ("profile", "show", "standard"),
    ("suppression", "list"),
    ("suppression", "show", "inc-1"),
    ("approval", "list"),
    ("approval", "pending"),
    ("recalls", "list"),
    ("recalls", "show", "shop/r-1"),
    ("history", "environments/dev/environment.yaml"),
    ("diff", "HEAD~2..HEAD"),
    ("whoami",),
    ("explain",),
    ("explain", "held"),
    ("explain", "trust/no-signature"),
    ("version",),
    ("context", "list"),
    ("context", "show"),
    ("lint",),
    ("verify",),
    ("doctor",),
    ("trust", "show"),
    ("trust", "roles"),
    ("trust", "who-can", "suspend", "dev"),
    ("trust", "can", "promoter", "suspend", "dev"),
    ("trust", "why", "environments/dev/environment.yaml"),
    ("trust", "verify"),
    ("expiring",),
    ("seal", "--dry-run"),
    ("promoter", "run", "--dry-run"),
]
READER = [
    ("status",),
    ("status", "dev"),
    ("why", "dev"),
    ("why", "dev/shop"),
    ("plan",),
    ("plan", "dev"),
    ("diff",),
    ("history",),
    ("agent", "list"),
]
ONCE = ("agent once",)
"""asked of an agent's host, tested there"""


def items(found: dict[str, Any]) -> list[dict[str, Any]]:
    assert found["apiVersion"] == "tiangong.dev/v1"
    return list(found["items"]) if found["kind"] == "List" else [found]


def check(found: dict[str, Any]) -> None:
    every = items(found)
    assert every
    for item in every:
        Draft202012Validator(schemas()[f"{item['kind'].lower()}.schema.json"]).validate(item)


@pytest.fixture(scope="module")
def busy(founded: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site where every list has something in it."""
    import shutil

    from tests.person import Person

    root = tmp_path_factory.mktemp("answers") / "site"
    shutil.copytree(founded, root, symlinks=True)
    site = Site(root, Person.at(root / "home"))
    site.good("suspend", "dev", "--for", "1h", "--reason", "r", "--id", "inc-1", "--yes")
    site.good("recall", "shop", "^9", "--reason", "r", "--id", "r-1", "--yes")
    site.good("context", "add", "acme", "--use")
    site.good("set", "dev", "timezone=Europe/Berlin", "labels.a=b", "--yes")
    site.good("trust", "set-role", "promoter", "approver", "--yes")
    site.good("set", "dev", 'approvals=[{"require": 2}]', "--yes")
    site.good("approve", "shop@1.1.0", "--env", "dev", "--yes")
    site.put("profiles/odd.yaml", "kind: Profile\n")
    site.git("add", "profiles")
    site.git("commit", "-qm", "wrong")
    return site


@pytest.mark.parametrize("words", AUTHOR, ids=" ".join)
def test_an_author_is_answered_by_schema(busy: Site, words: tuple[str, ...]) -> None:
    ran = busy.run(*words, "-o", "json")
    assert "Traceback" not in ran.err
    found = json.loads(ran.out)
    check(found)
    assert busy.run(*words, "-o", "yaml").code == ran.code
    if words[0] not in ("doctor", "version", "seal", "promoter"):
        assert load(busy.run(*words, "-o", "yaml").out.encode(), "").data == found


@pytest.mark.parametrize("words", AUTHOR, ids=" ".join)
def test_an_author_is_answered_by_names(busy: Site, words: tuple[str, ...]) -> None:
    found = json.loads(busy.run(*words, "-o", "json").out)
    assert busy.run(*words, "-o", "name").out.splitlines() == [one["metadata"]["name"] for one in items(found)]


@pytest.mark.parametrize("words", READER, ids=" ".join)
def test_a_reader_is_answered_by_schema(forge: Forge, reads: Reads, words: tuple[str, ...]) -> None:
    voice = forge.voice()
    voice.ran("20261101t010000-aaaaaa", {"a": b"log"})
    voice.say(installation())
    ran = reads(*words, "-o", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    check(found)
    names = reads(*words, "-o", "name").out.splitlines()
    if words[0] != "status":
        assert names == [one["metadata"]["name"] for one in items(found)]
    assert names
    assert reads(*words, "-o", "table").code == 0


def named(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    verbs = getattr(command, "commands", {})
    if not verbs:
        yield name, command
    for verb, inner in verbs.items():
        yield from named(inner, f"{name} {verb}")


def test_no_command_is_left_out() -> None:
    asked = {" ".join(words) for words in (*AUTHOR, *READER)}
    every = [one for name in COMMANDS for one in named(app.load(name), name)]
    answering = {name for name, command in every if any("-o" in parameter.opts for parameter in command.params)}
    missing = {name for name in answering if not any(f"{line} ".startswith(f"{name} ") for line in asked)}
    assert missing == set(ONCE)
