"""What the tool writes is read back as the same values, whatever they are, and looks as people would write it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tiangong.documents.parse import dump, parse, parse_model
from tiangong.documents.strict import load
from tiangong.errors import Misuse
from tiangong.model.status import Heartbeat, HeartbeatSpec, StatusMetadata

WORDS = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.text(
        st.sampled_from("-+.:0123456789abcdefxyz#'\"\\{}[],&*!|>%@` \n\t\r\u200b\u202e\x85\ufeff\U000e0001~=?"),
        max_size=12,
    ),
    st.sampled_from(
        ["no", "Yes", "1.10", "0755", "2026-12-18", "~", "", "<<", "7d", "=", "---", "...", "null", "0x1F"]
    ),
)
KEYS = WORDS.filter(lambda key: key not in ("", "<<"))
DECIMALS = st.decimals(-(10**9), 10**9, places=6).map(float)
LEAVES = st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | DECIMALS | WORDS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@given(st.dictionaries(KEYS, VALUES, max_size=5))
@example({"a": 0.1 + 0.2, "b": 1e15 / 10, "k" * 200: {"x" * 200 + " " + "y": ["z " * 100]}})
def test_written_values_are_read_back(value: dict[str, Any]) -> None:
    assert load(dump(value), "x.yaml").data == value


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.sampled_from([None, "'", '"']), st.booleans())
def test_what_another_writer_wrote_means_the_same_or_is_refused(value: dict[str, Any], style: str, flow: bool) -> None:
    text = yaml.safe_dump(value, default_style=style, default_flow_style=flow, allow_unicode=True)
    try:
        read = load(text.encode(), "x.yaml").data
    except Misuse:
        return
    assert read == yaml.safe_load(text)


@given(st.text(st.characters(categories=["Cs", "Cc", "Lu"]), max_size=8))
def test_anything_can_be_written(text: str) -> None:
    load(dump({"detail": text}), "x.yaml")


def test_what_no_document_may_hold_is_replaced() -> None:
    assert load(dump({"detail": "a\0b\udcffc"}), "x.yaml").data == {
        "detail": "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    }


@pytest.mark.parametrize("number", [10**18, -(10**18), 1e300, 1e-30, float("inf"), float("nan")])
def test_a_number_no_document_may_hold_is_refused(number: float) -> None:
    with pytest.raises(Misuse) as caught:
        dump({"a": number})
    assert caught.value.problems[0].code == "document/number-too-long"


def test_it_looks_as_people_write_it() -> None:
    value = {
        "apiVersion": "tiangong.dev/v1",
        "metadata": {"name": "shop"},
        "spec": {
            "until": "2026-12-18T00:00:00+01:00",
            "version": "1.10",
            "keep": 3,
            "mode": "0640",
            "for": "7d",
            "list": ["a", "no"],
            "none": {},
        },
    }
    assert dump(value).decode() == (
        "apiVersion: tiangong.dev/v1\nmetadata:\n  name: shop\nspec:\n  until: 2026-12-18T00:00:00+01:00\n"
        '  version: "1.10"\n  keep: 3\n  mode: "0640"\n  for: 7d\n  list:\n    - a\n    - "no"\n  none: {}\n'
    )


def test_a_model_is_written_without_what_is_default() -> None:
    at = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    spec = HeartbeatSpec(counter=7, instance="i1", at=at, agent="0.1.0", revision="ab" * 20)
    beat = Heartbeat(apiVersion="tiangong.dev/v1", kind="Heartbeat", metadata=StatusMetadata(name="prod"), spec=spec)
    raw = dump(beat)
    assert b"running" not in raw
    assert b"  at: 2026-11-24T06:00:00+00:00\n" in raw
    assert parse_model(raw, "heartbeat.yaml", Heartbeat) == beat


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tiangong.yaml", "kind: Fleet\nmetadata: {name: acme}\nspec: {channels: [release, stable]}\n"),
        (
            "profiles/p.yaml",
            (
                "kind: Profile\nmetadata: {name: p}\nspec:\n  windows:\n    allow: [{name: n, cron: '0 1 * * TUE', for: 4h}]\n"
                "    deny: [{name: y, from: 2026-12-18T00:00:00+01:00, until: 2027-01-07T00:00:00+01:00}]\n"
                "  envelope: {paths: ['/srv/**'], shell: {commands: [systemctl]}}\n  install: [{product: shop, channel: stable}]\n"
            ),
        ),
        (
            "products/shop/releases/1.4.0/release.yaml",
            (
                "kind: Release\nmetadata: {name: shop@1.4.0}\nspec:\n  config: {listen: {type: integer, default: 8080}}\n"
                "  steps: [{name: a, executor: file, with: {mode: '0640', values: {x: null}}, timeout: 90s}]\n"
            ),
        ),
    ],
)
def test_documents_survive_reading_and_writing(path: str, text: str) -> None:
    document = parse(f"apiVersion: tiangong.dev/v1\n{text}".encode(), path)
    assert parse(dump(document), path) == document
