"""`tiangong release` in the app's own folder, against a clone of the control repository."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.person import Person
from tiangong.author.clone import Clone
from tiangong.trust.audit import audit

EXAMPLE = Path(__file__).parents[2] / "example-repo" / "apps" / "shop"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder, a control repository and the app's code, made once and copied by every test."""
    root = tmp_path_factory.mktemp("release")
    ran = Person(root / "home").run("init", str(root / "control"), "--product", "shop", "--yes", cwd=root)
    assert ran.code == 0, ran.err
    shutil.copytree(EXAMPLE, root / "shop")
    return root


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def alice(place: Path) -> Person:
    return Person.at(place / "home")


@pytest.fixture
def app(place: Path) -> Path:
    return place / "shop"


@pytest.fixture
def control(place: Path) -> Path:
    return place / "control"


def is_clean(control: Path) -> bool:
    clone = Clone(control)
    return audit(clone.tree(clone.head or ""), None, datetime.now(UTC)) == () and clone.status() == []


def head(alice: Person, control: Path) -> str:
    return alice.git("rev-parse", "HEAD", cwd=control)


def test_the_example_is_published_with_its_payload(alice: Person, app: Path, control: Path) -> None:
    ran = alice.run("release", "publish", "--version", "1.0.0", "--repo", str(control), "--yes", cwd=app)
    assert ran.code == 0, ran.err
    folder = control / "products/shop/releases/1.0.0"
    found = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    assert found == [
        "app/goods.json",
        "app/server.py",
        "release.yaml",
        "release.yaml.release.sig",
        "shop.json.j2",
    ]
    assert "release signs as release" in ran.out
    assert "It is on channel RELEASE at once." in ran.out
    assert "tiangong promote shop@1.0.0 --to canary" in ran.out
    assert is_clean(control)
    assert alice.git("log", "-1", "--format=%s", cwd=control) == "Release shop@1.0.0"


def test_the_same_again_is_nothing_to_do_and_anything_else_is_refused(alice: Person, app: Path, control: Path) -> None:
    words = ("release", "publish", "--version", "1.0.0", "--repo", str(control), "--yes")
    assert alice.run(*words, cwd=app).code == 0
    before = head(alice, control)
    ran = alice.run(*words, cwd=app)
    assert (ran.code, "published already" in ran.out) == (0, True), ran.err
    (app / "app" / "goods.json").write_text("[]\n")
    ran = alice.run(*words, cwd=app)
    assert (ran.code, "author/release-published" in ran.err) == (2, True)
    shutil.copytree(EXAMPLE, app, dirs_exist_ok=True)
    text = (app / "release.yaml").read_text()
    (app / "release.yaml").write_text(text.replace("duration: 2m", "duration: 3m"))
    ran = alice.run(*words, cwd=app)
    assert (ran.code, "author/release-published" in ran.err) == (2, True)
    assert head(alice, control) == before
    assert is_clean(control)


def test_found_upwards_by_its_variable_and_by_c(alice: Person, app: Path, control: Path) -> None:
    inside = control / "apps" / "shop"
    shutil.copytree(app, inside)
    ran = alice.run("-C", str(inside), "release", "publish", "--version", "1.0.0", "--yes", cwd=app)
    assert ran.code == 0, ran.err
    words = ("release", "publish", "--version", "1.1.0", "--yes")
    ran = alice.run(*words, cwd=app, environ={"TIANGONG_REPO": str(control)})
    assert ran.code == 0, ran.err
    ran = alice.run(*words, cwd=app)
    assert (ran.code, "author/no-repository" in ran.err) == (2, True)


def test_an_unknown_product_is_made_on_request(alice: Person, app: Path, control: Path) -> None:
    words = ("release", "publish", "--version", "1.0.0", "--product", "web", "--repo", str(control), "--yes")
    ran = alice.run(*words, cwd=app)
    assert (ran.code, "--create-product" in ran.err, "shop" in ran.err) == (2, True, True)
    ran = alice.run(*words, "--create-product", cwd=app)
    assert ran.code == 0, ran.err
    assert "alice signs as maintainer" in ran.out
    assert (control / "products/web/product.yaml.alice.sig").is_file()
    assert is_clean(control)


def test_labels_and_pre_releases(alice: Person, app: Path, control: Path) -> None:
    words = ("--version", "2.0.0-rc.1", "-l", "team=a", "--label", "on=yes", "--repo", str(control), "--yes")
    ran = alice.run("release", "publish", *words, cwd=app)
    assert ran.code == 0, ran.err
    assert "only by a promotion" in ran.out
    assert "--to release" in ran.out
    shown = json.loads(alice.run("release", "show", "shop@2.0.0-rc.1", "-o", "json", cwd=control).out)
    assert shown["document"]["metadata"]["labels"] == {"team": "a", "on": "yes"}
    assert (shown["channels"], shown["signers"], shown["accepted"]) == ([], ["release"], True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--version", "1.0.0+7"), "release/build-part"),
        (("--version", "v1.0.0"), "release/bad-version"),
        (("--version", "1.0.0", "nowhere"), "release/no-file"),
        (("--version", "1.0.0", "app"), "release/no-file"),
        (("--version", "1.0.0", "--product", "../x"), "release/bad-product"),
        (("--version", "1.0.0", "-l", "x"), "fleet/bad-label"),
        ((), "cli/usage"),
    ],
)
def test_what_cant_be(alice: Person, app: Path, control: Path, words: tuple[str, ...], code: str) -> None:
    ran = alice.run("release", "publish", *words, "--repo", str(control), "--create-product", "--yes", cwd=app)
    assert (ran.code, code in ran.err) == (2, True), ran.err
    assert is_clean(control)


def test_a_repo_that_is_none(alice: Person, app: Path, place: Path) -> None:
    ran = alice.run("release", "publish", "--version", "1.0.0", "--repo", str(place), "--yes", cwd=app)
    assert (ran.code, "author/no-repository" in ran.err) == (2, True)


def test_without_the_release_key(alice: Person, app: Path, control: Path) -> None:
    """Another clone doesn't have the machine key: it says who has the role, and `--key` takes the key."""
    key = shutil.move(control / ".git/tiangong/keys/release", app.parent / "ci-key")
    words = ("release", "publish", "--version", "1.0.0", "--repo", str(control), "--yes")
    ran = alice.run(*words, cwd=app)
    assert (ran.code, "needs role release" in ran.err) == (4, True), ran.err
    assert is_clean(control)
    ran = alice.run(*words, "--key", str(key), cwd=app)
    assert ran.code == 0, ran.err
    assert is_clean(control)


def test_leftovers_in_the_folder_are_not_swept_in(alice: Person, app: Path, control: Path) -> None:
    stray = control / "products/shop/releases/1.0.0/app/evil.py"
    stray.parent.mkdir(parents=True)
    stray.write_text("evil\n")
    ran = alice.run("release", "publish", "--version", "1.0.0", "--repo", str(control), "--yes", cwd=app)
    assert (ran.code, "release/leftover" in ran.err) == (2, True)


def test_other_edits_in_the_clone_stay_as_they_are(alice: Person, app: Path, control: Path) -> None:
    edited = control / "profiles/standard.yaml"
    edited.write_text(edited.read_text().replace("drift: report", "drift: repair"))
    ran = alice.run("release", "publish", "--version", "1.0.0", "--repo", str(control), "--yes", cwd=app)
    assert ran.code == 0, ran.err
    assert alice.git("status", "--porcelain", cwd=control) == " M profiles/standard.yaml"
    changed = alice.git("show", "--name-only", "--format=", "HEAD", cwd=control).split()
    assert all(path.startswith("products/shop/releases/1.0.0/") for path in changed)


def test_a_branch_for_a_pull_request_and_a_dry_run(alice: Person, app: Path, control: Path) -> None:
    before = head(alice, control)
    words = ("release", "publish", "--version", "1.0.0", "--repo", str(control))
    ran = alice.run(*words, "--dry-run", cwd=app)
    assert ran.code == 0, ran.err
    assert is_clean(control)
    assert head(alice, control) == before
    assert alice.run(*words, "--branch", "shop-1", "--yes", cwd=app).code == 0
    assert alice.git("rev-parse", "main", cwd=control) == before
    assert alice.git("symbolic-ref", "HEAD", cwd=control) == "refs/heads/shop-1"


def test_new_writes_a_skeleton_that_publishes(alice: Person, place: Path, control: Path) -> None:
    code = place / "web"
    code.mkdir()
    ran = alice.run("release", "new", cwd=code)
    assert ran.code == 0, ran.err
    assert "--repo" in ran.out
    words = ("--version", "0.1.0", "--repo", str(control), "--create-product", "--yes")
    ran = alice.run("release", "publish", *words, cwd=code)
    assert ran.code == 0, ran.err
    assert (control / "products/web/releases/0.1.0/app/hello.txt").is_file()
    assert is_clean(control)
    ran = alice.run("release", "new", cwd=code)
    assert (ran.code, "release/exists" in ran.err) == (2, True)
    header = (code / "release.yaml").read_text().splitlines()[0]
    assert json.loads((code / header.partition("$schema=")[2]).read_text())["title"] == "Release"


def test_list_and_show(alice: Person, app: Path, control: Path) -> None:
    ran = alice.run("release", "list", cwd=control)
    assert (ran.code, ran.out, "release publish" in ran.err) == (0, "", True)
    for version in ("1.0.0", "1.10.0", "1.9.0"):
        words = ("release", "publish", "--version", version, "--repo", str(control), "--yes")
        assert alice.run(*words, cwd=app).code == 0
    ran = alice.run("release", "list", "shop", "-o", "name", cwd=control)
    assert ran.out.split() == ["shop@1.10.0", "shop@1.9.0", "shop@1.0.0"]
    items = json.loads(alice.run("releases", "list", "-o", "json", cwd=control).out)["items"]
    assert {item["metadata"]["name"]: item["channels"] for item in items}["shop@1.0.0"] == ["release"]
    ran = alice.run("release", "show", "shop@1.9.0", cwd=control)
    assert ran.code == 0
    assert all(word in ran.out for word in ("RELEASE", "place", "serve", "sha512:"))
    for name, code in (
        ("shop", "promote/bad-name"),
        ("shop@3.0.0", "release/no-release"),
        ("x@1.0.0", "release/no-product"),
    ):
        ran = alice.run("release", "show", name, cwd=control)
        assert (ran.code, code in ran.err) == (2, True)


def test_a_release_somebody_changed_is_listed_as_not_accepted(alice: Person, app: Path, control: Path) -> None:
    words = ("release", "publish", "--version", "1.0.0", "--repo", str(control), "--yes")
    assert alice.run(*words, cwd=app).code == 0
    (control / "products/shop/releases/1.0.0/app/server.py").write_text("evil\n")
    alice.git("commit", "-qam", "evil", cwd=control)
    ran = alice.run("release", "show", "shop@1.0.0", cwd=control)
    assert (ran.code, "trust/payload-changed" in ran.err) == (4, True)
    file = control / "products/shop/releases/1.0.0/release.yaml"
    file.write_text(file.read_text().replace("duration: 2m", "duration: 3m"))
    alice.git("commit", "-qam", "more evil", cwd=control)
    ran = alice.run("release", "list", cwd=control)
    assert (ran.code, "not accepted" in ran.out, "trust/" in ran.err) == (0, True, True)


def test_pushed_at_once(alice: Person, app: Path, control: Path, place: Path) -> None:
    alice.git("init", "-q", "--bare", str(place / "origin.git"), cwd=place)
    alice.git("remote", "add", "origin", str(place / "origin.git"), cwd=control)
    words = ("release", "publish", "--version", "1.0.0", "--repo", str(control), "--push", "--yes")
    ran = alice.run(*words, cwd=app)
    assert ran.code == 0, ran.err
    assert alice.git("rev-parse", "main", cwd=place / "origin.git") == head(alice, control)
