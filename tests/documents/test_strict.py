"""The strict YAML subset: what is refused and how, what is read, and that it is what other readers read."""

from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tiangong.documents.strict import DEEPEST, LARGEST, MOST_NODES, load
from tiangong.errors import Misuse, Problem
from tiangong.messages import render

PATH = "profiles/demo.yaml"


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(Misuse) as caught:
        load(raw, PATH)
    (found,) = caught.value.problems
    assert str(found.place).startswith(PATH)
    assert "Traceback" not in render(found)
    return found.code.removeprefix("document/"), str(found.place).removeprefix(PATH).strip(":")


@pytest.mark.parametrize(
    ("raw", "code", "place"),
    [
        (b"a: 1\r\nb: 2\r\n", "crlf", "1:5"),
        (b"a: 1\rb: 2\n", "character", "1:5"),
        (b"\xef\xbb\xbfa: 1\n", "byte-order-mark", "1:1"),
        ("a: é\n".encode("latin-1"), "not-utf8", "1"),
        ("a: 1\n".encode("utf-16"), "not-utf8", "1"),
        ("a: 1\n".encode("utf-16-le"), "character", "1:2"),
        ("a: x\u202ey\n".encode(), "character", "1:5"),
        ("a: 1 # \u200bx\n".encode(), "character", "1:8"),
        ("a: x\u0085b: 1\n".encode(), "character", "1:5"),
        (b'a: "x\\0y"\n', "character", "1:4 a"),
        (b"a: \x1b[31m\n", "character", "1:4"),
        (b"", "not-a-mapping", "1"),
        (b"# only words\n", "not-a-mapping", "1"),
        (b"- a\n- b\n", "not-a-mapping", "1"),
        (b"just words\n", "not-a-mapping", "1"),
        (b"a: &x 1\n", "anchor-or-tag", "1:4 a"),
        (b"a: *x\n", "alias", "1:4 a"),
        (b"a: !!str 1\n", "anchor-or-tag", "1:4 a"),
        (b"a: ! 1\n", "anchor-or-tag", "1:4 a"),
        (b"a: !!python/object/apply:os.system [id]\n", "anchor-or-tag", "1:4 a"),
        (b"---\na: 1\n", "marker", "1:1"),
        (b"%YAML 1.1\n---\na: 1\n", "marker", "1:1"),
        (b"a: 1\n...\n", "marker", "2:1"),
        (b"a: 1\n---\nb: 1\n", "marker", "2:1"),
        (b"<<: {a: 1}\n", "ambiguous", "1:1"),
        (b'"<<": {a: 1}\n', "bad-key", "1:1"),
        (b"? [a]\n: 1\n", "complex-key", "1:3"),
        (b"{a: 1}: 1\n", "complex-key", "1:1"),
        (b"? |\n  a\n: 1\n", "bad-key", "1:3"),
        (b'"": 1\n', "bad-key", "1:1"),
        (b"?\n: 1\n", "bad-key", "1:2"),
        (b"a: 1\nb: 1\n'a': 2\n", "duplicate-key", "3:1"),
        (b"spec:\n  env: {a: 1, a: 2}\n", "duplicate-key", "2:15 spec.env"),
        (b"8080: x\n", "ambiguous-key", "1:1"),
        (b"true: x\n", "ambiguous-key", "1:1"),
        (b"no: x\n", "ambiguous", "1:1"),
        (b"a: [1, 2\n", "syntax", "2:1"),
        (b"a: b: c\n", "syntax", "1:5"),
        (b"a:\n\t- b\n", "syntax", "2:1"),
        (b"@a: 1\n", "syntax", "1:1"),
        (b"version: >=1.3.0 <1.3.4\n", "syntax", "1:11"),
        (b'a: "\\ud800"\n', "syntax", "1:7"),
    ],
)
def test_what_is_outside_the_profile_is_refused_with_its_place(raw: bytes, code: str, place: str) -> None:
    assert refusal(raw) == (code, place)


AMBIGUOUS = (
    "no Yes ON off True NULL = 0755 0o17 0x10 0b1 1e3 1.5E-3 +1 1. .5 .inf -.INF .NaN 22:22 1:2:3.5 1_000 "
    "2026-12-18 2026-1-8 1234567890123456789"
)


@pytest.mark.parametrize("word", AMBIGUOUS.split())
def test_a_word_that_readers_take_for_different_things_is_to_be_quoted(word: str) -> None:
    with pytest.raises(Misuse) as caught:
        load(f"a:\n  - x\n  - {word}\n".encode(), PATH)
    (found,) = caught.value.problems
    assert found.code == "document/ambiguous"
    assert str(found.place) == f"{PATH}:3:5 a[1]"
    assert f'quote it: "{word}"' in render(found)
    assert load(f'a: "{word}"\n'.encode(), PATH).data == {"a": word}


EVERYDAY = (
    "7d 95% 1.2.3 2026-12-18T00:00:00+01:00 2026-12-18T00:00:00Z shop@1.4.0 ^1 sha512:00 127.0.0.1:80 on-call nobody y n "
    "4GiB Europe/Berlin ${config.listen} v1 1.4.0-rc.1"
)


@pytest.mark.parametrize("word", EVERYDAY.split())
def test_everyday_words_need_no_quotes(word: str) -> None:
    assert load(f"a: {word}\n".encode(), PATH).data == {"a": word}


def test_plain_words_have_their_types() -> None:
    raw = b"a: [true, false, null, ~, 0, -7, 123456789012345678, 1.10, -0.5]\nb:\nc: {d}\n"
    data = load(raw, PATH).data
    assert data == {"a": [True, False, None, None, 0, -7, 123456789012345678, 1.1, -0.5], "b": None, "c": {"d": None}}
    assert [type(value) for value in data["a"][4:]] == [int, int, int, float, float]


def test_escapes_show_what_they_mean_and_are_read() -> None:
    assert load(rb'a: "\u200d\e[0m\t\n"' + b"\n", PATH).data == {"a": "\u200d\x1b[0m\t\n"}


def test_places_are_those_of_values_and_of_parents_for_what_is_missing() -> None:
    parsed = load(b"metadata: {name: shop}\nspec:\n  steps:\n    - name: a\n      with: {x: 1.10}\n", PATH)
    assert str(parsed.place(("spec", "steps", 0, "with", "x"))) == f"{PATH}:5:17 spec.steps[0].with.x"
    assert str(parsed.place(("metadata", "generation"))) == f"{PATH}:1:11 metadata.generation"
    assert str(parsed.place(())) == f"{PATH}:1:1"
    assert parsed.written[("spec", "steps", 0, "with", "x")] == "1.10"


def test_size_depth_and_number_are_bounded() -> None:
    assert refusal(b"a: " + b"x" * LARGEST)[0] == "too-large"
    assert refusal(b"a: " + b"[" * 100_000)[0] == "too-deep"
    assert refusal(b"a: " + b"[" * DEEPEST + b"]" * DEEPEST)[0] == "too-deep"
    assert refusal(b"a: [" + b"x," * MOST_NODES + b"]")[0] == "too-many"
    assert load(b"a: " + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1), PATH).data
    assert len(load(b"a: [" + b"x," * (MOST_NODES - 3) + b"]", PATH).data["a"]) == MOST_NODES - 3


def test_a_long_word_from_outside_is_cut_in_messages() -> None:
    with pytest.raises(Misuse) as caught:
        load(b"a: 0" + b"1" * 500_000, PATH)
    assert len(render(caught.value.problems[0])) < 500


PIECES = ["a", "b: ", "? ", "- ", ": ", "\n", "\n  ", "\n    ", *'[]{}"#%|', "'", ", ", "&x ", "*x", "!t ", ">-", " "]
WORDS = ["---\n", "...\n", "\t", "no", "1.10", "0755", "~", "<<", "=", "é", "\\", "x" * 200]
YAMLISH = st.lists(st.sampled_from(PIECES + WORDS)).map("".join)


def read(raw: bytes) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    try:
        return load(raw, PATH).data, ()
    except Misuse as error:
        return None, error.problems


@given(st.one_of(st.binary(max_size=200), YAMLISH.map(str.encode)))
@example(b"\x00")
@example(b"a: \xff")
def test_whatever_comes_is_read_or_refused_never_anything_else(raw: bytes) -> None:
    parsed, problems = read(raw)
    assert isinstance(parsed, dict) != bool(problems)
    assert all(render(problem) for problem in problems)


@given(YAMLISH)
def test_what_is_read_is_what_other_readers_read(text: str) -> None:
    ours, problems = read(text.encode())
    if problems:
        return
    try:
        theirs = yaml.safe_load(text)
    except yaml.YAMLError:
        return  # libyaml is more patient with tabs between words
    assert ours == theirs


SCALAR = st.from_regex(r"\A[-+.0-9a-zA-Z_:~=<]{1,12}\Z")


@given(SCALAR)
@example("1.10")
@example("12345678")
@example("0.30000000000000004")
def test_an_unquoted_word_means_the_same_to_other_readers(word: str) -> None:
    ours, _ = read(f"a: {word}".encode())
    assume(ours is not None and not word.startswith(("-", ":")) and word.count("-") < 2)  # a list; a time
    theirs = yaml.safe_load(f"a: {word}")
    assert (ours, type((ours or {}).get("a"))) == (theirs, type(theirs.get("a")))
