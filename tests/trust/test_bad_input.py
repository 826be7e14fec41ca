"""Everything a stranger can put into the repository: one clear problem for each, and the rest goes on."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trust.asking import ask, check_words, codes, nothing
from tiangong.documents.paths import kind_at
from tiangong.errors import Problem, Refused
from tiangong.git.objects import GitTree
from tiangong.model.stages import Desired, Kept, Snapshot
from tiangong.testing.memory import FOLDER, LINK, SUBMODULE, open_bare
from tiangong.testing.simulator import NOW, World
from tiangong.trust import reading
from tiangong.trust.audit import audit
from tiangong.trust.verify import Cache, verify

SHOP = "environments/dev/installations/shop.yaml"
PROMOTION = "products/shop/promotions/stable/1.0.0.yaml"
OTHERS = "environments/dev/installations"


def full() -> World:
    """A world with one of everything."""
    world = World.small()
    world.put({"kind": "Profile", "metadata": {"name": "night"}, "spec": {"drift": "repair"}})
    world.edit("environments/dev/environment.yaml", **{"spec.profiles": ["night"]})
    world.put({"kind": "Product", "metadata": {"name": "auth"}})
    world.installation("dev", "auth")
    for version in ("1.0.0", "1.1.0", "2.0.0-rc.1"):
        world.release("shop", version)
    world.promote("shop", "1.0.0", "stable")
    world.suppress("inc-1")
    return world


def said(desired: Desired) -> object:
    """Everything a plan may rest on."""
    return replace(desired, tree=None, revision="", refusals=(), memory=None)  # type: ignore[arg-type]


Attack = Callable[[World], None]


def bytes_of(raw: bytes, *signers: str) -> Attack:
    """Other bytes at the place of an installation, signed by these people."""
    return lambda world: world.write(SHOP, raw, *signers)


def lines(old: str, new: str) -> Attack:
    """An edit by hand of an installation, properly signed."""

    def edit(world: World) -> None:
        text = world.files[SHOP].decode()
        assert old in text
        world.write(SHOP, text.replace(old, new).encode(), "alice")

    return edit


def linked(path: str, mode: int, target: bytes = b"/etc/passwd") -> Attack:
    """A link or a submodule at a path; what was there and below is gone."""

    def put(world: World) -> None:
        below = [one for one in world.files if one == path or one.startswith(f"{path}/")]
        for one in below:
            del world.files[one]
        world.files[path], world.modes[path] = target, mode

    return put


def added(path: str, raw: bytes = b"x: 1\n", mode: int = 0o100644) -> Attack:
    def put(world: World) -> None:
        world.files[path], world.modes[path] = raw, mode

    return put


GONE = dict.fromkeys(("environments/dev/installations/auth.yaml", SHOP), "trust/disappeared")

ATTACKS: dict[str, tuple[Attack, dict[str, str], str]] = {
    # name: what is done; path → code of what is refused; words that must be said
    "unsigned": (lambda w: w.raw(f"{SHOP}.alice.sig", None), {SHOP: "trust/no-signature"}, "is not signed; role operator is needed, alice has it"),
    "changed by hand": (lambda w: w.raw(SHOP, w.files[SHOP] + b"\n"), {SHOP: "trust/bad-signature"}, "the signature of alice doesn't count: it does not match these bytes"),
    "signed by a stranger": (lambda w: w.write(SHOP, w.files[SHOP], "mallory"), {SHOP: "trust/unknown-signer"}, "belongs to nobody"),
    "signed by the wrong person": (lambda w: w.write(SHOP, w.files[SHOP], "bob", "promoter"), {SHOP: "trust/no-authority"}, "bob, promoter signed, but a Installation needs role operator; alice has it"),
    "signed for another purpose": (lambda w: w.sign(SHOP, "alice", namespace="git"), {SHOP: "trust/bad-signature"}, "it was made for 'git'"),
    "signature of another document": (lambda w: w.raw(f"{SHOP}.alice.sig", w.files["tiangong.yaml.alice.sig"]), {SHOP: "trust/bad-signature"}, "does not match these bytes"),
    "signature that is none": (lambda w: w.raw(f"{SHOP}.alice.sig", b"\x00\xff"), {SHOP: "trust/bad-signature"}, "not exactly one armored"),
    "signature too large": (lambda w: w.raw(f"{SHOP}.alice.sig", b"x" * 16_385), {SHOP: "trust/bad-signature"}, "it is too large"),
    "signature is a link": (linked(f"{SHOP}.alice.sig", LINK), {f"{SHOP}.alice.sig": "trust/bad-mode", SHOP: "trust/no-signature"}, "is not an ordinary file (mode 120000)"),
    "signature is a folder": (lambda w: (w.raw(f"{SHOP}.alice.sig", None), added(f"{SHOP}.alice.sig/x")(w))[0], {SHOP: "trust/no-signature"}, "is not signed"),
    "empty": (bytes_of(b"", "alice"), {SHOP: "document/not-a-mapping"}, ""),
    "too large": (bytes_of(b"# " + b"x" * (1 << 20), "alice"), {SHOP: "document/too-large"}, "1048578 bytes"),
    "not UTF-8": (bytes_of(b"a: \xff\n", "alice"), {SHOP: "document/not-utf8"}, "UTF-8"),
    "NUL": (bytes_of(b"a: \x00\n", "alice"), {SHOP: "document/character"}, "U+0000"),
    "byte order mark": (bytes_of(b"\xef\xbb\xbfa: b\n", "alice"), {SHOP: "document/byte-order-mark"}, "byte order mark"),
    "Windows lines": (bytes_of(b"a: b\r\n", "alice"), {SHOP: "document/crlf"}, "Windows"),
    "bidi": (bytes_of("a: \u202ex\n".encode(), "alice"), {SHOP: "document/character"}, "U+202E"),
    "duplicate key": (lines("  product: shop\n", "  product: shop\n  product: auth\n"), {SHOP: "document/duplicate-key"}, "product"),
    "unknown field": (lines("  product: shop\n", "  product: shop\n  replicas: 3\n"), {SHOP: "document/unknown-field-no-guess"}, "replicas"),
    "misspelt field": (lines("  product: shop\n", "  prodct: shop\n"), {SHOP: "document/unknown-field"}, "product"),
    "field not built yet": (lines("  product: shop\n", "  product: shop\n  pin: 1.0.0\n"), {SHOP: "document/not-yet"}, "not supported yet"),
    "alias": (lines("  product: shop\n", "  product: &x shop\n  channel: *x\n"), {SHOP: "document/anchor-or-tag"}, ""),
    "tag": (lines("product: shop", "product: !!python/object:os.system shop"), {SHOP: "document/anchor-or-tag"}, ""),
    "two documents": (bytes_of(b"a: 1\n---\nb: 2\n", "alice"), {SHOP: "document/marker"}, ""),
    "deep": (bytes_of(b"a: " + b"[" * 5000 + b"]" * 5000 + b"\n", "alice"), {SHOP: "document/too-deep"}, "32"),
    "many nodes": (bytes_of(b"a: [" + b"1," * 60_000 + b"1]\n", "alice"), {SHOP: "document/too-many"}, "50000"),
    "no YAML": (bytes_of(b"a: [\n", "alice"), {SHOP: "document/syntax"}, ""),
    "a list": (bytes_of(b"- a\n", "alice"), {SHOP: "document/not-a-mapping"}, ""),
    "other version of the format": (lines("tiangong.dev/v1", "tiangong.dev/v2"), {SHOP: "document/wrong-api-version"}, "tiangong.dev/v1"),
    "unknown kind": (lines("kind: Installation", "kind: Instalation"), {SHOP: "document/unknown-kind"}, "Installation"),
    "kind of elsewhere": (lambda w: w.write(SHOP, w.files["channels/canary.yaml"], "alice"), {SHOP: "document/kind-elsewhere"}, "Channel"),
    "path that escapes": (lines("name: shop\n", "name: ../../prod/installations/shop\n"), {SHOP: "document/bad-name"}, ".."),
    "absolute path": (lines("name: shop\n", "name: /etc/passwd\n"), {SHOP: "document/bad-name"}, "/etc/passwd"),
    "path of another environment": (lines("environment: dev", "environment: prod"), {SHOP: "document/wrong-path"}, "environments/prod/installations/shop.yaml"),
    "promotion of an escaping version": (added("products/shop/promotions/stable/..%2f.yaml"), {"products/shop/promotions/stable/..%2f.yaml": "trust/bad-name"}, ""),
    "document is a link": (linked(SHOP, LINK), {SHOP: "trust/bad-mode"}, "a link, a submodule"),
    "document is a submodule": (linked(SHOP, SUBMODULE), {SHOP: "trust/bad-mode"}, "mode 160000"),
    "document with odd mode": (lambda w: w.modes.update({SHOP: 0o100600}), {SHOP: "trust/bad-mode"}, "mode 100600"),
    "document is a folder": (lambda w: (w.raw(SHOP, None), added(f"{SHOP}/x.yaml")(w))[0], {SHOP: "trust/bad-mode"}, "mode 040000"),
    "folder is a link": (linked(OTHERS, LINK), {OTHERS: "trust/bad-mode", **GONE}, "mode 120000"),
    "folder is a submodule": (linked(OTHERS, SUBMODULE), {OTHERS: "trust/bad-mode", **GONE}, "mode 160000"),
    "folder is a file": (linked("suppressions", 0o100644), {"suppressions": "trust/not-a-folder", "suppressions/inc-1.yaml": "trust/disappeared"}, "is not a folder"),
    "top folder is a link": (linked("profiles", LINK, b"channels"), {"profiles": "trust/not-a-folder", "profiles/night.yaml": "trust/disappeared"}, "is not a folder (mode 120000)"),
    ".git in the tree": (added(f"{OTHERS}/.git/config", b"[core]\n"), {f"{OTHERS}/.git": "trust/bad-name"}, "may not stand"),
    ".GIT in the tree": (added(f"{OTHERS}/.GIT", b"gitdir: /\n"), {f"{OTHERS}/.GIT": "trust/bad-name"}, "may not stand"),
    "git~1 in the tree": (added(f"{OTHERS}/git~1"), {f"{OTHERS}/git~1": "trust/bad-name"}, "may not stand"),
    ".gitmodules": (added("suppressions/.gitmodules"), {"suppressions/.gitmodules": "trust/bad-name"}, "may not stand"),
    "newline in a name": (added(f"{OTHERS}/a\nb.yaml"), {f"{OTHERS}/a\nb.yaml": "trust/bad-name"}, "may not stand"),
    "escape sequence in a name": (added(f"{OTHERS}/\x1b[31m.yaml"), {f"{OTHERS}/\x1b[31m.yaml": "trust/bad-name"}, "may not stand"),
    "dots": (added(f"{OTHERS}/.."), {f"{OTHERS}/..": "trust/bad-name"}, "may not stand"),
    "very long name": (added(f"{OTHERS}/{'x' * 200}.yaml"), {f"{OTHERS}/{'x' * 200}.yaml": "trust/bad-name"}, "may not stand"),
    "differs in case only": (added(f"{OTHERS}/Shop.yaml"), {f"{OTHERS}/Shop.yaml": "trust/case-clash"}, "upper and lower case"),
    "new and unsigned": (added(f"{OTHERS}/web.yaml"), {f"{OTHERS}/web.yaml": "trust/no-signature"}, "is not signed"),
    "new release, unsigned": (added("products/shop/releases/9.9.9/release.yaml"), {"products/shop/releases/9.9.9/release.yaml": "trust/no-signature"}, "role release is needed, ci-release has it"),
    "new suppression, unsigned": (added("suppressions/x.yaml"), {"suppressions/x.yaml": "trust/no-signature"}, "is not signed"),
    "next root, unsigned": (added("trust/root/2.yaml"), {"trust/root/2.yaml": "trust/no-signature"}, "role root is needed"),
    "broken policy": (lambda w: w.raw("trust/policy.yaml", b"\xff"), {"trust/policy.yaml": "trust/bad-signature"}, "role policy is needed"),
    "broken root": (lambda w: w.raw("trust/root/1.yaml", b"\xff"), {"trust/root/1.yaml": "trust/root-replaced"}, "goes on counting"),
    "root is a link": (linked("trust/root/1.yaml", LINK), {"trust/root/1.yaml": "trust/root-replaced"}, ""),
    "trust is a link": (linked("trust", LINK), {"trust": "trust/not-a-folder", "trust/root/1.yaml": "trust/root-replaced", "trust/policy.yaml": "trust/disappeared"}, ""),
    "what we don't read": (added("docs/.git/../x.yaml", b"\xff"), {}, ""),
    "other environments": (added("environments/prod/environment.yaml", b"\xff"), {}, ""),
}  # fmt: skip

START = full()
KNOWN = ask(START).memory
SAID = said(ask(START, KNOWN))


@pytest.mark.parametrize("name", ATTACKS)
def test_bad_input_is_said_and_the_rest_goes_on(name: str) -> None:
    attack, expected, words = ATTACKS[name]
    world = START.copy()
    attack(world)
    world.edit("products/auth/product.yaml", **{"spec.description": "news of everybody else"})
    desired = ask(world, KNOWN, pins=START.pins())
    found = codes(desired)
    assert {path: code for path, code in found.items() if path in expected} == expected
    # a link that takes the place of something lets it disappear, too
    assert {code for path, code in found.items() if path not in expected} <= {"trust/disappeared"}
    assert desired.products["auth"].document.spec.description == "news of everybody else"
    before = ask(START, KNOWN)
    assert said(replace(desired, products=before.products)) == said(before)
    if words:
        spoken = "\n".join(check_words(r.problem) for r in desired.refusals if r.path in expected)
        assert words in spoken
    assert "\x1b" not in "".join(check_words(r.problem) for r in desired.refusals)


@pytest.mark.parametrize("name", ATTACKS)
def test_bad_input_in_real_git_is_the_same(name: str, tmp_path: Path) -> None:
    attack, expected, _ = ATTACKS[name]
    world = START.copy()
    attack(world)
    commit = world.commit_to(tmp_path / "bare.git")
    tree = GitTree(open_bare(tmp_path / "bare.git"), commit)
    desired = verify(Snapshot("git", commit, tree, NOW), START.pins(), KNOWN, NOW)
    found = {refusal.path: refusal.problem.code for refusal in desired.refusals}
    assert {path: code for path, code in found.items() if path in expected} == expected
    assert said(desired) == SAID


@pytest.mark.parametrize("name", ATTACKS)
def test_an_author_is_told_too(name: str) -> None:
    attack, expected, _ = ATTACKS[name]
    world = START.copy()
    attack(world)
    found = {refusal.path for refusal in audit(world.tree(), START.pins(), NOW)}
    whole = {"broken root": "trust/root/1.yaml", "root is a link": "trust/root/1.yaml", "trust is a link": "trust"}
    if name in whole:
        assert whole[name] in found
        return
    assert {path for path, code in expected.items() if code != "trust/disappeared"} <= found


def test_a_sound_world_has_nothing_to_say() -> None:
    assert not ask(START).refusals
    assert not audit(START.tree(), START.pins(), NOW)
    assert not audit(START.tree(), None, NOW)


def test_names_that_stand_there_twice_mean_nothing(tmp_path: Path) -> None:
    """Git itself never writes such a tree; which of the two entries one reads is a matter of taste."""
    from pygit2.enums import ObjectType

    world = START.copy()
    commit = world.commit_to(tmp_path / "bare.git")
    repository = open_bare(tmp_path / "bare.git")
    tree = GitTree(repository, commit)
    channel = tree.entry("channels/canary.yaml")
    folder = tree.entry("channels")
    top = repository[commit].tree
    assert channel is not None
    assert folder is not None
    evil = repository.create_blob(b"evil")
    raw = repository[folder.id].read_raw()
    doubled = b"100644 canary.yaml\0" + bytes.fromhex(str(evil)) + raw
    inner = repository.write(ObjectType.TREE, doubled)
    outer = top.read_raw().replace(bytes.fromhex(folder.id), bytes.fromhex(str(inner)))
    id_ = repository.write(ObjectType.TREE, outer)
    text = f"tree {id_}\nauthor x <x> 1 +0000\ncommitter x <x> 1 +0000\n\nx\n"
    evil_commit = str(repository.write(ObjectType.COMMIT, text.encode()))
    snapshot = Snapshot("git", evil_commit, GitTree(repository, evil_commit), NOW)
    desired = verify(snapshot, START.pins(), None, NOW)
    assert codes(desired) == {"channels/canary.yaml": "trust/twice"}
    assert set(desired.channels) == {"release", "stable"}
    desired = verify(snapshot, START.pins(), KNOWN, NOW)
    assert set(desired.channels) == {"release", "canary", "stable"}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("tiangong.yaml", "trust/missing"),
        ("environments/dev/environment.yaml", "trust/missing"),
        ("trust/policy.yaml", "trust/no-policy"),
        ("trust/root/1.yaml", "trust/root-missing"),
    ],
)
def test_without_it_there_is_nothing_to_do(path: str, code: str) -> None:
    world = START.copy()
    world.raw(path, None)
    assert nothing(world, pins=START.pins()) == {code}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("tiangong.yaml", "trust/bad-mode"),
        ("environments/dev/environment.yaml", "trust/bad-mode"),
        ("environments/dev", "trust/not-a-folder"),
        ("environments", "trust/not-a-folder"),
        ("trust/policy.yaml", "trust/bad-mode"),
        ("trust/root/1.yaml", "trust/bad-mode"),
        ("trust/root", "trust/not-a-folder"),
        ("trust", "trust/not-a-folder"),
    ],
)
def test_what_stands_in_its_place_is_named(path: str, code: str) -> None:
    world = START.copy()
    linked(path, LINK)(world)
    found = nothing(world, pins=START.pins())
    assert code in found


def test_an_environment_nobody_has() -> None:
    assert nothing(START, environment="staging") == {"trust/missing"}


@pytest.mark.parametrize("environment", ["../dev", "", ".", "dev/../dev", "dev/"])
def test_an_environment_that_is_no_name(environment: str) -> None:
    with pytest.raises(Refused):
        ask(START, environment=environment)


# ── bounds (D6) ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_more_files_than_a_closure_may_have() -> None:
    world = START.copy()
    for number in range(20_001):
        world.files[f"suppressions/x{number}.yaml"] = b""
    assert nothing(world, KNOWN) == {"trust/too-many-files"}


def test_more_bytes_than_a_closure_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_CLOSURE", 4 << 20)
    world = START.copy()
    cache = Cache()
    for number in range(5):
        world.files[f"suppressions/x{number}.yaml"] = b"x" * (1 << 20)
    for _ in range(3):  # it doesn't creep in by being known from the last time
        assert nothing(world, KNOWN, cache=cache) == {"trust/too-much"}
    del world.files["suppressions/x0.yaml"], world.files["suppressions/x1.yaml"]
    assert len(codes(ask(world, KNOWN, cache=cache))) == 3


def test_what_lies_elsewhere_may_be_as_much_as_it_likes() -> None:
    world = START.copy()
    for number in range(21_000):
        world.files[f"docs/{number}"] = b"x"
    assert not ask(world, KNOWN).refusals


# ── whatever strangers write ─────────────────────────────────────────────────────────────────────────────────────
NAMES = st.one_of(
    st.sampled_from(sorted(START.files)),
    st.sampled_from(
        ["suppressions", "environments/dev", "products/shop/releases", "trust/root", "channels", ""]
    ).flatmap(
        lambda folder: st.text("ab.-_@/A é\n", min_size=1, max_size=12).map(lambda name: f"{folder}/{name}".strip("/"))
    ),
)
BYTES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([raw for path, raw in sorted(START.files.items()) if kind_at(path) or path.endswith(".sig")]),
    st.tuples(st.sampled_from([raw for path, raw in START.files.items() if kind_at(path)]), st.integers(0, 2**32)).map(
        lambda pair: mutated(*pair)
    ),
)
MODES = st.sampled_from([0o100644, 0o100644, 0o100755, LINK, SUBMODULE, 0o100600])


def mutated(raw: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    out = bytearray(raw)
    out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


CHANGES = st.lists(st.tuples(NAMES, st.one_of(st.none(), BYTES), MODES), min_size=1, max_size=8)


@settings(max_examples=50)
@given(CHANGES)
def test_a_stranger_never_changes_what_an_agent_does(changes: list[tuple[str, bytes | None, int]]) -> None:
    world = meddled(changes)
    desired = ask(world, KNOWN, pins=START.pins())
    assert said(desired) == SAID
    for refusal in desired.refusals:
        check_words(refusal.problem)


@settings(max_examples=50)
@given(CHANGES)
def test_what_a_fresh_agent_accepts_was_signed_as_it_is(changes: list[tuple[str, bytes | None, int]]) -> None:
    world = meddled(changes)
    kept, problems = fresh(world)
    for problem in problems:
        check_words(problem)
    for path, one in kept.items():
        assert one.raw == START.files[path]
    assert isinstance(audit(world.tree(), None, NOW), tuple)


def fresh(world: World) -> tuple[Mapping[str, Kept], tuple[Problem, ...]]:
    """What an agent without memory accepts, or why it accepts nothing."""
    try:
        return ask(world, pins=START.pins()).memory.kept, ()
    except Refused as error:
        return {}, error.problems


def meddled(changes: list[tuple[str, bytes | None, int]]) -> World:
    """The world after a stranger with push rights was there."""
    world = START.copy()
    for path, raw, mode in changes:
        if raw is None:
            world.raw(path, None)
        elif _fits(world, path):
            world.files[path], world.modes[path] = raw, mode
    return world


def _fits(world: World, path: str) -> bool:
    """A file can't lie below a file, nor take the place of a folder, in the same tree."""
    parts = path.split("/")
    above = {"/".join(parts[:count]) for count in range(1, len(parts))}
    below = f"{path}/"
    return "" not in parts and not above & set(world.files) and not any(one.startswith(below) for one in world.files)


def test_the_tests_know_the_mode_of_a_folder() -> None:
    assert FOLDER == 0o040000
    assert PROMOTION in START.files
