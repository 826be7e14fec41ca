"""A world to run pages in: the tutorial's, before it holds everything back; built once, put back for every page."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.docs.blocks import DOCS, Block, blocks

PORT, SITE = "38443", "/tmp/hello-demo"
"""what the pages say, and every test has its own of"""
PEOPLE = {"ann": "Ann Lee", "bob": "Bob Ray"}
WITHIN = 240


class World:
    """Folders of people, of the remote and of a host. `told`: what the tutorial said so far; `rest`: how it goes on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "now"
        self._saved = folder / "saved"
        self._origin: subprocess.Popen[str] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        for name, full in PEOPLE.items():
            _move_in(self.folder / name, name, full)
        lesson = blocks(DOCS / "tutorial.md")
        holding = next(number for number, block in enumerate(lesson) if "tiangong suspend" in block.body)
        self.rest = lesson[holding:]
        self.told = self.run(self.script(lesson[:holding]))
        shutil.copytree(self.folder, self._saved, symlinks=True)

    def start(self) -> None:
        """Serve the remote again, on the same port."""
        command = [sys.executable, "-m", "tiangong.testing.origin", str(self.home / "origin"), "--port", str(self.port)]
        self._origin = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._environ())
        assert self._origin.stdout
        assert self._origin.stdout.readline().startswith("https://")

    def stop(self) -> None:
        """Stop serving."""
        if self._origin:
            self._origin.terminate()
            self._origin.communicate(timeout=30)

    def put_back(self) -> None:
        """Everything as the tutorial left it."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._saved, self.folder, symlinks=True)

    def script(self, found: Iterable[Block]) -> str:
        """Blocks as one shell script."""
        lines = ["set -euo pipefail", f"export HOME={self.home}", "cd"]
        who = "ann"
        for block in found:
            if block.language not in ("sh", "yaml") or "elsewhere" in block.marks:
                continue
            if block.language == "yaml" and "file" not in block.marks:
                continue
            if (person := block.marks.get("as", "ann")) != who:
                who = person
                lines += [f"export HOME={self.folder / who}", "cd"]
            lines += [f": {block.page.name}:{block.line}", *_lines(block, self.port)]
        return self.local("\n".join(lines))

    def local(self, text: str) -> str:
        """Text of a page with this world's port and folder in place of the documented ones."""
        return text.replace(PORT, str(self.port)).replace(SITE, str(self.folder / "site"))

    def unseen(self, found: Iterable[Block], said: str) -> dict[str, list[str]]:
        """Console blocks with lines that nothing printed looks like, and those lines."""
        consoles = (block for block in found if block.language == "console")
        return {str(block): missing for block in consoles if (missing := shows(self.local(block.body), said))}

    def run(self, script: str, environ: dict[str, str] | None = None) -> str:
        """Run a script; what it said. It has to end with 0."""
        code, said = self.call(["bash", "-c", script], environ)
        assert code == 0, f"exit {code}\n{said[-6000:]}"
        return said

    def call(self, command: Sequence[str], environ: dict[str, str] | None = None) -> tuple[int, str]:
        """Run a program with everything it starts, in ann's home."""
        child = subprocess.Popen(
            command,
            cwd=self.home,
            env=self._environ() | (environ or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = child.communicate(timeout=WITHIN)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        return child.returncode, said

    @property
    def home(self) -> Path:
        """Of `ann`."""
        return self.folder / "ann"

    def _environ(self) -> dict[str, str]:
        hidden = ("GIT_", "TIANGONG_", "SSH_", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ca = str(self.home / "origin" / "tls" / "ca.pem")
        return kept | {"HOME": str(self.home), "PATH": path, "GIT_SSL_CAINFO": ca}


def shows(console: str, said: str) -> list[str]:
    """Lines of a console block that nothing printed looks like."""
    every = [" ".join(line.split()) for line in said.splitlines()]
    forms = {
        line: ".*".join(map(re.escape, " ".join(line.split()).split("…"))) for line in console.splitlines() if line
    }
    return [line for line, form in forms.items() if not any(re.fullmatch(form, one) for one in every)]


def _move_in(home: Path, name: str, full: str) -> None:
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    key = home / ".ssh" / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)], check=True)
    (home / ".gitconfig").write_text(f"[user]\n\tname = {full}\n\temail = {name}@example.org\n")


def _lines(block: Block, port: int) -> list[str]:
    if file := block.marks.get("file"):
        return [f"mkdir -p $(dirname {file}); cat > {file} <<'END'\n{block.body}END"]
    if code := block.marks.get("exit"):
        failed = f'{{ echo "{block} ends with $code, not {code}"; exit 99; }}'
        return ["set +e", f"(set -e; {block.body})", "code=$?", "set -e", f"[ $code = {code} ] || {failed}"]
    if "--origin" in block.body:
        wait = f"for _ in $(seq 100); do (: < /dev/tcp/127.0.0.1/{port}) 2>/dev/null && break; sleep 0.1; done"
        return [block.body, "origin=$!; trap 'kill $origin; wait $origin' EXIT", wait]
    return [block.body]
