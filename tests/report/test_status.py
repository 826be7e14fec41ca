"""A description is a pure function of what was found; what is written down is what is read again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.conftest import DIGEST, Desk, later, small_world
from tiangong.documents.parse import parse_model
from tiangong.documents.strict import LARGEST
from tiangong.errors import Place, Problem, problem
from tiangong.fleet.reasons import problem_of
from tiangong.messages import render
from tiangong.model.lifecycle import Event
from tiangong.model.stages import Kept, Refusal
from tiangong.model.status import Status, StatusSpec
from tiangong.report.redact import Redactor
from tiangong.report.signer import Identity, signer_of
from tiangong.report.status import Voice, same, write_down
from tiangong.testing.simulator import keyholder


def read(spec: StatusSpec) -> StatusSpec:
    raw = write_down("dev", spec)
    assert len(raw) <= LARGEST
    return parse_model(raw, "status.yaml", Status).spec


def test_what_is_written_is_what_is_read(desk: Desk) -> None:
    desk.world.suppress("inc-1", environments=["dev"])
    desk.ran()
    spec = desk.voice.describe(desk.findings())
    assert same(read(spec), spec)


def test_it_is_a_pure_function(desk: Desk) -> None:
    findings = desk.findings()
    later(desk, days=3)
    assert desk.voice.describe(findings) == desk.voice.describe(findings)


def test_reasons_are_codes_and_facts_and_can_be_said_in_words_again(desk: Desk) -> None:
    desk.world.suppress("inc-1", environments=["dev"])
    said = read(desk.voice.describe(desk.findings())).installations[0]
    assert (said.verdict, [reason.constraint for reason in said.reasons]) == ("held", ["suppression"])
    assert said.earliest is not None
    assert "inc-1" in render(problem_of(said.reasons[0]))


def test_refused_documents_and_what_holds_everything_are_named(desk: Desk) -> None:
    desk.world.raw("products/shop/releases/1.1.0/release.yaml", b"kind: Release\n")
    desk.world.edit("environments/dev/environment.yaml", spec__expires="2026-11-25T11:00:00Z")
    spec = read(desk.voice.describe(desk.findings()))
    assert "products/shop/releases/1.1.0/release.yaml" in {refusal.path.split(":")[0] for refusal in spec.refusals}
    assert [hold.code for hold in spec.holds] == ["trust/environment-expired"]


def test_what_changes_with_every_word_is_left_out(desk: Desk) -> None:
    def said(now: str) -> object:
        return desk.voice.reason("hold", problem("trust/clock", floor="then", now=now))

    assert said("12:00") == said("12:01")


def test_what_nobody_wishes_for_any_more_is_still_shown(desk: Desk) -> None:
    desk.ran()
    findings = desk.findings()
    bare = replace(
        findings, desired=replace(findings.desired, installations={}), plan=replace(findings.plan, verdicts=())
    )
    said = read(desk.voice.describe(bare)).installations
    assert [(one.name, one.version, one.reasons[0].code) for one in said] == [("shop", "1.0.0", "report/not-wished")]
    assert said[0].done_steps == {"one": DIGEST, "two": DIGEST}


def test_a_step_in_doubt_makes_the_run_in_doubt(desk: Desk) -> None:
    run = desk.begin()
    desk.event(run, "one", Event.STARTED, Event.CRASHED)
    said = read(desk.voice.describe(desk.findings())).installations[0]
    assert said.run.result == "in-doubt"
    assert said.run.steps == {"one": "in-doubt", "two": "pending"}


def test_a_huge_closure_stays_small_enough_to_be_read(desk: Desk) -> None:
    findings = desk.findings()
    name = "products/shop/releases/0.0.{}/release.yaml"
    kept = {name.format(n): Kept(name.format(n), "Release", "", 1, DIGEST, b"", ()) for n in range(20_000)}
    refusals = tuple(Refusal(path, "Release", problem("trust/no-signature", Place(path), **facts())) for path in kept)
    memory = replace(findings.desired.memory, kept={**findings.desired.memory.kept, **kept})
    desired = replace(findings.desired, memory=memory, refusals=refusals)
    spec = read(desk.voice.describe(replace(findings, desired=desired)))
    assert set(findings.desired.memory.kept) - set(spec.marks) <= {"products/shop/releases/1.0.0/release.yaml"}
    assert len(spec.refusals) >= 20


def facts() -> dict[str, str]:
    return {"role": "release", "who": "ci-release " * 30}


def test_secrets_are_hidden_in_facts_and_places(desk: Desk) -> None:
    voice = Voice(desk.identity, Redactor(["hunter22"]))
    said = voice.reason("hold", problem("git/away", Place("/hunter22"), why="https://joe:pw@host/ said hunter22"))
    assert "hunter22" not in repr(said)
    assert "pw@" not in repr(said)


IDENTITY = Identity("dev", small_world().repo, "signatures", "i", "0.1.0", signer_of(keyholder("agent-of-dev").private))


NAMES = st.from_regex(r"[a-z][a-z_]{0,19}", fullmatch=True)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(NAMES, st.text(max_size=600) | st.integers(-(10**17), 10**17) | st.booleans()))
def test_whatever_stands_in_a_fact_comes_back_as_it_was_said(found: dict[str, str | int | bool]) -> None:
    voice = Voice(IDENTITY, Redactor())
    spec = voice.trouble(None, [Problem("trust/clock", found, Place("\0x\u202ey"))])
    assert same(read(spec), spec)


@pytest.mark.parametrize("field", ["counter", "previous", "at"])
def test_place_and_time_make_no_difference(desk: Desk, field: str) -> None:
    spec = desk.voice.describe(desk.findings())
    other = {"counter": 9, "previous": DIGEST, "at": later(desk, hours=1)}[field]
    assert same(spec, spec.model_copy(update={field: other}))


def test_another_version_of_the_agent_makes_a_difference(desk: Desk) -> None:
    spec = desk.voice.describe(desk.findings())
    assert not same(spec, spec.model_copy(update={"agent": "0.2.0"}))
