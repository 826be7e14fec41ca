"""A server that may drop, reorder, duplicate, roll back, mix, fork and truncate all it ever saw, but may not sign (R17–R20).

Honest people go on working and sealing; the server shows whatever it likes of what they pushed, in any mixture. What the
agent acts on must be one state that was sealed, never an older one than before, and nothing may begin inside a freeze it
knows of, nor of a version it knows to be recalled. It is restarted now and then. More examples: `TIANGONG_HOSTILE=2000`.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.cycle.conftest import Agent, until
from tiangong.cycle import cycle
from tiangong.documents.parse import parse
from tiangong.errors import Refused
from tiangong.model.environment import Suppression
from tiangong.model.seal import SEAL_FILE
from tiangong.model.stages import Desired, Seals, Snapshot
from tiangong.planner.constraints.recall import selects
from tiangong.testing.memory import MemoryTree
from tiangong.testing.seals import Sealer, revision_of, sealed_policy

SHOP = "environments/dev/installations/shop.yaml"
EXAMPLES = int(os.environ.get("TIANGONG_HOSTILE", "40"))
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Moment:
    """What was on the remote at one time: main, and the branch of seals with the head of the newest."""

    main: Files
    seals: Files
    head: Files


class Server(RuleBasedStateMachine):
    """The remote, in bad hands."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.agent = Agent(Path(self.folder.name))
        self.count = 0
        self.accepted = 0
        self.freezes: dict[str, datetime] = {}
        self.recalled: set[str] = set()

    def teardown(self) -> None:
        until(lambda: not self.agent.crew.running())
        self.agent.disk.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.world = self.agent.world
        self.world.set_policy("alice", **sealed_policy())
        self.agent.release("1.0.0", "a")
        self.sealer = Sealer(self.world)
        self.past: list[Moment] = []
        self.sealed: dict[int, tuple[str, Files]] = {}
        """sequence → digest of the seal, and what it sealed"""
        self.pins()
        self.seal()

    def pins(self) -> None:
        self.agent.line = replace(self.agent.line, pins=replace(self.agent.line.pins, level="sealed"))

    # ── honest people ────────────────────────────────────────────────────────────────────────────────────────────
    @rule()
    def publish(self) -> None:
        self.count += 1
        self.agent.release(f"1.{self.count}.0", "a")

    @rule(hours=st.integers(1, 30))
    def suppress(self, hours: int) -> None:
        self.count += 1
        self.world.now = self.agent.clock()
        self.world.suppress(f"s-{self.count}", hours=hours)

    @rule()
    def recall(self) -> None:
        self.count += 1
        self.world.recall("shop", f"<=1.{self.count}.0", name=f"r-{self.count}")

    @rule(word=st.sampled_from(["repair", "report", "ignore"]))
    def configure(self, word: str) -> None:
        self.world.edit(SHOP, spec__drift=word)

    @rule()
    def seal(self) -> None:
        self.world.now = self.agent.clock()
        seal = self.sealer.seal()
        self.sealed[seal.spec.sequence] = (self.sealer.sealing.found.digest, dict(self.world.files))
        self.past.append(Moment(dict(self.world.files), dict(self.sealer.files), dict(self.world.files)))

    @rule(hours=st.integers(0, 40))
    def time_goes_by(self, hours: int) -> None:
        self.agent.clock.advance(timedelta(hours=hours))

    # ── the server ───────────────────────────────────────────────────────────────────────────────────────────────
    @rule()
    def show_what_is_there(self) -> None:
        self.look(Moment(dict(self.world.files), dict(self.sealer.files), self.past[-1].head))

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        self.look(data.draw(st.sampled_from(self.past)))

    @rule(data=st.data())
    def mix(self, data: st.DataObject) -> None:
        parts = [data.draw(st.sampled_from(self.past)) for _ in range(3)]
        self.look(Moment(parts[0].main, parts[1].seals, parts[2].head))

    @rule(data=st.data())
    def hide(self, data: st.DataObject) -> None:
        there = data.draw(st.sampled_from(self.past))
        names = [
            path for path in there.head if path.startswith(("suppressions/", "products/", "environments/", "trust/"))
        ]
        gone = data.draw(st.sets(st.sampled_from(sorted(names)), min_size=1, max_size=4))
        self.look(replace(there, head={path: raw for path, raw in there.head.items() if path not in gone}))

    @rule(data=st.data())
    def splice(self, data: st.DataObject) -> None:
        """Some files of the sealed head are those of another time, signatures and all."""
        new, old = (data.draw(st.sampled_from(self.past)) for _ in range(2))
        names = sorted({*new.head, *old.head})
        some = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=6))
        head = {
            **{p: raw for p, raw in new.head.items() if p not in some},
            **{p: old.head[p] for p in some if p in old.head},
        }
        self.look(replace(new, head=head))

    @rule(data=st.data())
    def fork_seals(self, data: st.DataObject) -> None:
        """A seal of one time with listings of another, or with its signature gone."""
        new, old = (data.draw(st.sampled_from(self.past)) for _ in range(2))
        names = sorted({*new.seals, *old.seals})
        some = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))
        seals = {**new.seals, **{p: old.seals[p] for p in some if p in old.seals}}
        self.look(replace(new, seals=seals))

    @rule(data=st.data(), at=st.integers(0, 4000))
    def truncate(self, data: st.DataObject, at: int) -> None:
        there = data.draw(st.sampled_from(self.past))
        path = data.draw(st.sampled_from(sorted(there.head)))
        seal = there.seals[SEAL_FILE]
        self.look(replace(there, head={**there.head, path: there.head[path][:at]}))
        self.look(replace(there, seals={**there.seals, SEAL_FILE: seal[:at]}))

    @rule()
    def take_the_seals_away(self) -> None:
        self.look(replace(self.past[-1], seals={}))

    @precondition(lambda self: not self.agent.crew.running())
    @rule()
    def restart(self) -> None:
        self.agent.disk.close()
        self.agent.disk = self.agent.open()
        self.agent.start()
        self.pins()

    # ── what must hold ───────────────────────────────────────────────────────────────────────────────────────────
    def look(self, shown: Moment) -> None:
        """One cycle of the agent on what it is shown."""
        seals = Seals(revision_of(MemoryTree(shown.seals)), MemoryTree(shown.seals), MemoryTree(shown.head))
        main = MemoryTree(shown.main)
        self.agent.source.show(
            [Snapshot("server", revision_of(main), main, self.agent.clock(), seals=seals if shown.seals else None)]
        )
        now, done = self.agent.clock(), self.agent.executor.count("apply")
        frozen = any(now < end for end in self.freezes.values())
        before = set(self.recalled)
        installed = self.installed()
        try:
            report = cycle(self.agent.line)
        except Refused:
            pass  # nothing of it can be taken, and nothing is done; any other error fails the test
        else:
            self.check(report.desired)
            frozen = frozen or any(now < end for end in self.freezes.values())
        until(lambda: not self.agent.crew.running())
        if frozen and installed:
            assert self.agent.executor.count("apply") == done, "R17: something began inside a freeze that was known"
        after = self.installed()
        assert after == installed or after not in {*before, *self.recalled}, f"R3: {after} was recalled, as was known"

    def check(self, desired: Desired) -> None:
        """It is one sealed state, not older than the one before, and everything it says stood there."""
        assert desired.seal
        digest, files = self.sealed[desired.seal.sequence]
        assert desired.seal.digest == digest, "R17: what was acted on was never sealed"
        assert desired.seal.sequence >= self.accepted, "R12: an older seal was taken"
        self.accepted = desired.seal.sequence
        signed: list[Any] = [desired.environment, desired.policy, desired.fleet, *desired.installations.values()]
        signed += [*desired.releases.get("shop", {}).values(), *desired.recalls.get("shop", ()), *desired.suppressions]
        for one in signed:
            assert files[one.path] == one.raw, f"R17: {one.path} isn't what was sealed"
        self.freezes |= {one.path: one.document.spec.until for one in desired.suppressions}
        for path in [path for path in files if path.startswith("suppressions/") and path.endswith(".yaml")]:
            document = parse(files[path], path)
            assert isinstance(document, Suppression)
            hidden = document.spec.until > self.agent.clock() and path not in self.freezes
            assert not hidden, f"R16: {path} holds, and the agent knows nothing of it"
        self.recalled |= {v for v in desired.releases.get("shop", {}) if self.is_recalled(desired, v)}

    @staticmethod
    def is_recalled(desired: Desired, version: str) -> bool:
        return any(selects(one.document.spec, version) for one in desired.recalls.get("shop", ()))

    def installed(self) -> str:
        past = self.agent.disk.history().of("shop")
        return past.installed.version if past.installed else ""

    @invariant()
    def nothing_runs_between(self) -> None:
        assert not self.agent.crew.running()


Server.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestHostileServer = Server.TestCase
