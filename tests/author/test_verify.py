"""The required check: what an agent would refuse, of any commit, of what is staged, of the work tree."""

import json

from jsonschema import Draft202012Validator

from tests.author.office import DEV, POLICY, SHOP, Desk, Office
from tiangong.documents.schema import schemas

EXTRA = "products/extra/product.yaml"


def test_in_order(alice: Desk) -> None:
    said = alice.run("verify")
    assert (said.code, said.out) == (0, "11 documents: every signature, role and generation is in order.\n")
    assert alice.run("verify", "HEAD").out == said.out
    assert alice.run("verify", "--index").out == said.out


def test_work_tree_index_and_commit_are_different_things(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    assert alice.run("verify", "HEAD").code == 0
    assert alice.run("verify", "--index").code == 0
    said = alice.run("verify")
    assert said.code == 4
    assert f"{DEV}\n  the signature of alice doesn't count" in said.out
    assert "An agent would refuse" in said.err
    alice.git("add", DEV)
    assert alice.run("verify", "--index").code == 4
    alice.git("commit", "-qm", "unsigned")
    assert alice.run("verify", "HEAD").code == 4
    assert alice.run("verify", "HEAD~1").code == 0
    assert "author/no-commit" in alice.run("verify", "nowhere")
    assert "author/revision-or-index" in alice.run("verify", "HEAD", "--index")


def test_findings_as_data(alice: Desk) -> None:
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    alice.write("channels/notes.txt", "x")
    said = alice.run("verify", "-o", "json")
    found = json.loads(said.out)["items"]
    validator = Draft202012Validator(schemas()["finding.schema.json"])
    for one in found:
        validator.validate(one)
    assert {(one["metadata"]["name"], one["code"]) for one in found} == {
        (DEV, "trust/bad-signature"),
        (DEV, "trust/equivocation"),
        ("channels/notes.txt", "trust/stray"),
    }
    assert said.code == 4


def test_going_back_is_refused_also_when_every_signature_is_good(alice: Desk) -> None:
    alice.edit(EXTRA, "team-extra", "all")
    alice.commit("two", "-a", "--push")
    alice.git("revert", "--no-edit", "HEAD")
    assert alice.refused() == []
    said = alice.run("verify", "HEAD")
    assert said.code == 4
    assert f"{EXTRA}\n  is generation 1, but generation 2 was accepted before" in said.out
    alice.edit("README.md", "control", "our control")
    alice.git("commit", "-qam", "something else")
    assert "trust/rollback" in alice.run("verify", "HEAD"), "main at the fork still has the newer one"
    alice.commit("back", EXTRA)
    assert alice.run("verify", "HEAD").code == 0


def test_a_merge_that_drops_what_main_has(office: Office, alice: Desk) -> None:
    alice.git("switch", "-q", "-c", "mine")
    alice.edit(SHOP, "config: {}", "config: {a: 1}")
    alice.commit("mine", "-a")
    alice.git("switch", "-q", "main")
    alice.edit(EXTRA, "team-extra", "all")
    alice.commit("two", "-a", "--push")
    alice.git("switch", "-q", "mine")
    alice.git("merge", "-q", "-s", "ours", "-m", "drop", "main")
    assert "trust/rollback" in alice.run("verify", "HEAD")


def test_a_root_put_in_place_of_the_old_one(alice: Desk) -> None:
    alice.git("rm", "-q", "--cached", "-r", "trust")
    alice.edit("trust/root/1.yaml", "name: ", "name:  ")
    alice.git("add", "trust")
    alice.git("commit", "-qm", "replaced")
    assert "trust/root-mismatch" in alice.run("verify", "HEAD")


def test_what_is_gone_is_said_and_refuses_nothing(alice: Desk) -> None:
    (alice.root / EXTRA).unlink()
    alice.commit("gone", "-a")
    said = alice.run("verify", "HEAD")
    assert said.code == 0
    assert f"{EXTRA}\n  deleting never acts" in said.err


def test_a_broken_policy_refuses_everything(alice: Desk) -> None:
    alice.write(POLICY, "{")
    said = alice.run("verify")
    assert said.code == 4
    assert "trust/policy.yaml" in said.out
