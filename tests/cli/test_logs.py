"""`tiangong logs`: what a run printed, checked, and harmless for a terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Reads
from tiangong.cli.logs import plain
from tiangong.testing.voice import Forge, installation

RUN = "20261125t115930-a1b2c3"
NEWER = "20261125t120000-d4e5f6"


def short(run: str, result: str, now: str) -> dict[str, object]:
    whole = {"id": run, "version": "1.0.0", "kind": "install", "result": result, "started": now, "ended": now}
    return {**whole, "steps": {"place": "done", "restart": "in-doubt"}} if result == "in-doubt" else whole


@pytest.fixture
def ran(forge: Forge) -> Callable[..., None]:
    """An agent whose run ended."""

    def happen(result: str = "succeeded", **logs: bytes) -> None:
        voice = forge.voice()
        voice.ran(RUN, logs or {"place": b"placed\n", "restart": b"started\n"}, result=result)
        voice.say(installation(run=short(RUN, result, forge.now.isoformat())))

    return happen


@pytest.mark.parametrize(
    "words", [["dev"], ["dev/shop"], [f"dev/{RUN}"], [RUN], [RUN, "--env", "dev"], ["shop", "--env", "dev"]]
)
def test_a_run_is_found_in_many_ways(words: list[str], ran: Callable[..., None], reads: Reads) -> None:
    ran()
    found = reads("logs", *words)
    assert (found.code, found.out) == (0, "place | placed\nrestart | started\n")
    assert found.err.splitlines() == [f"Run {RUN} of dev:", f"Run {RUN}: succeeded."]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nix"], "logs/whose"),
        (["20200101t000000-000000"], "logs/whose"),
        (["dev/nix"], "fleet/unknown-run"),
        ([RUN, "--env", "nix"], "fleet/no-environment"),
        (["dev", "-f", "--offline"], "logs/follow-offline"),
    ],
)
def test_asking_for_what_isnt_there(words: list[str], code: str, ran: Callable[..., None], reads: Reads) -> None:
    ran()
    found = reads("logs", *words)
    assert (found.code, found.out) == (2, "")
    assert code in found.err


def test_nothing_ran_yet(forge: Forge, reads: Reads) -> None:
    assert "fleet/no-status" in reads("logs", "dev").err
    forge.voice().say(installation())
    found = reads("logs", "dev")
    assert found.code == 2
    assert "nothing ran in dev yet" in found.err


def test_a_failed_runs_log_is_an_answer(ran: Callable[..., None], reads: Reads) -> None:
    ran("failed")
    assert reads("logs", "dev").code == 0
    assert reads("logs", "dev", "--exit-code").code == 1
    assert reads("logs", "dev", "-f").code == 0
    assert reads("logs", "dev", "-f", "--exit-code").code == 1


def test_a_good_runs_exit_code(ran: Callable[..., None], reads: Reads) -> None:
    ran()
    assert reads("logs", "dev", "-f", "--exit-code").code == 0


def test_a_changed_log_is_refused(forge: Forge, reads: Reads) -> None:
    voice = forge.voice()
    voice.ran(RUN, {"place": b"placed\n", "restart": b"failed\n"})
    voice.files[f"runs/{RUN}/restart.log"] = b"all is well\n"
    voice.say(installation())
    found = reads("logs", RUN)
    assert (found.code, found.out) == (4, "place | placed\n")
    assert "fleet/log-changed" in found.err


def test_an_agent_that_isnt_trusted_is_not_quoted(forge: Forge, reads: Reads) -> None:
    liar = forge.voice(key=forge.world.person("mallory"))
    liar.ran(RUN, {"place": b"all is well\n"})
    liar.say(installation())
    found = reads("logs", RUN)
    assert (found.code, found.out) == (4, "")


def test_what_runs_is_shown_so_far(forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation())
    step = {"run": NEWER, "installation": "shop", "version": "1.1.0", "step": "place", "offset": 50, "size": 60}
    forge.voice().beat(step, logs={f"{NEWER}/place": b"half done\n"})
    found = reads("logs", "dev", "--exit-code")
    assert (found.code, found.out) == (0, "place | half done\n")
    assert "50 bytes went by" in found.err
    assert "nobody signed this" in found.err


def test_a_run_in_doubt_asks_for_a_person(forge: Forge, reads: Reads) -> None:
    forge.voice().say(installation(run=short(RUN, "in-doubt", forge.now.isoformat())))
    found = reads("logs", "dev", "-f")
    assert found.code == 6
    assert "restart" in found.err
    assert f"tiangong agent resolve {RUN}" in found.err


def test_while_the_remote_is_away_what_is_here_is_shown(
    forge: Forge, ran: Callable[..., None], reads: Reads, clone: Callable[[], Path], tmp_path: Path
) -> None:
    ran()
    clone()
    forge.bare.rename(tmp_path / "gone.git")
    found = reads("logs", "dev")
    assert found.code == 5
    assert "place | placed" in found.out
    assert reads("logs", "dev", "--offline").code == 0


# ── strangers ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", ["red"]),
        ("\x1b]0;title\x07text", ["text"]),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", ["link"]),
        ("a\tb", ["a       b"]),
        ("10%\r20%\r100%", ["10%", "20%", "100%"]),
        ("hidden\rshown\r", ["hidden", "shown"]),
        ("", [""]),
    ],
)
def test_a_line_is_only_text(line: str, shown: list[str]) -> None:
    assert plain(line) == shown


def test_whatever_a_step_prints_the_terminal_obeys_none_of_it(ran: Callable[..., None], reads: Reads) -> None:
    ran(place=bytes(range(256)) + "\u202e\u2066\x9b2J\ud7ff".encode() + b"\n\x1b[2J\x1b\nend", restart=b"")
    found = reads("logs", "dev")
    assert found.code == 0
    assert not [c for c in found.out if c not in "\n" and (c < " " or "\x7f" <= c <= "\x9f" or c in "\u202e\u2066")]
    assert found.out.endswith("place | end\n")
