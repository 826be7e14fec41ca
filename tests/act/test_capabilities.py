"""What executors say of a step without touching the world; a third party's mistake is a mistake of that step."""

import pytest

from tiangong.act.capabilities import capabilities_of
from tiangong.errors import Misuse
from tiangong.model.stages import Step
from tiangong.ports import Effects, Traits
from tiangong.testing.fakes import FakeExecutor, FakeExecutors


def step(executor: str = "fake", **spec: object) -> Step:
    return Step(
        "a", executor, spec, once=False, timeout=None, payload={}, folder="products/shop/releases/1", digest="d"
    )


def test_what_is_said() -> None:
    found = capabilities_of(FakeExecutors())
    assert found.names == {"fake"}
    assert found.effects(step(paths=["/srv"], commands=["sh"])) == Effects(paths=("/srv",), commands=("sh",))
    assert found.traits(step(idempotent=False, reversible=True)) == Traits(reversible=True)


def test_only_what_is_asked_about_is_loaded() -> None:
    loaded: list[str] = []

    class Lazy(FakeExecutors):
        def get(self, type_: str) -> FakeExecutor:
            loaded.append(type_)
            return FakeExecutor()

    capabilities_of(Lazy())
    assert loaded == []


@pytest.mark.parametrize(("executor", "code"), [("other", "executor/not-enabled"), ("fake", "step/wrong-spec")])
def test_what_cant_be_said(executor: str, code: str) -> None:
    found = capabilities_of(FakeExecutors())
    for question in (found.effects, found.traits):
        with pytest.raises(Misuse) as caught:
            question(step(executor, colour="red"))
        assert caught.value.problems[0].code == code


def test_a_bug_in_an_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object, _spec: object) -> Traits:
        raise ZeroDivisionError

    monkeypatch.setattr(FakeExecutor, "traits", broken)
    with pytest.raises(Misuse) as caught:
        capabilities_of(FakeExecutors()).traits(step())
    (problem,) = caught.value.problems
    assert problem.code == "step/crashed"
    assert str(problem.place) == "products/shop/releases/1/release.yaml step a"
