"""The canonical layout: says the same, keeps every comment, and stays as it is when it is laid out again."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.documents.dump import inline
from tiangong.documents.layout import canonical
from tiangong.documents.strict import load
from tiangong.errors import Misuse
from tiangong.model.environment import Environment
from tiangong.model.kinds import KINDS
from tiangong.model.product import Release

PATH = "environments/dev/environment.yaml"
EXAMPLES = sorted((Path(__file__).parents[2] / "example-repo").rglob("*.yaml"))


def laid(text: str, model: type[Any] = Environment) -> str:
    found = canonical(text.encode(), PATH, model)
    assert found is not None
    return found.decode()


def test_order_spacing_and_comments() -> None:
    before = """\
# head

kind: Environment
apiVersion:   tiangong.dev/v1
spec:
    drift: report    # why
    # about the zone
    timezone: UTC


    profiles:   [ a,b ]
    windows:
      # first
      allow:
      - cron: "0 1 * * *"   # at one
        name: nights
        # how long
        for: 4h
      # then
      -   {for: 1h,name: lunch, cron: '0 12 * * *'}
      deny: []
    # below
metadata:
   labels: {b: "#x",  a: 'y # z'}
   name: dev # its name
# end
"""
    assert (
        laid(before)
        == """\
# head

apiVersion: tiangong.dev/v1
kind: Environment
metadata:
  name: dev # its name
  labels: {b: "#x", a: 'y # z'}
spec:
  profiles: [a, b]
  # about the zone
  timezone: UTC
  drift: report    # why
  windows:
    # first
    allow:
      - name: nights
        cron: "0 1 * * *"   # at one
        # how long
        for: 4h
      # then
      - {name: lunch, cron: '0 12 * * *', for: 1h}
    deny: []
  # below
# end
"""
    )


def test_text_of_many_lines_moves_along() -> None:
    before = """\
apiVersion: tiangong.dev/v1
kind: Release
metadata: {name: shop@1.0.0}
spec:
   steps:
   - executor: shell
     name: x
     with:
         script: |
            set -e
              echo # this is no comment
            done

         env: {A: b}
   -
     name: y   # yy
     executor: file
     with: {place: app,
        to: "/x"}   # z
   -   # dash
     name: z
     executor: http
     with:
       long: plain words
         that go on
"""
    after = laid(before, Release)
    assert load(after.encode(), PATH).data == load(before.encode(), PATH).data
    assert "    - name: x\n      executor: shell\n" in after
    assert "    # dash\n    - name: z\n" in after


def test_what_would_be_lost_is_left_alone() -> None:
    text = "kind: Environment\napiVersion: tiangong.dev/v1\nmetadata: {name: dev}\nspec:\n  drift: |+\n    x\n\n\n  timezone: y\n"
    found = canonical(text.encode(), PATH, Environment)
    assert found is None or load(found, PATH).data == load(text.encode(), PATH).data


@pytest.mark.parametrize("text", ["a: [", "- a\n", "a: 1\na: 2\n", "", "\ufeffa: 1"])
def test_what_cant_be_read_is_refused(text: str) -> None:
    with pytest.raises(Misuse):
        canonical(text.encode(), PATH, Environment)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: "/".join(path.parts[-3:]))
def test_the_examples_are_canonical(path: Path) -> None:
    raw = path.read_bytes()
    kind = load(raw, str(path)).data.get("kind", "Release")
    assert canonical(raw, str(path), KINDS[kind]) == raw


# ── whatever people write ────────────────────────────────────────────────────────────────────────────────────────
WORDS = st.sampled_from(["a", "b # c", "no", "7", "x: y", "'", '"', "- a", "#", "{}", "[", "1.5", "0755", "é", "a  b"])
NAMES = st.sampled_from(
    ["name", "kind", "spec", "metadata", "labels", "drift", "windows", "allow", "for", "x", "y z", "a.b"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    WORDS | st.integers(0, 99) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


class Hand:
    """Somebody who writes a document in a layout of their own, with remarks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.remarks: list[str] = []
        self.step = draw(st.sampled_from([1, 2, 3, 4]))

    def one_in(self, many: int) -> bool:
        return self.draw(st.integers(1, many)) == 1

    def spaces(self) -> str:
        return " " * self.draw(st.integers(1, 3))

    def new(self) -> str:
        self.remarks.append(f"# c{len(self.remarks)}")
        return self.remarks[-1]

    def above(self, margin: str) -> str:
        return f"{margin}{self.new()}\n" if self.one_in(4) else "\n" * self.one_in(4)

    def beside(self) -> str:
        return f"{self.spaces()}{self.new()}\n" if self.one_in(4) else "\n"

    def word(self, value: Any) -> str:
        found = inline(value)
        is_plain = "#" not in found and '"' not in found
        return found.replace(", ", self.draw(st.sampled_from([",", ", ", " ,  "]))) if is_plain else found

    def block(self, value: Any, depth: int) -> str:
        margin = " " * depth
        if isinstance(value, dict):
            return "".join(
                f"{self.above(margin)}{margin}{self.word(k)}:{self.rest(v, depth)}" for k, v in value.items()
            )
        return "".join(f"{self.above(margin)}{margin}-{self.entry(v, depth)}" for v in value)

    def entry(self, value: Any, depth: int) -> str:
        if isinstance(value, dict) and value and self.one_in(2):
            lines = self.block(value, depth + 2).lstrip("\n")
            return "\n" + lines if lines.lstrip().startswith("#") else f" {lines.lstrip()}"
        return self.rest(value, depth, least=self.step)

    def rest(self, value: Any, depth: int, least: int = 0) -> str:
        if isinstance(value, dict | list) and value and self.one_in(2):
            below = least if isinstance(value, list) and self.one_in(2) else self.step
            return self.beside() + self.block(value, depth + below)
        return f"{self.spaces()}{self.word(value)}{self.beside()}"


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A document in somebody's own layout, and the remarks it has."""
    hand = Hand(draw)
    data = draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
    return hand.block(data, 0) + hand.above(""), hand.remarks


@given(texts())
def test_the_same_is_said_with_the_same_comments_and_it_rests(case: tuple[str, list[str]]) -> None:
    text, remarks = case
    data = load(text.encode(), PATH).data
    found = canonical(text.encode(), PATH, Environment)
    assert found is not None, text
    assert load(found, PATH).data == data
    lines = found.decode().splitlines()
    assert [sum(line.endswith(remark) for line in lines) for remark in remarks] == [1] * len(remarks)
    assert canonical(found, PATH, Environment) == found
    assert not any(line != line.rstrip() for line in lines if "'" not in line and '"' not in line)
