"""Publishing: the short form completed, payload gathered by a clear rule, steps rehearsed before anything is signed."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.author.payload import MOST_FILES, gather
from tiangong.author.publish import check_version, choose_product, publication, read_source
from tiangong.author.shortform import ShortForm, read_short
from tiangong.author.skeleton import short_schema, skeleton
from tiangong.documents.dump import dump
from tiangong.documents.parse import parse
from tiangong.documents.stamp import content, stamp
from tiangong.documents.strict import load
from tiangong.errors import Misuse
from tiangong.trust.audit import LARGEST_PAYLOAD

EXAMPLE = Path(__file__).parents[2] / "example-repo" / "apps" / "shop"
STEPS = "  steps:\n    - {name: place, executor: file, with: {place: app, to: /srv/shop}}\n"
PATH = "products/shop/releases/1.0.0/release.yaml"


def form(text: str) -> ShortForm:
    return read_short(text.encode(), "release.yaml")


def codes(error: Misuse) -> list[str]:
    return [found.code for found in error.problems]


# ── the short form ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_example_is_completed_and_keeps_its_comments() -> None:
    source = read_source(EXAMPLE / "release.yaml")
    raw = source.document("shop@1.0.0", {})
    assert parse(raw, PATH).metadata.name == "shop@1.0.0"
    assert "# Beside the app's own code." in raw.decode()
    assert "yaml-language-server" not in raw.decode()
    assert stamp(raw, PATH, repo="0" * 32, generation=1, change="0" * 12, digests={"app/x": "sha512:" + "0" * 128})


@pytest.mark.parametrize(
    "text",
    [
        "spec:\n" + STEPS,
        "kind: Release\nspec:\n" + STEPS,
        "spec:\n" + STEPS + "metadata:\n  name: shop\n",
        "metadata:\n  # a comment\n  name: shop@1.0.0\n\nspec:\n" + STEPS,
        "apiVersion: tiangong.dev/v1\nkind: Release\nmetadata: {name: shop}\nspec:\n" + STEPS,
        "metadata: {labels: {qa: passed}}\nspec:\n" + STEPS,
        "metadata:\n  labels: {qa: passed}\nspec:\n  payload:\n    - app/*\n    - sql/*\n" + STEPS,
        "spec:\n  payload: [app/*]\n" + STEPS,
        "spec:\n" + STEPS + "  payload:\n  - app/*\n",
        "spec: {steps: [{name: place, executor: file, with: {place: app, to: /srv/shop}}]}\n",
        '"spec":\n' + STEPS,
        "spec:   # what is done\n\n  # first\n" + STEPS + "  health: [place]",
    ],
)
def test_whatever_is_left_out_is_filled_in(text: str) -> None:
    source = form(text)
    raw = source.document("shop@1.0.0", {"team": "a"})
    published = parse(raw, PATH)
    assert (published.kind, published.metadata.name) == ("Release", "shop@1.0.0")
    assert published.metadata.labels["team"] == "a"
    assert ("qa" in text) == ("qa" in published.metadata.labels)
    before, after = load(text.encode(), "").data["spec"], load(raw, "").data["spec"]
    assert {key: value for key, value in before.items() if key != "payload"} == after
    assert content(stamp(raw, PATH, repo="0" * 32, generation=1, change="0" * 12, digests={}), PATH) == content(
        raw, PATH
    )


@given(
    st.dictionaries(
        st.sampled_from(["duration", "downtime", "health", "config"]),
        st.sampled_from(["5m", True, [], {}, "a: b # c", "- x\nmetadata: y\n"]),
    )
)
def test_the_content_is_never_changed(spec: dict[str, object]) -> None:
    data = {"metadata": {"name": "shop"}, "spec": {**spec, "steps": []}}
    raw = form(dump(data).decode()).document("shop@1.0.0", {})
    assert load(raw, "").data["spec"] == data["spec"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("kind: Product\nspec:\n" + STEPS, "release/other-head", 1),
        ("apiVersion: v1\nspec:\n" + STEPS, "release/other-head", 1),
        ("metadata:\n  name: other\nspec:\n" + STEPS, "release/other-name", 2),
        ("metadata:\n  name: shop@1.0.1\nspec:\n" + STEPS, "release/other-name", 2),
        ("spec:\n  durration: 5m\n" + STEPS, "document/unknown-field", 2),
        ("spec:\n  duration: 5\n" + STEPS, "document/wrong-value", 2),
        ("# nothing\nspek:\n" + STEPS, "document/unknown-field", 3),
        ("spec:\n  requires: []\n" + STEPS, "document/not-yet", 2),
    ],
)
def test_mistakes_have_their_place_in_the_apps_file(text: str, code: str, line: int) -> None:
    with pytest.raises(Misuse) as caught:
        form(text).release("shop@1.0.0", {})
    found = {one.code: one for one in caught.value.problems}
    assert code in found
    assert found[code].place is not None
    assert (found[code].place.path, found[code].place.line) == ("release.yaml", line)  # type: ignore[union-attr]


@pytest.mark.parametrize("payload", ["{a: b}", "app", "[1]", '[""]', "[[a]]"])
def test_payload_is_a_list_of_globs(payload: str) -> None:
    with pytest.raises(Misuse, match="release/payload-list"):
        form(f"spec:\n  payload: {payload}\n" + STEPS)


# ── versions and products ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("version", ["1.4.0", "0.0.1", "2.0.0-rc.1", "10.20.30-alpha-7"])
def test_versions(version: str) -> None:
    check_version(version)


@pytest.mark.parametrize(
    ("version", "code", "guess"),
    [
        ("1.4.0+build7", "release/build-part", "1.4.0"),
        ("v1.4.0", "release/bad-version", "1.4.0"),
        ("1.4.0-RC1", "release/bad-version", "1.4.0-rc1"),
        ("1.4", "release/bad-version", "1.4.0"),
        ("latest", "release/bad-version", "1.4.0"),
        ("01.4.0", "release/bad-version", "1.4.0"),
        ("../1.4.0", "release/bad-version", "1.4.0"),
        ("1.4.0\n", "release/bad-version", "1.4.0"),
        ("", "release/bad-version", "1.4.0"),
    ],
)
def test_what_is_no_version(version: str, code: str, guess: str) -> None:
    with pytest.raises(Misuse) as caught:
        check_version(version)
    assert codes(caught.value) == [code]
    assert caught.value.problems[0].facts["guess"] == guess


def test_which_product() -> None:
    plain, named = form("spec:\n" + STEPS), form("metadata: {name: shop}\nspec:\n" + STEPS)
    assert choose_product(plain, None, ["web"]) == "web"
    assert choose_product(named, None, ["web"]) == "shop"
    assert choose_product(named, "web", ["shop"]) == "web"
    for known in ([], ["web", "shop"]):
        with pytest.raises(Misuse, match="release/which-product"):
            choose_product(plain, None, known)


# ── payload ──────────────────────────────────────────────────────────────────────────────────────────────────────
def steps(*values: str, more: str = "") -> ShortForm:
    lines = "".join(f"    - {{name: s{n}, executor: any, with: {{{value}}}}}\n" for n, value in enumerate(values))
    return form(f"spec:\n{more}  steps:\n{lines}")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    for path in ("app/server.py", "app/data/goods.json", "settings.j2", "sql/V1.sql", "sql/V2.sql", "secret.pem"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


def test_only_what_steps_name_travels(app: Path) -> None:
    found = gather(steps("place: app, to: secret.pem", "template: settings.j2, other: secret.pem"), app, "code")
    assert found == {path: path.encode() for path in ("app/data/goods.json", "app/server.py", "settings.j2")}


def test_a_python_package_is_shipped_without_what_python_leaves_in_it(app: Path) -> None:
    package = app / "app" / "shop"
    (package / "__pycache__").mkdir(parents=True)
    for name in ("__init__.py", "_version.py", "__pycache__/shop.cpython-311.pyc"):
        (package / name).write_text("x")
    found = gather(steps("place: app, to: /srv/shop"), app, "code")
    assert {path for path in found if path.startswith("app/shop")} == {"app/shop/__init__.py", "app/shop/_version.py"}


def test_lists_folders_with_a_slash_and_files_named_twice(app: Path) -> None:
    found = gather(steps("files: [sql/V2.sql, sql/V1.sql]", "files: [sql/]", "unpack: secret.pem"), app, "code")
    assert list(found) == ["secret.pem", "sql/V1.sql", "sql/V2.sql"]


def test_globs_add_what_no_step_names(app: Path) -> None:
    found = gather(steps("to: /x", more="  payload: ['sql/*.sql', '**/goods.json']\n"), app, "code")
    assert list(found) == ["app/data/goods.json", "sql/V1.sql", "sql/V2.sql"]


def test_values_with_names_are_not_guessed_at(app: Path) -> None:
    with pytest.raises(Misuse) as caught:
        gather(steps('place: "app-${config.kind}"', 'unpack: "${artifact.web}"'), app, "code")
    assert codes(caught.value) == ["release/payload-name"]


@pytest.mark.parametrize(
    "path",
    ["../app", "/etc/passwd", "app/../secret.pem", "./app", ".", "app//x", "", "a\\\\b", ".git/config", "app/.env",
     "release.yaml", "attestations/x.yaml", "app/my file.txt", "x.yaml.bob.sig", "a/b/c/d/e/f/g/h/i"],
)  # fmt: skip
def test_paths_that_cant_travel(app: Path, path: str) -> None:
    with pytest.raises(Misuse) as caught:
        gather(steps(f'place: "{path}"'), app, "code")
    assert codes(caught.value) == ["release/payload-path"]
    assert caught.value.problems[0].place is not None
    assert caught.value.problems[0].place.line == 3


def test_a_file_there_is_not(app: Path) -> None:
    with pytest.raises(Misuse) as caught:
        gather(steps("place: ap", "files: [sql/V1.sql, sql/V9.sql]", more="  payload: ['*.zip']\n"), app, "code")
    assert codes(caught.value) == ["release/payload-missing"] * 3
    fields = [found.place.field for found in caught.value.problems if found.place]
    assert fields == ["spec.steps[0].with.place", "spec.steps[1].with.files[1]", "spec.payload[0]"]


def test_an_empty_folder(app: Path) -> None:
    (app / "empty").mkdir()
    with pytest.raises(Misuse, match="release/payload-empty"):
        gather(steps("place: empty"), app, "code")


@pytest.mark.parametrize("link", ["app/link", "app/data/link", "linked"])
def test_links_never_travel(app: Path, link: str) -> None:
    (app / link).symlink_to("/etc/passwd" if link != "linked" else app / "app")
    with pytest.raises(Misuse) as caught:
        gather(steps("place: app", "place: linked" if link == "linked" else "template: settings.j2"), app, "code")
    assert codes(caught.value) == ["release/payload-link"]
    assert caught.value.problems[0].place is not None
    assert caught.value.problems[0].place.path == f"code/{link}"


def test_a_link_above_what_is_named(app: Path) -> None:
    (app / "linked").symlink_to(app / "app")
    with pytest.raises(Misuse, match="release/payload-link"):
        gather(steps("template: linked/server.py"), app, "code")


def test_a_pipe_is_no_file_and_nobody_waits_for_it(app: Path) -> None:
    os.mkfifo(app / "app" / "pipe")
    with pytest.raises(Misuse, match="release/payload-link"):
        gather(steps("place: app"), app, "code")


def test_a_file_as_large_as_allowed_and_one_byte_more(app: Path) -> None:
    with (app / "app" / "big").open("wb") as big:
        big.truncate(LARGEST_PAYLOAD)
    assert len(gather(steps("place: app"), app, "code")["app/big"]) == LARGEST_PAYLOAD
    with (app / "app" / "big").open("ab") as big:
        big.write(b"x")
    with pytest.raises(Misuse) as caught:
        gather(steps("place: app"), app, "code")
    assert codes(caught.value) == ["trust/payload-too-large"]
    assert caught.value.problems[0].facts["size"] == LARGEST_PAYLOAD + 1


def test_too_many_files(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_FILES >= 1000
    monkeypatch.setattr("tiangong.author.payload.MOST_FILES", 3)
    with pytest.raises(Misuse, match="release/payload-much"):
        gather(steps("place: app", "files: [sql]"), app, "code")


def test_names_that_differ_in_case_only(app: Path) -> None:
    (app / "app" / "Server.py").write_text("x")
    if len(list((app / "app").iterdir())) < 3:
        pytest.skip("this file system doesn't tell case")
    with pytest.raises(Misuse, match="release/payload-case"):
        gather(steps("place: app"), app, "code")


# ── rehearsal ────────────────────────────────────────────────────────────────────────────────────────────────────
def publish(folder: Path, text: str) -> list[str]:
    """Codes and lines of what is wrong with a release."""
    (folder / "release.yaml").write_text(text)
    source = read_source(folder / "release.yaml")
    try:
        publication(folder / "release.yaml", source, ("shop", "1.0.0"), {})
    except Misuse as error:
        return [f"{found.code}:{found.place.line}" for found in error.problems if found.place]
    return []


def test_the_skeleton_publishes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "hello.txt").write_text("hello")
    assert publish(tmp_path, skeleton("shop")["release.yaml"]) == []


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("executor: file, with: {place: app, to: /x, mod: '0640'}", ["document/unknown-field:5"]),
        ("executor: file, with: {place: app}", ["document/wrong-value:5"]),
        ("executor: http, with: {get: 'ftp://x'}", ["document/wrong-value:5"]),
        ("executor: http, with: {get: 'http://${config.host}/', within: 5}", ["document/wrong-value:5"]),
        ("executor: http, with: {get: 'http://${config.hots}/'}", ["plan/unknown-name:5"]),
        ("executor: shell, with: {script: 'echo ${config.host}'}", ["plan/name-in-script:5"]),
        ("executor: shell, with: {run: [sh, -c, '${config.host}']}", ["plan/name-in-run:5"]),
        ("executor: shell, with: {run: [systemctl, '${env.labels.unit}'], umask: '${config.host}'}", []),
        ("executor: nowhere, with: {anything: goes}", []),
    ],
)
def test_steps_are_checked_before_anything_is_signed(app: Path, step: str, wrong: list[str]) -> None:
    text = f"spec:\n  config:\n    host: {{type: string}}\n  steps:\n    - {{name: a, {step}}}\n"
    assert publish(app, text) == wrong


def test_everything_wrong_is_said_at_once(app: Path) -> None:
    text = (
        "spec:\n  steps:\n"
        "    - {name: a, executor: file, with: {place: nothing, to: /x, mod: '0640'}}\n"
        "    - {name: c, executor: http, with: {get: 'ftp://x'}}\n"
        "  health: [b]\n"
    )
    assert publish(app, text) == [
        "document/unknown-field:3",
        "document/wrong-value:4",
        "plan/unknown-health:5",
        "release/payload-missing:3",
    ]


def test_the_schema_takes_the_short_form() -> None:
    import jsonschema

    schema = short_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for text in (skeleton("shop")["release.yaml"], (EXAMPLE / "release.yaml").read_text()):
        jsonschema.validate(load(text.encode(), "").data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"spec": {"stepz": []}}, schema)
