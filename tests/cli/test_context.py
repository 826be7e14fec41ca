"""`tiangong context` and `--context`: which clone a command works in."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Ran
from tiangong.cli.contexts import contexts_file


@pytest.fixture
def other(site: Site) -> Path:
    """A second fleet, whose only environment is called lab."""
    folder = site.root / "other"
    assert site.alice.run("init", str(folder), "--yes", cwd=site.root).code == 0
    ran = site.alice.run("env", "new", "lab", "--url", "https://forge.example/c.git", "--yes", cwd=folder)
    assert ran.code == 0, ran.err
    return folder


def outside(site: Site, *words: str, **environ: str) -> Ran:
    return site.alice.run(*words, cwd=site.root, environ=environ)


def names(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.err
    return ran.out.split()


LIST = ("env", "list", "-o", "name")


def test_named_wins_then_where_one_stands_then_what_was_chosen_then_the_variable(site: Site, other: Path) -> None:
    assert outside(site, *LIST).code == 2
    site.good("context", "add", "acme")
    site.good("context", "add", "lab", str(other))
    assert names(site.run(*LIST)) == ["dev"]
    assert names(site.run("--context", "lab", *LIST)) == ["dev", "lab"]
    assert names(site.run(*LIST, environ={"TIANGONG_CONTEXT": "lab"})) == ["dev", "lab"]
    assert names(outside(site, *LIST, TIANGONG_REPO=str(other))) == ["dev", "lab"]
    site.good("context", "use", "acme")
    ran = outside(site, *LIST, TIANGONG_REPO=str(other))
    assert (names(ran), "In context acme" in ran.err) == (["dev"], True)
    assert names(site.alice.run(*LIST, cwd=other)) == ["dev", "lab"]
    site.good("context", "use", "")
    assert names(outside(site, *LIST, TIANGONG_REPO=str(other))) == ["dev", "lab"]


def test_reading_and_writing_commands_both_follow(site: Site, other: Path) -> None:
    site.good("context", "add", "lab", str(other))
    ran = outside(site, "--context", "lab", "set", "lab", "drift=repair", "--yes")
    assert ran.code == 0, ran.err
    assert "drift: repair" in (other / "environments/lab/environment.yaml").read_text()
    ran = outside(site, "--context", "lab", "edit", "environments/lab/environment.yaml", EDITOR="true")
    assert ran.out == "Nothing was edited.\n"
    assert "lab" in outside(site, "--context", "lab", "status").out
    assert str(other) in outside(site, "--context", "lab", "doctor").out


def test_the_list(site: Site, other: Path) -> None:
    assert "There is no context yet" in site.run("context", "list").err
    site.good("context", "add", "acme", "--use")
    site.good("context", "add", "lab", str(other))
    assert site.good("contexts", "list", "-o", "name").split() == ["acme", "lab"]
    lines = site.good("context", "list").splitlines()
    assert [line.split() for line in lines[1:]] == [["*", "acme", str(site.control)], ["lab", str(other)]]
    shutil.rmtree(other)
    items = json.loads(site.good("context", "list", "-o", "json"))["items"]
    assert [(one["metadata"]["name"], one["current"], one["present"]) for one in items] == [
        ("acme", True, True),
        ("lab", False, False),
    ]
    site.bad(2, "context/gone", "--context", "lab", "status")
    site.good("context", "remove", "lab")
    assert "context/unknown" in site.run("context", "remove", "lab").err


def test_where_a_command_would_work_and_why(site: Site, other: Path) -> None:
    site.good("context", "add", "lab", str(other))
    assert "the clone around this folder" in site.good("context", "show")
    assert "as named" in outside(site, "--context", "lab", "context", "show").out
    assert "as TIANGONG_REPO says" in outside(site, "context", "show", TIANGONG_REPO=str(other)).out
    site.good("context", "use", "lab")
    assert "as chosen" in outside(site, "context", "show").out
    found = json.loads(outside(site, "context", "show", "-o", "json").out)
    assert (found["metadata"]["name"], found["folder"], found["current"]) == ("lab", str(other), True)


def test_a_chosen_clone_that_is_gone_is_as_if_none_were_chosen(site: Site, other: Path) -> None:
    site.good("context", "add", "lab", str(other), "--use")
    shutil.rmtree(other)
    assert outside(site, *LIST).code == 2
    assert names(outside(site, *LIST, TIANGONG_REPO=str(site.control))) == ["dev"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("context", "add", "Acme"), "context/bad-name"),
        (("context", "add", "x", "/"), "author/no-repository"),
        (("context", "use", "x"), "context/unknown"),
        (("--context", "x", "status"), "context/unknown"),
        (("--context", "../x", "status"), "context/unknown"),
    ],
)
def test_what_cant_be(site: Site, words: tuple[str, ...], sentence: str) -> None:
    site.bad(2, sentence, *words)


def test_a_name_is_not_given_twice(site: Site, other: Path) -> None:
    site.good("context", "add", "acme")
    site.good("context", "add", "acme")
    site.bad(2, "context/exists", "context", "add", "acme", str(other))


def test_a_file_that_cant_be_read_is_named(site: Site) -> None:
    file = contexts_file(site.alice.environ)
    assert file == site.alice.home / ".config" / "tiangong" / "contexts.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("contexts: [")
    assert "document/syntax" in outside(site, "context", "list").err
    assert "document/syntax" in outside(site, *LIST).err
    assert names(site.run(*LIST)) == ["dev"]
    file.write_text("contexts: {a: {folder: /x, colour: red}}\n")
    assert "document/unknown-field" in outside(site, "context", "list").err
    assert contexts_file({"XDG_CONFIG_HOME": "/x", "HOME": "/y"}) == Path("/x/tiangong/contexts.yaml")
