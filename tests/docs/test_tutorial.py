"""The tutorial, word for word: every YAML is written where it says, every command runs, in an empty home folder."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(sh|yaml)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def script(port: int, home: Path) -> str:
    """All blocks as one shell script, with this test's port and folders in place of the documented ones."""
    lines = ["set -euo pipefail"]
    for language, file, body in BLOCK.findall(TUTORIAL.read_text()):
        assert language == "sh" or file, "a YAML block must say which file it is"
        if file:
            lines.append(f"mkdir -p $(dirname {file}); cat > {file} <<'END'\n{body}END")
            continue
        lines.append(body)
        if "testing.origin" in body:
            lines.append("origin=$!; trap 'kill $origin' EXIT")
            lines.append(
                f"for _ in $(seq 100); do (: < /dev/tcp/127.0.0.1/{port}) 2>/dev/null && break; sleep 0.1; done"
            )
    return "\n".join(lines).replace("38443", str(port)).replace("/tmp/hello-demo", str(home / "hello-demo"))


@pytest.mark.timeout(300)
def test_tutorial(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    key = home / ".ssh" / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (home / ".gitconfig").write_text("[user]\n\tname = Ann Lee\n\temail = ann@example.org\n")
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "TIANGONG_", "SSH_"))}
    env = keep | {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    child = subprocess.Popen(
        ["bash", "-c", script(port, home)],
        cwd=home,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=280)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    assert child.returncode == 0, said
    assert "Hello again." in said
    assert "looking into a payment incident" in said, said
