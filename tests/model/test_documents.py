"""What can't be meant is refused when a document is read, with its place: before anybody signs it, and by every agent."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from tiangong.documents.dump import dump
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at
from tiangong.errors import Misuse
from tiangong.messages.catalogue import render
from tiangong.model.kinds import KINDS
from tiangong.model.policy import Role
from tiangong.testing.simulator import World

RELEASE = "products/shop/releases/1.0.0/release.yaml"
DIGEST = "sha512:" + "0" * 128
Change = Callable[[dict[str, Any]], object]


def world() -> World:
    world = World.small()
    world.put({"kind": "Profile", "metadata": {"name": "night"}, "spec": {"drift": "repair"}})
    world.release("shop", "1.0.0")
    world.promote("shop", "1.0.0", "stable")
    world.withdraw(world.suppress("inc-1"))
    world.approve("shop", "1.0.0", "dev/shop", "alice")
    world.revoke("bob")
    world.recall("shop", "^9")
    world.seal("dev", "shop-db", b"")
    return world


WORLD = world()


def said(path: str, change: Change) -> str:
    """What is said of a document after a change, with everything signed as it should be."""
    from tiangong.documents.strict import load

    data = load(WORLD.files[path], path).data
    change(data)
    with pytest.raises(Misuse) as caught:
        parse(dump(data), path)
    return "\n".join(render(problem) for problem in caught.value.problems)


def spec(**fields: Any) -> Change:
    return lambda data: data["spec"].update(fields)


def test_there_is_one_of_each_kind() -> None:
    assert {kind for path in WORLD.files if (kind := kind_at(path))} == set(KINDS)
    for kind, model in KINDS.items():
        assert model.__name__ == kind
        assert model.model_fields["kind"].annotation is not None
        assert get_args(model.model_fields["kind"].annotation) == (kind,)


STEP = {"name": "a", "executor": "file", "with": {}}


@pytest.mark.parametrize(
    ("path", "change", "words"),
    [
        (RELEASE, spec(steps=[STEP, STEP]), ["spec.steps", "has a step named a twice"]),
        (RELEASE, spec(steps=[STEP], uninstall=[STEP]), ["under steps and uninstall, a step named a twice"]),
        (RELEASE, spec(steps=[]), ["spec.steps"]),
        (RELEASE, spec(payload={"../x": DIGEST}), ["spec.payload.../x", "is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"a/../../x": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"/etc/passwd": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"a//b": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={".ssh/id": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"a/.git/x": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"a\\b": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"a\nb": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"/".join("abcdefghi"): DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"x" * 99 + "/" + "y" * 99 + "/zz": DIGEST}), ["is not a path of a file below the folder"]),
        (RELEASE, spec(payload={"app/A": DIGEST, "app/a": DIGEST}), ["when case is ignored, app/a twice"]),
        (RELEASE, spec(payload={"a": "sha256:00"}), ["spec.payload.a"]),
        ("tiangong.yaml", spec(channels=["release", "release"]), ["spec.channels", "names release twice"]),
        ("tiangong.yaml", spec(channels=[]), ["spec.channels"]),
        (
            "profiles/night.yaml",
            spec(windows={"deny": [{"name": "x", "from": "2026-12-02T00:00:00Z", "until": "2026-12-02T00:00:00Z"}]}),
            ["spec.windows.deny[0]", "must end after it begins"],
        ),
        ("trust/root/1.yaml", spec(root={"threshold": 2, "people": {"a": ["x"]}}), ["spec.root", "more people than it names"]),
        ("trust/root/1.yaml", spec(root={"people": {}}), ["spec.root.people"]),
        ("trust/root/1.yaml", spec(root={"people": {"Not A Name": ["x"]}}), ["Not A Name"]),
        ("trust/root/1.yaml", spec(version=2), ["spec.version"]),
        ("trust/policy.yaml", spec(roles=[{"role": "king", "who": ["alice"]}]), ["spec.roles[0].role"]),
        ("trust/policy.yaml", spec(roles=[{"role": "owner", "who": []}]), ["spec.roles[0].who"]),
        ("trust/policy.yaml", spec(roles=[{"role": "owner", "who": ["a"], "threshold": 0}]), ["threshold"]),
        ("trust/policy.yaml", spec(roles=[{"role": "owner", "who": ["a"], "labels": ["qa"]}]), ["not supported yet"]),
        ("trust/policy.yaml", spec(people={"alice": {"keyz": []}}), ["keyz", "keys"]),
        ("trust/policy.yaml", spec(authorities=[{"name": "a", "ca": "x", "people": "nobody"}]), ["spec.authorities[0].people"]),
        ("trust/policy.yaml", spec(expires="tomorrow"), ["spec.expires", "2026-12-01T08:00:00+01:00"]),
        ("environments/dev/agent.yaml", spec(keys=[]), ["spec.keys"]),
        ("environments/dev/environment.yaml", spec(connectivity="airgapped"), ["spec.connectivity", "connected"]),
        ("environments/dev/environment.yaml", spec(approvals=[{"require": -1}]), ["spec.approvals[0].require"]),
        ("environments/dev/installations/shop.yaml", spec(pin="1.0.0"), ["spec.pin", "not supported yet"]),
        ("environments/dev/installations/shop.yaml", spec(overrides=[{"versions": "||", "config": {}}]), ["version range"]),
        ("suppressions/inc-1.yaml", lambda data: data["spec"].pop("until"), ["until"]),
        ("suppressions/inc-1.yaml", lambda data: data["spec"].pop("reason"), ["reason"]),
        ("channels/stable.yaml", lambda data: data.update(spec={"require": {"labels": {}}}), ["not supported yet"]),
        ("products/shop/product.yaml", spec(rollout={}), ["spec.rollout", "not supported yet"]),
    ],
)  # fmt: skip
def test_what_cant_be_meant_is_said_with_its_place(path: str, change: Change, words: list[str]) -> None:
    spoken = said(path, change)
    assert spoken.startswith(path)
    for word in words:
        assert word in spoken
    assert "fix: " in spoken


def test_every_role_has_a_name_people_know() -> None:
    for role in get_args(Role):
        assert "not one of" not in (spoken := said("trust/policy.yaml", spec(roles=[{"role": role, "who": []}]))), (
            spoken
        )


@pytest.mark.parametrize("path", sorted(path for path in WORLD.files if kind_at(path)))
def test_documents_are_frozen_and_closed(path: str) -> None:
    document = parse(WORLD.files[path], path)
    with pytest.raises(ValueError, match="frozen"):
        document.kind = "Other"
    assert "more" in said(path, lambda data: data.update(more=1))
    assert "more" in said(path, lambda data: data["metadata"].update(more=1))
    assert parse(dump(document), path) == document
