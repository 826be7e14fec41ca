"""What would happen next, from Git and a signed status alone."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.fleet.conftest import NOW
from tiangong.documents.digest import sha512
from tiangong.errors import Refused
from tiangong.fleet.forecast import basis_of, refusals_of, verdicts_of
from tiangong.fleet.foresight import Foresight, foresee, unenforced
from tiangong.fleet.receipts import receipts_of
from tiangong.fleet.statuses import Fleet
from tiangong.planner.resolve import resolve
from tiangong.planner.steps import steps_of
from tiangong.testing.voice import Forge, installation
from tiangong.trust.reading import Cache

Cloned = Callable[[], Fleet]
SHELL = {"name": "restart", "executor": "shell", "with": {"run": ["systemctl", "restart", "shop"]}}
ALLOWED = {"shell": {"commands": ["systemctl"]}}


def ahead(fleet: Fleet, at: datetime = NOW, commit: str = "") -> Foresight:
    said = fleet.one("dev", NOW)
    clone = fleet.clone
    return foresee(clone.snapshot(commit or clone.main()), said, receipts_of(clone, said, NOW), at, Cache())


def done_steps(forge: Forge, found: Foresight, version: str) -> dict[str, str]:
    """The steps of a release as an agent that did them would list them."""
    wish, release = resolve(found.desired)["shop"], found.desired.releases["shop"][version]
    return {step.name: step.digest for step in steps_of(wish, release)}


def installed(forge: Forge, found: Foresight, version: str) -> dict[str, object]:
    path = f"products/shop/releases/{version}/release.yaml"
    return installation(
        version=version,
        release=sha512(forge.world.files[path]),
        since=NOW.isoformat(),
        doneSteps=done_steps(forge, found, version),
    )


def test_an_environment_that_never_reported_starts_from_nothing(cloned: Cloned) -> None:
    fleet = cloned()
    found = ahead(fleet)
    (verdict,) = verdicts_of(found.plan)
    assert (verdict.verdict, verdict.installed, verdict.target) == ("ready", None, "1.0.0")
    assert verdict.change is not None
    assert [step.name for step in verdict.change.steps] == ["place"]
    assert basis_of(found.said.status, fleet.clone.main()).source == "nothing"


def test_what_is_installed_is_known_from_the_status(forge: Forge, cloned: Cloned) -> None:
    forge.voice().say(installed(forge, ahead(cloned()), "1.0.0"))
    found = ahead(cloned())
    (verdict,) = verdicts_of(found.plan)
    assert (verdict.verdict, verdict.change) == ("up-to-date", None)
    assert basis_of(found.said.status, forge.commit).counter == 1
    forge.world.release("shop", "1.1.0", payload={"app/index.html": b"new"})
    forge.push()
    (verdict,) = verdicts_of(ahead(cloned()).plan)
    assert verdict.change is not None
    assert (verdict.change.kind, verdict.target) == ("upgrade", "1.1.0")


def test_a_branch_is_planned_as_if_it_were_main(forge: Forge, cloned: Cloned) -> None:
    forge.world.release("shop", "1.1.0")
    commit = forge.world.commit_to(forge.bare, "add")
    fleet = cloned()
    assert ahead(fleet).plan.verdicts[0].target == "1.0.0"
    assert ahead(fleet, commit=fleet.clone.branch("origin/add")).plan.verdicts[0].target == "1.1.0"
    assert fleet.clone.branch("add") == commit


def test_a_window_opens_at_its_time(forge: Forge, cloned: Cloned) -> None:
    window = {"name": "nights", "cron": "0 1 * * *", "for": "4h"}
    forge.world.edit("environments/dev/environment.yaml", spec__windows={"allow": [window]})
    forge.push()
    fleet = cloned()
    (verdict,) = ahead(fleet).plan.verdicts
    assert (verdict.word, [reason.constraint for reason in verdict.reasons]) == ("held", ["window"])
    assert verdict.earliest is not None
    assert ahead(fleet, verdict.earliest).plan.verdicts[0].word == "ready"
    assert ahead(fleet, verdict.earliest - timedelta(minutes=1)).plan.verdicts[0].word == "held"


def test_what_a_step_may_touch_is_asked_here_as_on_the_host(forge: Forge, cloned: Cloned) -> None:
    forge.world.release("shop", "1.1.0", steps=[SHELL])
    forge.push()
    found = ahead(cloned())
    assert [reason.constraint for reason in found.plan.verdicts[0].candidates[0].reasons] == ["envelope"]
    forge.world.edit("environments/dev/environment.yaml", spec__envelope=ALLOWED)
    forge.push()
    found = ahead(cloned())
    assert (found.plan.verdicts[0].target, found.plan.verdicts[0].word) == ("1.1.0", "ready")
    assert unenforced(found.desired, "shop", "1.1.0") == ("restart",)
    assert unenforced(found.desired, "shop", "1.0.0") == ()
    assert unenforced(found.desired, "shop", "9.9.9") == unenforced(found.desired, "nix", "1.0.0") == ()


def test_the_user_is_the_hosts_affair(forge: Forge, cloned: Cloned) -> None:
    forge.world.release("shop", "1.1.0", steps=[SHELL])
    envelope = {"shell": {"commands": ["systemctl"], "user": "nobody-here"}}
    forge.world.edit("environments/dev/environment.yaml", spec__envelope=envelope)
    forge.push()
    assert ahead(cloned()).plan.verdicts[0].word == "ready"


def test_an_executor_nobody_has_here_is_left_to_the_agent(forge: Forge, cloned: Cloned) -> None:
    forge.world.release("shop", "1.1.0", steps=[{"name": "go", "executor": "teleport", "with": {"to": "mars"}}])
    forge.push()
    assert ahead(cloned()).plan.verdicts[0].word == "ready"


def test_refused_documents_are_named(forge: Forge, cloned: Cloned) -> None:
    forge.world.raw("products/shop/releases/1.1.0/release.yaml", b"kind: Release\n")
    forge.push()
    found = ahead(cloned())
    refused = refusals_of(found.desired.refusals)
    assert {one.path.partition(" ")[0].partition(":")[0] for one in refused} == {
        "products/shop/releases/1.1.0/release.yaml"
    }
    assert verdicts_of(found.plan)[0].target == "1.0.0"


def test_without_a_root_nothing_is_foreseen(forge: Forge, cloned: Cloned) -> None:
    forge.world.raw("trust/root/1.yaml", None)
    forge.push()
    with pytest.raises(Refused):
        ahead(cloned())
