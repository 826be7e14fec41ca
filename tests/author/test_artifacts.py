"""Artifacts of a release: named on the command line, filled into the document, put into a store as they were hashed."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tiangong.artifacts.folder import FolderStore
from tiangong.artifacts.store import place_of
from tiangong.author.artifacts import Given, fill_in, hashed, named_files, put
from tiangong.author.shortform import ShortForm, read_short
from tiangong.documents.parse import parse
from tiangong.documents.strict import load
from tiangong.errors import Failed, Misuse, TiangongError
from tiangong.model.product import Artifact, Release

STEPS = '  steps:\n    - {name: unpack, executor: file, with: {unpack: "${artifact.web}", to: /srv/shop}}\n'
PATH = "products/shop/releases/1.0.0/release.yaml"
RAW = b"x" * 3_000_000
DIGEST = "sha256:" + hashlib.sha256(RAW).hexdigest()


@pytest.fixture
def web(tmp_path: Path) -> Given:
    file = tmp_path / "web.tar.gz"
    file.write_bytes(RAW)
    return hashed("web", file, lambda _: None)


def form(text: str) -> ShortForm:
    return read_short(text.encode(), "release.yaml")


def code(error: pytest.ExceptionInfo[TiangongError]) -> str:
    return error.value.problems[0].code


def test_a_file_is_read_once_and_known_by_its_digest(web: Given) -> None:
    assert (web.digest, web.size) == (DIGEST, len(RAW))


@pytest.mark.parametrize(
    "text",
    [
        "spec:\n" + STEPS,
        "spec:\n  # what is shipped\n  artifacts:\n    - name: web\n" + STEPS,
        "spec:\n" + STEPS + "  artifacts: [{name: web}]\n",
        "spec: {steps: [{name: u, executor: file, with: {unpack: '${artifact.web}', to: /srv/x}}]}\n",
        f"spec:\n  artifacts:\n  - {{name: web, digest: '{DIGEST}', size: 3000000}}\n" + STEPS,
    ],
)
def test_digest_and_size_are_filled_in(web: Given, text: str) -> None:
    raw = fill_in(form(text), [web]).document("shop@1.0.0", {})
    found = parse(raw, PATH)
    assert isinstance(found, Release)
    assert found.spec.artifacts == (Artifact(name="web", digest=DIGEST, size=len(RAW)),)
    before, after = load(text.encode(), "").data["spec"], load(raw, "").data["spec"]
    assert {k: v for k, v in before.items() if k != "artifacts"} == {k: v for k, v in after.items() if k != "artifacts"}


def test_comments_are_kept(web: Given) -> None:
    text = (
        "# ours\nspec:   # this\n  # first\n  artifacts:\n    - name: web   # gone\n  payload: [a]\n"
        + STEPS
        + "  # last\n"
    )
    raw = fill_in(form(text), [web]).document("shop@1.0.0", {}).decode()
    assert all(word in raw for word in ("# ours", "# this", "# first", "# last"))
    assert "payload" not in raw


def test_another_store_stays_named(web: Given) -> None:
    filled = fill_in(form("spec:\n  artifacts: [{name: web, store: far}]\n" + STEPS), [web])
    found = parse(filled.document("shop@1.0.0", {}), PATH)
    assert isinstance(found, Release)
    assert found.spec.artifacts[0].store == "far"


@pytest.mark.parametrize(
    ("artifacts", "expected"),
    [
        ("[{name: web}, {name: other}]", "artifact/not-given"),
        (f"[{{name: web, digest: 'sha256:{'0' * 64}'}}]", "artifact/not-as-written"),
        ("[{name: web, size: 1}]", "artifact/not-as-written"),
    ],
)
def test_what_doesnt_fit_the_file(web: Given, artifacts: str, expected: str) -> None:
    with pytest.raises(Misuse) as error:
        fill_in(form(f"spec:\n  artifacts: {artifacts}\n" + STEPS), [web])
    assert code(error) == expected
    assert error.value.problems[0].place is not None
    assert error.value.problems[0].place.line == 2


@pytest.mark.parametrize("artifacts", ["x", "[x]", "{name: web}", "[{name: web, digest: x, size: 1}]"])
def test_what_is_no_list_of_artifacts_is_said_by_the_model(artifacts: str) -> None:
    with pytest.raises(Misuse) as error:
        fill_in(form(f"spec:\n  artifacts: {artifacts}\n" + STEPS), []).release("shop@1.0.0", {})
    assert code(error).startswith("document/")


@pytest.mark.parametrize("option", ["web", "=x", "web=", "Web=x", "../x=y"])
def test_what_is_no_option(option: str) -> None:
    with pytest.raises(Misuse) as error:
        named_files([option])
    assert code(error) == "artifact/bad-option"


def test_twice_the_same_name() -> None:
    with pytest.raises(Misuse) as error:
        named_files(["a=x", "a=y"])
    assert code(error) == "artifact/twice"


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(Misuse) as error:
            hashed("web", path, lambda _: None)
        assert code(error) == "artifact/no-file"


# ── stores ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    (tmp_path / "store").mkdir()
    return FolderStore(tmp_path / "store")


def artifact(one: Given) -> Artifact:
    return Artifact(name=one.name, digest=one.digest, size=one.size)


def test_it_is_put_there_once(web: Given, store: FolderStore, tmp_path: Path) -> None:
    sent: list[int] = []
    assert put(artifact(web), web.path, store, sent.append)
    assert sum(sent) == web.size
    assert not put(artifact(web), web.path, store, sent.append)
    assert [path.name for path in (tmp_path / "store").rglob("*") if path.is_file()] == [DIGEST.removeprefix("sha256:")]


def test_a_file_that_changes_meanwhile_never_gets_the_name_of_the_other(
    web: Given, store: FolderStore, tmp_path: Path
) -> None:
    web.path.write_bytes(b"y" + RAW[1:])
    with pytest.raises(Failed) as error:
        put(artifact(web), web.path, store, lambda _: None)
    assert code(error) == "artifact/changed"
    assert not (tmp_path / "store" / place_of(artifact(web))).exists()
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_what_stands_in_the_documents_of_a_fleet() -> None:
    def fleet(stores: Any) -> None:
        from tiangong.documents.dump import dump

        spec = {"channels": ["release"], "artifactStores": stores}
        document = {"apiVersion": "tiangong.dev/v1", "kind": "Fleet", "metadata": {"name": "a"}, "spec": spec}
        parse(dump(document), "tiangong.yaml")

    for good in ("https://files.example/tiangong", "http://10.0.0.1:8080", "file:///srv/files", "https://[::1]:80/x/"):
        fleet({"default": {"url": good}})
    for bad in ("s3://bucket", "gs://bucket"):
        with pytest.raises(Misuse) as error:
            fleet({"default": {"url": bad}})
        assert code(error) == "document/not-yet"
    for bad in (
        "x",
        "https://joe:pw@files.example/",
        "file://host/x",
        "file:///a/../b",
        "https://h/x?y=1",
        "https:///x",
    ):
        with pytest.raises(Misuse) as error:
            fleet({"default": {"url": bad}})
        assert code(error) == "document/wrong-value"
