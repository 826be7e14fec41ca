"""Starting a program: whose it is, what it sees of this host, in a session of its own."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tiangong.errors import Failed, Misuse

MARK = "TIANGONG_MARK"
"""the variable by which processes of ours are found again, whatever session they moved to"""


@dataclass(frozen=True, slots=True)
class Account:
    """Who programs run as. `switch`: it is another user than the agent's."""

    name: str
    uid: int
    gid: int
    home: str
    switch: bool


def account(name: str | None) -> Account:
    """Return the account of a user, by default the agent's own; Misuse when the agent can't become that user."""
    own = os.geteuid()
    try:
        entry = pwd.getpwnam(name) if name else pwd.getpwuid(own)
    except KeyError:
        if name:
            raise Misuse.of("shell/no-user", user=name) from None
        return Account(str(own), own, os.getegid(), "/", switch=False)
    if own not in (0, entry.pw_uid):
        raise Misuse.of("shell/not-root", user=entry.pw_name, uid=own)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir, switch=entry.pw_uid != own)


def search_path(configured: str | None) -> str:
    """Where programs are searched: as configured, else the agent's PATH; relative folders never count."""
    path = configured or os.environ.get("PATH") or os.defpath
    return os.pathsep.join(folder for folder in path.split(os.pathsep) if folder.startswith("/"))


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start. Nothing of the agent's own environment reaches it, but for PATH."""

    words: tuple[str, ...]
    cwd: str
    account: Account
    path: str
    umask: int = 0o022
    env: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""

    def start(self, output: IO[bytes] | int) -> "subprocess.Popen[bytes]":
        """Start it as leader of its own session, stdout and stderr to one place; Failed when it can't be started."""
        if not Path(self.cwd).is_dir():
            raise Failed.of("shell/no-folder", folder=self.cwd)
        switch = self.account
        try:
            return subprocess.Popen(
                self.words,
                executable=self._program(),
                cwd=self.cwd,
                env=self._environment(),
                umask=self.umask,
                user=switch.uid if switch.switch else None,
                group=switch.gid if switch.switch else None,
                extra_groups=os.getgrouplist(switch.name, switch.gid) if switch.switch else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise Failed.of("shell/cannot-start", program=self.words[0], why=error.strerror or str(error)) from None
        except ValueError:
            # Words that aren't valid Unicode; the message of the standard library would repeat them.
            raise Failed.of("shell/cannot-start", program=self.words[0], why="not text") from None

    def _program(self) -> str:
        """The file to start. The step's own PATH doesn't count, else an allowed name could mean another program."""
        name = self.words[0]
        if "/" in name:
            return str(Path(self.cwd) / name)
        found = shutil.which(name, path=self.path)
        if found is None:
            raise Failed.of("shell/no-program", program=name, path=self.path)
        return found

    def _environment(self) -> dict[str, str]:
        basics = {"PATH": self.path, "HOME": self.account.home, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        return {**basics, **self.env, MARK: self.mark}
