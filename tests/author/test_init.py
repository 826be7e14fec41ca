"""Founding a control repository: from the starter, and from example-repo as the demo does."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.person import Person
from tiangong.author.clone import Clone
from tiangong.author.found import as_name, found, founding
from tiangong.author.keys import key_at
from tiangong.author.starter import MACHINES, ROLES, Wishes, starter_files
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse
from tiangong.model.policy import TrustPolicy, TrustRoot
from tiangong.trust.audit import audit
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE

NOW = datetime(2026, 11, 25, 12, 34, 56, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "example-repo"


@pytest.fixture
def alice(tmp_path: Path) -> Person:
    return Person(tmp_path / "home")


def example_files() -> dict[str, bytes]:
    files = {file.relative_to(EXAMPLE).as_posix(): file.read_bytes() for file in EXAMPLE.rglob("*") if file.is_file()}
    return {path: raw for path, raw in files.items() if not path.startswith("apps/")}


def documents(clone: Clone) -> dict[str, bytes]:
    tree = clone.tree(clone.head or "")
    return {path: tree.bytes_at(path) or b"" for path in tree.files if kind_at(path)}


def test_the_starter_is_accepted_by_the_audit(tmp_path: Path, alice: Person) -> None:
    root = tmp_path / "control"
    landed = found(root, starter_files(Wishes("acme", "shop")), "alice", key_at(alice.key), NOW)
    clone = Clone(root)
    assert clone.head == landed.commit
    assert clone.branch == "main"
    assert audit(clone.tree(landed.commit), None, NOW) == ()
    assert clone.status() == []


def test_the_demo_founds_from_the_example(tmp_path: Path, alice: Person) -> None:
    root = tmp_path / "control"
    found(root, example_files(), "alice", key_at(alice.key), NOW)
    clone = Clone(root)
    assert audit(clone.tree(clone.head or ""), None, NOW) == ()
    kept = {path for path in example_files() if kind_at(path)}
    assert kept | {"trust/root/1.yaml", "trust/policy.yaml"} == set(documents(clone))
    assert "# the pipeline, in order" in documents(clone)["tiangong.yaml"].decode()


def test_an_example_with_a_mistake_founds_nothing(tmp_path: Path, alice: Person) -> None:
    root = tmp_path / "control"
    files = example_files() | {"channels/canary.yaml": b"apiVersion: tiangong.dev/v1\nkind: Channel\nspek: {}\n"}
    with pytest.raises(Misuse) as caught:
        found(root, files, "alice", key_at(alice.key), NOW)
    assert {found.place.path for found in caught.value.problems if found.place} == {"channels/canary.yaml"}
    assert not root.exists()


def test_every_document_is_signed_for_ssh_keygen_too(tmp_path: Path, alice: Person) -> None:
    root = tmp_path / "control"
    found(root, starter_files(Wishes("acme")), "alice", key_at(alice.key), NOW)
    paths = documents(Clone(root))
    assert len(paths) >= 8
    for path in paths:
        check = ["ssh-keygen", "-Y", "check-novalidate", "-n", DOCUMENT_NAMESPACE, "-s", f"{path}.alice.sig"]
        with (root / path).open("rb") as raw:
            assert subprocess.run(check, cwd=root, stdin=raw, capture_output=True, check=False).returncode == 0, path


def test_trust_is_written_in_full(tmp_path: Path, alice: Person) -> None:
    root = tmp_path / "control"
    found(root, starter_files(Wishes("acme")), "alice", key_at(alice.key), NOW)
    policy = parse((root / "trust/policy.yaml").read_bytes(), "trust/policy.yaml")
    first = parse((root / "trust/root/1.yaml").read_bytes(), "trust/root/1.yaml")
    assert isinstance(policy, TrustPolicy)
    assert isinstance(first, TrustRoot)
    assert [grant.role for grant in policy.spec.roles] == list(ROLES)
    assert {name for name, person in policy.spec.people.items() if person.machine} == set(MACHINES)
    assert len({key for person in policy.spec.people.values() for key in person.keys}) == 4
    assert policy.spec.expires == datetime(2027, 11, 25, tzinfo=UTC)
    assert policy.spec.security_level == "signatures"
    assert first.spec.root.people == first.spec.policy.people == {"alice": (key_at(alice.key).public.line,)}
    assert re.fullmatch(r"[0-9a-f]{32}", first.metadata.repo or "")


def test_machine_keys_are_private_and_not_in_git(tmp_path: Path, alice: Person) -> None:
    root = tmp_path / "control"
    found(root, starter_files(Wishes("acme")), "alice", key_at(alice.key), NOW)
    folder = root / ".git" / "tiangong" / "keys"
    assert {file.name for file in folder.iterdir() if file.suffix != ".pub"} == set(MACHINES)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir() if file.suffix != ".pub")
    listed = Clone(root).git("ls-files")
    assert "tiangong/keys" not in listed
    assert all(b"PRIVATE KEY" not in (root / path).read_bytes() for path in listed.split())


def test_two_repositories_have_different_ids(tmp_path: Path, alice: Person) -> None:
    ids = set()
    for name in ("one", "two"):
        found(tmp_path / name, starter_files(Wishes("acme")), "alice", key_at(alice.key), NOW)
        ids.add(parse((tmp_path / name / "tiangong.yaml").read_bytes(), "tiangong.yaml").metadata.repo)
    assert len(ids) == 2


@pytest.mark.parametrize("person", ["release", "promoter", "sealer", "Alice", "", "a b", "../x"])
def test_names_that_cant_be_a_persons(tmp_path: Path, alice: Person, person: str) -> None:
    with pytest.raises(Misuse):
        found(tmp_path / "control", starter_files(Wishes("acme")), person, key_at(alice.key), NOW)
    assert not (tmp_path / "control").exists()


@pytest.mark.parametrize("fleet", ["no", "1e3", "0755", "null", "2026-11-25"])
def test_names_yaml_could_misread_are_quoted(tmp_path: Path, alice: Person, fleet: str) -> None:
    files = starter_files(Wishes(fleet, fleet))
    found(tmp_path / "control", files, fleet, key_at(alice.key), NOW)
    clone = Clone(tmp_path / "control")
    assert audit(clone.tree(clone.head or ""), None, NOW) == ()


def stopped_half_way(root: Path) -> None:
    with founding(root) as clone:
        (root / "tiangong.yaml").write_text("x")
        clone.git("add", "tiangong.yaml")
        raise KeyboardInterrupt


def test_what_fails_leaves_an_empty_clone_empty(tmp_path: Path, alice: Person) -> None:
    root = tmp_path / "control"
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    with pytest.raises(KeyboardInterrupt):
        stopped_half_way(root)
    assert {entry.name for entry in root.iterdir()} == {".git"}
    found(root, starter_files(Wishes("acme")), "alice", key_at(alice.key), NOW)


def test_what_fails_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        stopped_half_way(tmp_path / "deep" / "control")
    assert not (tmp_path / "deep" / "control").exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Alice Miller", "alice-miller"),
        ("Zoë Müller", "zoe-muller"),
        ("李雷", ""),
        ("--x__", "x"),
        ("A" * 99, "a" * 63),
    ],
)
def test_names_made_of_what_people_are_called(words: str, name: str) -> None:
    assert as_name(words) == name
