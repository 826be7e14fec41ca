"""Who seals a fleet: whoever pushes, a CI job, a timer or cron of this machine; or nobody."""

from collections.abc import Iterator
from pathlib import Path

from tiangong import __version__

SEALERS = ("push", "github", "gitlab", "timer", "cron", "nobody")
SCRIPT = "ci/seal.sh"
EVERY = "*/15 * * * *"

_SCRIPT = """\
#!/bin/sh
# Verifies everything on main and seals it: agents at level `sealed` act on nothing else. After each push, and daily.
# Needs TIANGONG_SEALER_KEY (the private key of `sealer`), and that the job may push the branch `seals`.
# It needs git, Python 3.11 or newer, and: python -m pip install "tiangong-deploy=={version}"
set -eu
umask 077
cd "$(dirname "$0")/.."
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
printf '%s\\n' "$TIANGONG_SEALER_KEY" > "$room/key"
git config user.name sealer
git config user.email sealer@localhost
tiangong promoter run --key "$room/key"
"""
_GITHUB = """\
# Secret of the repository: TIANGONG_SEALER_KEY. The branch `seals` must be open for this job, and for nobody else.
name: seal
on:
  push:
    branches: [main]
  schedule:
    - cron: "17 3 * * *"
concurrency: seal
permissions:
  contents: write
jobs:
  seal:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          ref: main
          fetch-depth: 0
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install "tiangong-deploy=={version}"
      - run: sh {script}
        env:
          TIANGONG_SEALER_KEY: ${{{{ secrets.TIANGONG_SEALER_KEY }}}}
"""
_GITLAB = """\
# Variables of the project, masked and protected: TIANGONG_SEALER_KEY, and TIANGONG_PUSH_TOKEN (a project access token
# that may push the branch `seals`). Add a daily schedule for main, too: a seal that grows old holds whatever is new.
seal:
  image: python:3.12
  resource_group: seal
  variables:
    GIT_DEPTH: 0
    GIT_CONFIG_COUNT: 1
    GIT_CONFIG_KEY_0: credential.helper
    GIT_CONFIG_VALUE_0: '!f() {{ echo username=ci; echo "password=$TIANGONG_PUSH_TOKEN"; }}; f'
  rules:
    - if: $CI_COMMIT_BRANCH == "main" && ($CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "schedule")
  script:
    - python -m pip install "tiangong-deploy=={version}"
    - git remote set-url origin "$CI_PROJECT_URL.git"
    - git checkout -B main
    - sh {script}
"""
_SERVICE = """\
[Unit]
Description=Seal what is new in {folder}

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={command} promoter run
"""
_TIMER = """\
[Unit]
Description=Seal what is new, and keep the seal young

[Timer]
OnCalendar=*:0/15
Persistent=true

[Install]
WantedBy=timers.target
"""


def sealing_files(sealer: str, ci: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Path and text of what a forge needs to seal; `ci`: what is written there already, by path."""
    facts = {"version": __version__, "script": SCRIPT}
    if sealer in ("github", "gitlab"):
        yield SCRIPT, _SCRIPT.format_map(facts)
    if sealer == "github":
        yield ".github/workflows/tiangong-seal.yml", _GITHUB.format_map(facts)
    if sealer == "gitlab":
        path = ".gitlab-ci.yml"
        before = ci.get(path, "")
        yield path, f"{before}\n{_GITLAB.format_map(facts)}" if before else _GITLAB.format_map(facts)


def timer_files(folder: Path, command: str) -> dict[str, str]:
    """The units of systemd's user manager, by name."""
    facts = {"folder": str(folder), "command": command}
    return {"tiangong-promoter.service": _SERVICE.format_map(facts), "tiangong-promoter.timer": _TIMER}


def cron_line(folder: Path, command: str) -> str:
    """The line for a crontab."""
    return f"{EVERY} cd {folder} && {command} promoter run"
