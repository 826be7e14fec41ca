"""Programs some tests need: there already, or installed in a CI run by root; otherwise the test is skipped, loudly."""

import fcntl
import os
import shutil
import subprocess

import pytest

LOCK = "/tmp/tiangong-apt.lock"
WITHIN = 100


def program(name: str, package: str = "") -> str:
    """The path of a program. In CI it must be there, or come from a Debian package."""
    if found := shutil.which(name):
        return found
    package = package or name
    in_ci = os.environ.get("CI") == "true"
    if in_ci and os.geteuid() == 0 and shutil.which("apt-get"):
        with open(LOCK, "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
                if not shutil.which(name):
                    subprocess.run(["apt-get", *words], env=env, check=False, capture_output=True, timeout=WITHIN)
        if found := shutil.which(name):
            return found
    why = f"{name} is missing, so nothing is tested with it: apt install {package}"
    if in_ci:
        pytest.fail(why)
    pytest.skip(why)
