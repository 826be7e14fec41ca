"""Logs: every byte once while a run goes on, and in the end only what its agent signed for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.conftest import NOW
from tiangong.errors import Misuse, Refused
from tiangong.fleet.logs import Piece, Reader, View, choose_run, in_doubt, look
from tiangong.fleet.receipts import newest_runs, read_receipt, receipts_of
from tiangong.fleet.statuses import Fleet
from tiangong.report.logs import LARGEST_FINAL
from tiangong.testing.voice import Forge, installation

Cloned = Callable[[], Fleet]
RUN = "20261125t115930-a1b2c3"
NEWER = "20261125t120000-d4e5f6"


def live(*pieces: Piece) -> View:
    return View(RUN, pieces, runs_now=True)


def final(*pieces: Piece) -> View:
    return View(RUN, pieces, "succeeded", signed=True)


def running(run: str = NEWER, step: str = "place", offset: int = 0) -> dict[str, object]:
    return {"run": run, "installation": "shop", "version": "1.1.0", "step": step, "offset": offset, "size": 9}


# ── the reader ───────────────────────────────────────────────────────────────────────────────────────────────────
@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 300), st.integers(1, 80)), max_size=12))
def test_every_byte_is_shown_once_or_counted_as_missed(raw: bytes, looks: list[tuple[int, int]]) -> None:
    reader, shown, seen = Reader(), [], 0
    for wanted, length in sorted(looks):
        end = min(wanted, len(raw))
        start = max(end - length, 0)
        seen = max(seen, end)
        shown += [line for _, line in reader.news(live(Piece("a", start, raw[start:end])))]
    tail = reader.streams["a"].rest if "a" in reader.streams else ""
    assert reader.streams.get("a") is None or reader.streams["a"].size == seen
    if not reader.missed:
        decoder = __import__("codecs").getincrementaldecoder("utf-8")("replace")
        assert "\n".join([*shown, tail]) == decoder.decode(raw[:seen])


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=8))
def test_what_was_shown_live_and_the_final_log_together_are_the_log(raw: bytes, looks: list[int]) -> None:
    reader, shown = Reader(), []
    for end in sorted(looks):
        shown += [line for _, line in reader.news(live(Piece("a", 0, raw[:end])))]
    shown += [line for _, line in reader.news(final(Piece("a", 0, raw)))]
    assert (reader.missed, reader.untrue) == (0, [])
    assert "\n".join(shown) == raw.decode("utf-8", "replace").removesuffix("\n")
    assert list(reader.news(final(Piece("a", 0, raw)))) == []


def test_a_character_cut_in_two_between_looks_is_one_character() -> None:
    reader, raw = Reader(), "prüfen 检查\n".encode()
    shown = [
        line
        for end in range(len(raw) + 1)
        for _, line in reader.news(live(Piece("a", max(end - 3, 0), raw[:end][-3:])))
    ]
    assert shown == ["prüfen 检查"]


def test_what_left_the_tail_is_counted() -> None:
    reader = Reader()
    assert list(reader.news(live(Piece("a", 0, b"one\n")))) == [("a", "one")]
    assert list(reader.news(live(Piece("a", 104, b"two\n")))) == [("a", "two")]
    assert reader.missed == 100
    whole = b"one\n" + b"x" * 100 + b"two\nend\n"
    assert list(reader.news(final(Piece("a", 0, whole)))) == [("a", "end")]


def test_a_long_log_that_was_cut_goes_on_where_it_was() -> None:
    stream = b"".join(b"line %d\n" % number for number in range(200_000))
    half = LARGEST_FINAL // 2 - 64
    cut = stream[:half] + b"\n[many bytes left out]\n" + stream[-half:]
    reader = Reader()
    list(reader.news(live(Piece("a", 0, stream[:-20]))))
    assert list(reader.news(final(Piece("a", 0, cut)))) == [("a", "line 199998"), ("a", "line 199999")]
    assert reader.untrue == []


def test_something_else_than_was_signed_is_found_out_and_the_signed_log_shown() -> None:
    reader = Reader()
    assert list(reader.news(live(Piece("a", 0, b"all is well\n")))) == [("a", "all is well")]
    assert list(reader.news(final(Piece("a", 0, b"failed: no space\nmore\n")))) == [
        ("a", "failed: no space"),
        ("a", "more"),
    ]
    assert reader.untrue == ["a"]


def test_steps_dont_mix() -> None:
    reader = Reader()
    assert list(reader.news(live(Piece("a", 0, b"1\n2"), Piece("b", 0, b"x\n")))) == [("a", "1"), ("b", "x")]
    assert list(reader.news(final(Piece("a", 0, b"1\n2"), Piece("b", 0, b"x\n")))) == [("a", "2")]


# ── final logs ───────────────────────────────────────────────────────────────────────────────────────────────────
def view(cloned: Cloned, run: str = RUN) -> View:
    fleet = cloned()
    return look(fleet.clone, fleet.one("dev", NOW), run, NOW)


def test_a_final_log_is_what_the_receipt_says(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    voice.ran(RUN, {"place": b"placed\n", "restart": b"started\n"})
    voice.say(installation())
    found = view(cloned)
    assert (found.result, found.signed, found.problems) == ("succeeded", True, ())
    assert found.pieces == (Piece("place", 0, b"placed\n"), Piece("restart", 0, b"started\n"))


def test_a_changed_log_is_not_shown(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    voice.ran(RUN, {"place": b"placed\n", "restart": b"started\n"})
    voice.files[f"runs/{RUN}/restart.log"] = b"started, honestly\n"
    voice.say(installation())
    found = view(cloned)
    assert [piece.step for piece in found.pieces] == ["place"]
    assert [(p.code, p.facts["step"]) for p in found.problems] == [("fleet/log-changed", "restart")]


def test_a_missing_log_is_said(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    voice.ran(RUN, {"place": b"placed\n"})
    del voice.files[f"runs/{RUN}/place.log"]
    voice.say(installation())
    found = view(cloned)
    assert (found.pieces, [p.code for p in found.problems]) == ((), ["fleet/no-file"])


def test_a_receipt_of_another_run_is_refused(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    voice.ran(RUN, {"place": b"placed\n"})
    voice.files |= {path.replace(RUN, NEWER): raw for path, raw in voice.files.items()}
    voice.say(installation())
    with pytest.raises(Refused) as caught:
        view(cloned, NEWER)
    assert caught.value.problems[0].code == "fleet/other-run"


def test_a_forged_receipt_is_refused(forge: Forge, cloned: Cloned) -> None:
    liar = forge.voice(key=forge.world.person("mallory"))
    liar.ran(RUN, {"place": b"placed\n"})
    honest = forge.voice()
    honest.files = liar.files
    honest.say(installation())
    with pytest.raises(Refused) as caught:
        view(cloned)
    assert caught.value.problems[0].code == "trust/status-unsigned"
    fleet = cloned()
    assert [(line.run, line.result) for line in newest_runs(fleet.clone, fleet.one("dev", NOW), NOW)] == [(RUN, "")]


def test_a_receipt_outlives_the_key_it_was_signed_with(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice(ago=timedelta(days=30))
    voice.ran(RUN, {"place": b"placed\n"})
    voice.say(installation())
    keys = [
        {"key": forge.world.agent("dev").line, "until": (NOW - timedelta(days=1)).isoformat()},
        {"key": forge.world.person("newer").line},
    ]
    forge.world.edit("environments/dev/agent.yaml", spec__keys=keys)
    newer = forge.push().voice(key=forge.world.person("newer"))
    newer.counter = 1
    newer.say(installation())
    assert view(cloned).result == "succeeded"


def test_a_key_that_had_ended_when_the_run_did_signs_no_receipt(forge: Forge, cloned: Cloned) -> None:
    fleet = cloned()
    voice = forge.voice()
    voice.ran(RUN, {"place": b"x"})
    voice.say(installation())
    line = forge.world.agent("dev").line
    until = (NOW - timedelta(days=1)).isoformat()
    forge.world.edit("environments/dev/agent.yaml", spec__keys=[{"key": line, "until": until}])
    forge.push()
    fleet = cloned()
    agent = fleet.roster.member("dev").agent
    assert agent is not None
    with pytest.raises(Refused):
        read_receipt(fleet.clone.tree(fleet.clone.tip("status/dev")), RUN, agent, NOW)


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_runs_is_shown_as_the_agent_shows_it(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(installation())
    forge.voice().beat(running(offset=100), logs={f"{NEWER}/place": b"tail\n"})
    found = view(cloned, NEWER)
    assert (found.runs_now, found.signed, found.result) == (True, False, None)
    assert found.pieces == (Piece("place", 100, b"tail\n"),)


def test_a_run_in_doubt_has_ended_for_a_reader(forge: Forge, cloned: Cloned) -> None:
    run = {"id": RUN, "version": "1.1.0", "kind": "upgrade", "result": "in-doubt", "started": NOW.isoformat()}
    steps = {"place": "done", "restart": "in-doubt"}
    forge.voice().say(installation(run={**run, "steps": steps}))
    fleet = cloned()
    said = fleet.one("dev", NOW)
    assert in_doubt(said, RUN) == (("restart",), "shop")
    assert look(fleet.clone, said, RUN, NOW).result == "in-doubt"


# ── which run ────────────────────────────────────────────────────────────────────────────────────────────────────
def short(run: str, result: str = "succeeded") -> dict[str, object]:
    whole = {"id": run, "version": "1.0.0", "kind": "install", "result": result, "started": NOW.isoformat()}
    return {**whole, "ended": NOW.isoformat()}


def test_the_newest_run_is_meant_when_none_is_named(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    voice.ran("20260101t000000-000000", {"place": b"old\n"})
    voice.say(installation("shop", run=short(RUN)), installation("auth"))
    forge.voice().beat(running(NEWER))
    fleet = cloned()
    said = fleet.one("dev", NOW)
    assert choose_run(fleet.clone, said, "") == NEWER
    assert choose_run(fleet.clone, said, "shop") == NEWER
    assert choose_run(fleet.clone, said, RUN) == RUN
    assert choose_run(fleet.clone, said, "20260101t000000-000000") == "20260101t000000-000000"
    for wanted, code in (("auth", "fleet/no-run"), ("nix", "fleet/unknown-run"), ("../x", "fleet/unknown-run")):
        with pytest.raises(Misuse) as caught:
            choose_run(fleet.clone, said, wanted)
        assert caught.value.problems[0].code == code


def test_runs_are_listed_newest_first(forge: Forge, cloned: Cloned) -> None:
    voice = forge.voice()
    for number in range(20):
        voice.ran(f"202611{number + 1:02}t000000-000000", {"place": b"x"})
    voice.ran(RUN, {"place": b"x"}, installation="auth", result="failed")
    voice.say(installation("shop", run=short(NEWER, "running")), installation("auth", run=short(RUN, "failed")))
    fleet = cloned()
    said = fleet.one("dev", NOW)
    found = newest_runs(fleet.clone, said, NOW)
    assert [line.result for line in found[:3]] == ["running", "failed", "succeeded"]
    assert len(found) == 8
    assert [line.run for line in newest_runs(fleet.clone, said, NOW, "auth")] == [RUN]
    assert receipts_of(fleet.clone, said, NOW).keys() == {RUN, NEWER} - {NEWER}


def test_receipts_of_what_never_ended_are_not_missed(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(installation(run=short(RUN)))
    fleet = cloned()
    assert receipts_of(fleet.clone, fleet.one("dev", NOW), NOW) == {}
