"""What the reading commands share: the clone, refreshed; the environments chosen; times as people read them."""

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tiangong.cli.contexts import looked_for, tell_chosen
from tiangong.cli.output import tell
from tiangong.errors import Away, Misuse
from tiangong.fleet.clone import find_clone
from tiangong.fleet.refresh import refresh
from tiangong.fleet.statuses import Fleet, Said

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Which environments, and of those which installation: `ENV[/INST]`, `--env GLOB,…`, `-l k=v` (D35)."""

    environment: str = ""
    installation: str = ""
    globs: tuple[str, ...] = ()
    labels: Mapping[str, str] | None = None

    @classmethod
    def of(cls, target: str | None, env: str = "", labels: Iterable[str] = ()) -> "Choice":
        """Read what was typed; Misuse for a label without `=`."""
        environment, _, installation = (target or "").partition("/")
        pairs: dict[str, str] = {}
        for label in labels:
            key, equals, value = label.partition("=")
            if not (key and equals):
                raise Misuse.of("fleet/bad-label", label=label)
            pairs[key] = value
        return cls(environment, installation, tuple(g for g in env.split(",") if g), pairs)

    def takes_name(self, name: str) -> bool:
        """Tell whether an environment's name fits."""
        if self.environment:
            return name == self.environment
        return not self.globs or any(fnmatch.fnmatchcase(name, glob) for glob in self.globs)

    def takes(self, said: Said) -> bool:
        """Tell whether an environment fits."""
        wanted = (self.labels or {}).items()
        return self.takes_name(said.environment) and all(said.labels.get(key) == value for key, value in wanted)


def open_fleet(*, offline: bool) -> tuple[Fleet, Away | None]:
    """Find the clone and refresh it; when the remote is away say that what is here is shown, and return why."""
    start, environ = looked_for()
    fleet = Fleet(find_clone(start, environ))
    tell_chosen(fleet.clone.folder, start)
    away = None if offline else renew(fleet)
    if away:
        tell("fleet/what-is-here")
    return fleet, away


def renew(fleet: Fleet) -> Away | None:
    """Refresh; when the remote is away return why."""
    try:
        refresh(fleet.clone)
    except Away as error:
        return error
    return None


def choose(fleet: Fleet, choice: Choice, now: datetime, *, labelled: bool = True) -> list[Said]:
    """The environments that were chosen; Misuse when one was named that isn't there."""
    read = fleet.all(now, choice.takes_name, labelled=labelled or bool(choice.labels))
    found = [said for said in read if choice.takes(said)]
    if choice.environment and not found:
        known = ", ".join(fleet.names()[:MOST_NAMED]) or "-"
        raise Misuse.of("fleet/no-environment", environment=choice.environment, known=known)
    if not found and (choice.globs or choice.labels):
        raise Misuse.of("fleet/none-chosen")
    for said in found:
        _check_installation(said, choice.installation)
    return found


def _check_installation(said: Said, name: str) -> None:
    known = [i.name for i in said.status.spec.installations] if said.status else []
    if name and said.status and name not in known:
        listed = ", ".join(known[:MOST_NAMED]) or "-"
        raise Misuse.of("fleet/no-installation", environment=said.environment, installation=name, known=listed)


def ago(age: timedelta | None) -> str:
    """A length of time in its largest sensible unit: `45s`, `17m`, `5h`, `3d`."""
    if age is None:
        return "-"
    seconds = max(int(age.total_seconds()), 0)
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length or (unit == "m" and seconds >= length):
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def local(moment: datetime | None) -> str:
    """A time in this machine's zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M %Z") if moment else "-"


def short(revision: str) -> str:
    """A commit id as people compare them."""
    return revision[:12] or "-"
