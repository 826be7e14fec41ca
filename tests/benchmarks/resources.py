"""Twenty files in place and nothing to do: our agent, looking at all of them, against `ansible-pull`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.site import Site, kept, serving, settle, young_world
from tests.benchmarks.table import Row, Skipped, Work, process, turns

FILES = 20
WHAT = f"{FILES} files, nothing to do"
AGAINST = "the same by ansible-pull"
AIM = 1 / 50
PATIENCE = 300


def rows(rounds: int) -> Iterator[Row | Skipped]:
    """A cycle of a running agent that probes every file, and `agent once --fresh`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            pull = _ansible(folder / "peer")
        except (OSError, subprocess.SubprocessError) as error:
            yield Skipped(WHAT, f"ansible-core can't be had ({type(error).__name__}: {error})")
            return
        with serving(folder) as site:
            _install(site)
            agent = site.agent()
            settle(agent)
            surveyor = agent._line.surveyor

            def cycle() -> None:
                surveyor._known.clear()  # as when the time to look for drift has come
                assert not agent.cycle().outcome.running

            for _ in range(3):
                cycle()
            quick, peer = turns(rounds, cycle, pull, warm=False)
            agent.stop(5)
            process((*site.once, "--fresh"))()
            (whole,) = turns(rounds * 2, process((*site.once, "--fresh")), warm=False)
            yield Row(f"{WHAT}: a cycle that probes them", quick, AGAINST, peer, aim=AIM)
            yield Row(f"{WHAT}: agent once --fresh, a process", whole, AGAINST, peer)


def _text(number: int) -> str:
    return f"setting = {number}\n" * 20


def _install(site: Site) -> None:
    world = young_world()
    target = site.folder / "placed"
    payload = {f"app/{number}.conf": _text(number).encode() for number in range(FILES)}
    steps = [
        {"name": f"place-{n}", "executor": "file", "with": {"place": f"app/{n}.conf", "to": str(target / f"{n}.conf")}}
        for n in range(FILES)
    ]
    world.edit("environments/dev/environment.yaml", spec__envelope={"paths": [f"{target}/**"]})
    world.release("shop", "1.0.0", steps=steps, payload=payload)
    site.join(world)
    world.commit_to(site.bare)


# ── the peer ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _ansible(folder: Path) -> Work:
    """`ansible-pull` of a local repository, run once so that everything is in place."""
    program = _installed()
    repository, target = folder / "repository", folder / "placed"
    target.mkdir(parents=True)
    (repository / "files").mkdir(parents=True)
    for number in range(FILES):
        (repository / "files" / f"{number}.conf").write_text(_text(number))
    (repository / "local.yml").write_text(_playbook(target))
    (repository / "hosts").write_text(
        f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n"
    )
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-C", repository]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    env: Mapping[str, str] = {**os.environ, "HOME": str(folder), "ANSIBLE_LOCALHOST_WARNING": "0", "LC_ALL": "C.UTF-8"}
    clone = folder / "clone"
    words = [program, "-U", repository.as_uri(), "-d", clone, "-i", clone / "hosts", "local.yml"]
    pull = process(words, env)
    pull()
    for number in range(FILES):
        assert (target / f"{number}.conf").read_text() == _text(number)
    return pull


def _playbook(target: Path) -> str:
    tasks = [f"    - copy: {{src: files/{n}.conf, dest: {target}/{n}.conf, mode: '0644'}}" for n in range(FILES)]
    return "\n".join(["- hosts: localhost", "  gather_facts: false", "  tasks:", *tasks, ""])


def _installed() -> Path:
    """ansible-core in an environment of its own, in the folder of what is kept."""
    folder = kept() / "ansible"
    program = folder / "bin" / "ansible-pull"
    if not program.exists():
        words = [sys.executable, "-m", "venv", folder]
        subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE)
        pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", "ansible-core"], check=True, capture_output=True, timeout=PATIENCE)
    return program
