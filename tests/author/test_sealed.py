"""Secrets in a clone: whoever edits a SOPS file signs its document with the same commit; lint sees what lies open."""

from tests.author.office import Office
from tests.documents.test_sops import RECIPIENT, VALUE, file
from tiangong.model.secret import Secret

DOCUMENT = "environments/dev/secrets/db.yaml"
FILE = "environments/dev/secrets/db.sops.yaml"
TEXT = f"""\
apiVersion: tiangong.dev/v1
kind: Secret
metadata:
  name: db
  environment: dev
spec:
  products: [shop]   # and nobody else
  recipients: [{RECIPIENT}]
"""


def written(office: Office) -> None:
    desk = office.desk("bob")
    desk.write(DOCUMENT, TEXT)
    (desk.root / FILE).write_bytes(file())
    desk.commit("A secret", "-a", "-y")


def test_one_commit_takes_document_file_and_digest(office: Office) -> None:
    written(office)
    desk = office.desk("bob")
    assert desk.refused() == []
    found = desk.document(DOCUMENT)
    assert isinstance(found, Secret)
    assert found.spec.digest
    assert "# and nobody else" in desk.text(DOCUMENT)


def test_an_edited_sops_file_brings_its_document_along(office: Office) -> None:
    written(office)
    desk = office.desk("bob")
    (desk.root / FILE).write_bytes(file(lambda data: data.update(more=VALUE)))
    assert desk.run("lint").code == 0
    assert desk.run("verify").code == 4
    desk.commit("Another value", "-a", "-y")
    assert desk.generation(DOCUMENT) == 2
    assert desk.refused() == []


def test_a_document_without_file_cant_be_signed(office: Office) -> None:
    desk = office.desk("bob")
    desk.write(DOCUMENT, TEXT)
    said = desk.run("commit", "-m", "Nothing in it", "-a", "-y")
    assert said.code == 2
    assert "trust/sealed-missing" in said


def test_lint_sees_what_lies_open(office: Office) -> None:
    written(office)
    desk = office.desk("bob")
    (desk.root / FILE).write_bytes(file(lambda data: data.update(token="my own password")))
    said = desk.run("lint")
    assert said.code == 2
    assert "sops/plain" in said
    assert "my own password" not in said
    (desk.root / FILE).write_text("password: my own password\n")
    said = desk.run("lint")
    assert "sops/not-encrypted" in said
    assert "my own password" not in said
    refused = desk.run("commit", "-m", "Oh no", "-a", "-y")
    assert refused.code == 2, "nobody signs a secret that lies open"


def test_lint_compares_recipients_and_products(office: Office) -> None:
    written(office)
    desk = office.desk("bob")
    desk.edit(DOCUMENT, "[shop]", "[shop, warehouse]")
    desk.edit(DOCUMENT, RECIPIENT, "ssh-ed25519 " + "A" * 68)
    said = desk.run("lint")
    assert "sops/other-recipients" in said
    assert "warehouse" in said
