"""Status of many agents at once on one origin: none is lost, none collides, and together is no slower than in turn."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.site import Site, serving
from tests.benchmarks.table import Row
from tiangong.errors import TiangongError
from tiangong.git.mirror import Mirror
from tiangong.git.remote import parse_remote
from tiangong.model.status import STATUS_REF, StatusSpec
from tiangong.report.chain import Chain
from tiangong.report.signer import Identity, signer_of
from tiangong.report.told import Keys, keys_of
from tiangong.testing.simulator import REPO, keyholder

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DIGEST = f"sha512:{'a' * 128}"


class Counted(Mirror):
    """Counts pushes: one more than needed is a compare-and-swap that had to be tried again."""

    pushes = 0

    def push(self, commit: str, ref: str, expected: str | None) -> None:
        self.pushes += 1
        super().push(commit, ref, expected)


@dataclass
class Speaker:
    """One agent's own refs: what it said first is on the remote, what it says next waits."""

    environment: str
    mirror: Counted
    chain: Chain
    keys: Keys

    def say(self) -> None:
        spec = StatusSpec.model_construct(
            counter=0, previous=None, instance="bench", at=NOW, agent="0", repo=REPO, revision="0" * 40,
            root_version=1, level="signatures", plan=DIGEST,
        )  # fmt: skip
        self.chain.add(StatusSpec.model_validate(spec.model_dump(by_alias=True)), {}, NOW)

    def push(self) -> bool:
        """Whether it arrived, as far as the agent knows."""
        try:
            self.chain.push(self.keys, NOW)
        except TiangongError as error:
            print(error.problems[0].code)
            return False
        return not self.chain.waiting


def rows(agents: int) -> Iterator[Row]:
    """All at once, then all in turn; each pushes one status that waits, over one that is there."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as site:
        speakers = [_speaker(site, number) for number in range(agents)]
        for speaker in speakers:
            speaker.chain.open(speaker.keys, NOW)
        spent = {}
        for how, workers in (("first", 8), ("at once", agents), ("in turn", 1)):
            for speaker in speakers:
                speaker.say()
            spent[how], retries, lost = _push(site, speakers, workers)
            if how == "at once":
                note = f"{lost} lost, {retries} compare-and-swap retries (aim: 0, 0)"
        what = f"status of {agents} agents at once"
        yield Row(what, spent["at once"], "the same pushes in turn", spent["in turn"], aim=1, note=note)


def _push(site: Site, speakers: list[Speaker], workers: int) -> tuple[float, int, int]:
    """Milliseconds, pushes tried again, statuses that are not on the origin."""
    for speaker in speakers:
        speaker.mirror.pushes = 0
    start = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        arrived = list(pool.map(Speaker.push, speakers))
    spent = (time.perf_counter() - start) * 1000
    shown = subprocess.run(
        ["git", "-C", site.bare, "for-each-ref", "--format=%(refname) %(objectname)"],
        capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    there = dict(line.split() for line in shown if line)
    lost = 0
    for speaker, came in zip(speakers, arrived, strict=True):
        tip = speaker.chain.tip
        ref = STATUS_REF.format(environment=speaker.environment)
        lost += not (came and tip and there.get(ref) == tip.commit)
    return spent, sum(speaker.mirror.pushes - 1 for speaker in speakers), lost


def _speaker(site: Site, number: int) -> Speaker:
    environment = f"site-{number}"
    signer = signer_of(keyholder(f"agent-of-{environment}").private)
    mirror = Counted(site.folder / "agents" / environment, parse_remote(site.url, ca=site.ca))
    identity = Identity(environment, REPO, "signatures", "bench", "0", signer)
    return Speaker(environment, mirror, Chain(mirror, identity), keys_of(signer.public.blob, None, NOW))
