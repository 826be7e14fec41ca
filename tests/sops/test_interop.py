"""Files of the real programs are opened here, and the other way round.

`golden/` was written by age-keygen 1.3.2 and sops 3.13.3: `sops encrypt --age RECIPIENTS plain.yaml`.
"""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.debian import program
from tiangong.documents.sops import read_sealed
from tiangong.sops.age import CHUNK, Identity, decrypt, encrypt, identities_in
from tiangong.sops.cipher import opened, sealed

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "password": "hunter22",
    "nested": {
        "user": "app",
        "port": 3306,
        "ratio": 1.5,
        "big": 1e21,
        "on": True,
        "off": False,
        "empty": "",
        "nothing": None,
    },
    "list": ["alpha", {"n": 1}, ["deep"]],
    "host_unencrypted": "db1",
    "multi": "line1\nline2\n",
}


@pytest.fixture
def identity() -> Identity:
    (found,) = identities_in((GOLDEN / "identity.txt").read_text())
    return found


def sops_program() -> str:
    """No Debian package has it, so no CI gets it by itself; the golden file is read everywhere."""
    found = shutil.which("sops")
    if found is None:
        pytest.skip("sops is missing, so only its golden file is read: install sops 3.13")
    return found


def test_a_file_of_sops_is_opened_with_all_its_types(identity: Identity) -> None:
    found = read_sealed((GOLDEN / "written-by-sops.yaml").read_bytes(), "db.sops.yaml")
    assert opened(found, [identity]) == PLAIN


def test_sops_opens_ours_with_all_types(identity: Identity, tmp_path: Path) -> None:
    sops = sops_program()
    ours = tmp_path / "db.sops.yaml"
    ours.write_bytes(sealed(PLAIN, [identity.recipient], NOW))
    env = {"SOPS_AGE_KEY_FILE": str(GOLDEN / "identity.txt"), "HOME": str(tmp_path)}
    words = [sops, "decrypt", "--output", str(tmp_path / "plain.yaml"), str(ours)]
    subprocess.run(words, env=env, check=True, capture_output=True)
    back = subprocess.run(
        [sops, "encrypt", "--age", identity.recipient, str(tmp_path / "plain.yaml")],
        env=env,
        check=True,
        capture_output=True,
    )
    assert opened(read_sealed(back.stdout, "x"), [identity]) == PLAIN


RULES = (
    "mac_only_encrypted: true",
    "encrypted_regex: ^(password|nested)$",
    "unencrypted_regex: ^list$",
    "encrypted_suffix: ed",
)


@pytest.mark.parametrize("rule", RULES)
def test_what_sops_may_be_asked_for(identity: Identity, tmp_path: Path, rule: str) -> None:
    (tmp_path / ".sops.yaml").write_text(f"creation_rules:\n  - age: {identity.recipient}\n    {rule}\n")
    (tmp_path / "plain.yaml").write_bytes((GOLDEN / "plain.yaml").read_bytes())
    words = [sops_program(), "encrypt", "plain.yaml"]
    made = subprocess.run(words, cwd=tmp_path, env={"HOME": str(tmp_path)}, check=True, capture_output=True)
    assert opened(read_sealed(made.stdout, "x"), [identity]) == PLAIN


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_age_reads_ours_and_ours_reads_age(identity: Identity, tmp_path: Path, size: int) -> None:
    age, plain = program("age"), b"x" * size
    ours = tmp_path / "ours.age"
    ours.write_text(encrypt(plain, identity.recipient))
    words = [age, "--decrypt", "-i", str(GOLDEN / "identity.txt"), str(ours)]
    assert subprocess.run(words, check=True, capture_output=True).stdout == plain
    theirs = subprocess.run([age, "-a", "-r", identity.recipient], input=plain, check=True, capture_output=True)
    assert decrypt(theirs.stdout.decode(), [identity]) == plain
