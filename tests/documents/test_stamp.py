"""Stamping keeps what people wrote, byte by byte, and stands where parallel edits must conflict (D2)."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tiangong.documents.parse import dump, parse
from tiangong.documents.stamp import content, stamp
from tiangong.documents.strict import load
from tiangong.errors import Misuse

REPO, CHANGE = "0123456789abcdef" * 2, "000000000012"
D1, D2 = "sha512:" + "1" * 128, "sha512:" + "2" * 128
STAMPS = f'  repo: "{REPO}"\n  generation: 7\n  change: "{CHANGE}"\n'


def stamped(text: str, digests: dict[str, str] | None = None, generation: int = 7, change: str = CHANGE) -> str:
    raw = stamp(text.encode(), "x.yaml", repo=REPO, generation=generation, change=change, digests=digests or {})
    return raw.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("metadata:\n  name: a\nspec: {}\n", f"metadata:\n  name: a\n{STAMPS}spec: {{}}\n"),
        ("metadata: {name: a}\nspec: {}\n", f"metadata:\n  name: a\n{STAMPS}spec: {{}}\n"),
        ("metadata: {name: a}   # who\n", f"metadata:   # who\n  name: a\n{STAMPS}"),
        ("metadata: {name: a,\n  labels: {x: y}}\n", f"metadata:\n  name: a\n  labels:\n    x: y\n{STAMPS}"),
        ("metadata:\n  {name: a}\n", f"metadata:\n  name: a\n{STAMPS}"),
        ("spec: {}\nmetadata: {name: a}", f"spec: {{}}\nmetadata:\n  name: a\n{STAMPS}"),
        ("metadata: # here\n  # and\n  name: a # b\n\n  # c\n\nspec: {}\n", f"metadata: # here\n  # and\n  name: a # b\n{STAMPS}\n  # c\n\nspec: {{}}\n"),
        ("metadata:\n  name: 'a'\n  labels:\n    x: |\n      y\n\nspec: {}\n", f"metadata:\n  name: 'a'\n  labels:\n    x: |\n      y\n{STAMPS}\nspec: {{}}\n"),
        ("metadata:\n  change: \"1\"\n  name: a\n  repo: x\n  generation: 3 # old\n", f"metadata:\n  name: a\n{STAMPS}"),
        ('"metadata":\n    name: a\n', '"metadata":\n' + f"    name: a\n{STAMPS}".replace("  r", "    r").replace("  g", "    g").replace("  c", "    c")),
        ("a: 'x\nmetadata: {}'\nmetadata: {name: a}\n", f"a: 'x\nmetadata: {{}}'\nmetadata:\n  name: a\n{STAMPS}"),
    ],
)  # fmt: skip
def test_stamps_stand_at_the_end_of_metadata_and_all_else_stays(before: str, after: str) -> None:
    assert stamped(before) == after
    assert stamped(after) == after


RELEASE = "kind: Release\nmetadata:\n  name: shop@1.0.0\nspec:\n  # how\n  steps:\n    - with: {a: b}\n"


def test_a_release_names_its_payload_in_order() -> None:
    after = stamped(RELEASE, {"sql/V1.sql": D1, "app/no": D2, "on": D1})
    assert after.endswith(f'    - with: {{a: b}}\n  payload:\n    app/no: {D2}\n    "on": {D1}\n    sql/V1.sql: {D1}\n')
    assert stamped(after, {"b": D2}).endswith(f"    - with: {{a: b}}\n  payload:\n    b: {D2}\n")
    assert stamped(after) == stamped(RELEASE)


@pytest.mark.parametrize(
    "spec",
    [
        "spec:\n  steps:\n  - with:\n      script: |\n        a\n        b\n",
        "spec:\n    steps: []\n    payload: {x: y}   # old\n    health: [\n      check]\n# end\n",
        "spec:\n  payload:\n    x: y\n\n  steps: 'a\n    b'\n\n\n",
        "spec:\n  steps: >-\n    a\n\n# end\nother: {}\n",
    ],
)
def test_a_payload_finds_its_place_below_any_spec(spec: str) -> None:
    text = f"kind: Release\nmetadata: {{name: a}}\n{spec}"
    after = stamped(text, {"app.py": D1})
    assert load(after.encode(), "x").data["spec"]["payload"] == {"app.py": D1}
    assert content(after.encode(), "x") == content(text.encode(), "x")
    assert stamped(after, {"app.py": D1}) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("spec: {release: {name: a}, to: b}\n", f'spec: {{release: {{name: a, digest: "{D1}"}}, to: b}}\n'),
        ("spec: {release: {digest: x, name: a}, to: b}\n", f'spec: {{release: {{digest: "{D1}", name: a}}, to: b}}\n'),
        ("spec:\n  release: {name: a} # c\n", f'spec:\n  release: {{name: a, digest: "{D1}"}} # c\n'),
        ("spec:\n  release:\n    digest:\n    name: a\n", f'spec:\n  release:\n    digest: "{D1}"\n    name: a\n'),
        ("spec:\n  release:\n    name: a # c\n  to: b\n", f'spec:\n  release:\n    name: a # c\n    digest: "{D1}"\n  to: b\n'),
        ("spec:\n  release:\n    name: a\n    digest: x # c\n", f'spec:\n  release:\n    name: a\n    digest: "{D1}" # c\n'),
    ],
)  # fmt: skip
def test_a_promotion_names_the_bytes_of_its_release(before: str, after: str) -> None:
    head = "kind: Promotion\nmetadata: {name: p}\n"
    assert stamped(head + before, {"release": D1}).endswith(STAMPS + after)


@pytest.mark.parametrize(
    "text",
    [
        "spec: {}\n",
        "metadata: a\n",
        "metadata: {}\n",
        "metadata:\n",
        "{metadata: {name: a}}\n",
        "metadata: {name: a, # who\n  labels: {}}\n",
        "kind: Release\nmetadata: {name: a}\nspec: {steps: []}\n",
        "kind: Release\nmetadata: {name: a}\n",
        "kind: Release\nmetadata: {name: a}\nspec:\n  steps: |+\n    a\n\n",
        "kind: Promotion\nmetadata: {name: a}\nspec: {release: a}\n",
        "kind: Promotion\nmetadata: {name: a}\nspec: {}\n",
        "kind: Promotion\nmetadata: {name: a}\n",
        "kind: Promotion\nmetadata: {name: a}\nspec:\n  release:\n    digest: {a: b}\n",
    ],
)
def test_what_cant_take_stamps_is_refused(text: str) -> None:
    with pytest.raises(Misuse) as caught:
        stamped(text, {"release": D1})
    assert caught.value.problems[0].code == "document/cant-stamp"


def test_content_leaves_the_stamps_out() -> None:
    text = "kind: Promotion\nmetadata: {name: a}\nspec: {release: {name: r}}\n"
    assert content(stamped(text, {"release": D1}).encode(), "x") == load(text.encode(), "x").data


def test_a_stamped_document_is_a_document() -> None:
    text = "apiVersion: tiangong.dev/v1\nkind: Fleet\nmetadata: {name: acme}\nspec: {channels: [release]}\n"
    metadata = parse(stamped(text).encode(), "tiangong.yaml").metadata
    assert (metadata.repo, metadata.generation, metadata.change) == (REPO, 7, CHANGE)


NAMES = st.sampled_from(["a", "b", "labels", "x y", "repo", "generation", "change", "payload", "digest", "release"])
LEAVES = st.sampled_from(["", "x", "two\nlines\n", "  # no comment", "no", 1, 2.5, None, True, "x" * 150 + " y"])
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
BLOCKS = st.dictionaries(NAMES, TREES, min_size=1, max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["Fleet", "Release", "Promotion"]))
    spec = draw(BLOCKS) | {"release": draw(BLOCKS)}
    parts = [
        f"kind: {kind}\n",
        dump({"metadata": {"name": "n"} | draw(BLOCKS)}).decode(),
        dump({"spec": spec}).decode(),
    ]
    noise = draw(st.lists(st.sampled_from(["# words: {}\n", "\n", "   # more\n", "#\n"]), min_size=4, max_size=4))
    return "".join(piece for pair in zip(noise, [*draw(st.permutations(parts)), ""], strict=True) for piece in pair)


def _is_block(value: Any) -> bool:
    return isinstance(value, dict | list)


@given(documents(), st.dictionaries(st.sampled_from(["a", "b c", "0755", "z/y.sql"]), st.sampled_from([D1, D2])))
def test_stamping_adds_the_stamps_and_nothing_else(text: str, payload: dict[str, str]) -> None:
    before: dict[str, Any] = content(text.encode(), "x")
    written = load(text.encode(), "x").data["spec"]["release"]
    assume(before["kind"] != "Promotion" or (before["spec"]["release"] and not _is_block(written.get("digest"))))
    digests = {"release": D1} if before["kind"] == "Promotion" else payload
    once = stamped(text, digests)
    assert content(once.encode(), "x") == before
    assert stamped(once, digests) == once
    assert stamped(stamped(text, digests, 8, "ffffffffffff"), digests) == once
    assert f'\n  generation: 7\n  change: "{CHANGE}"\n' in once
    kept = [line for line in text.splitlines() if line.strip().startswith("#")]
    assert [line for line in once.splitlines() if line.strip().startswith("#")] == kept


def test_git_never_merges_two_edits_of_one_document(tmp_path: Path) -> None:
    lines = "".join(f"  field{i}: x\n" for i in range(20))
    base = stamped(f"metadata: {{name: a}}\nspec:\n{lines}")
    mine = stamped(base.replace("field1: x", "field1: y"), generation=8, change="aaaaaaaaaaaa")
    yours = stamped(base.replace("field18: x", "field18: y"), generation=8, change="bbbbbbbbbbbb")
    for name, text in {"mine": mine, "base": base, "yours": yours}.items():
        (tmp_path / name).write_text(text)
    merged = subprocess.run(
        ["git", "merge-file", "-p", "mine", "base", "yours"], cwd=tmp_path, capture_output=True, check=False
    )
    assert merged.returncode == 1  # the number of conflicts
    assert b"<<<<<<< mine" in merged.stdout
