"""What an agent demands at least, as its host says (D10): only somebody on the host can say less than it was told."""

from dataclasses import dataclass
from pathlib import Path

from tiangong.documents.edit import set_field
from tiangong.errors import Misuse
from tiangong.model.policy import Level
from tiangong.report.keyfile import write_whole
from tiangong.settings import read_settings
from tiangong.trust.seal import LEVELS

MODE = 0o644


@dataclass(frozen=True, slots=True)
class Told:
    """The level before and now."""

    before: Level
    now: Level


def set_level(path: Path, level: str) -> Told:
    """Write the level into the agent's own file, comments kept; Misuse for what is no level, or no agent's file."""
    if level not in LEVELS:
        raise Misuse.of("agent/no-level", level=level, known=", ".join(LEVELS))
    settings = read_settings(path)
    (well,) = settings.wells
    chosen = LEVELS[LEVELS.index(level)]
    raw = path.read_bytes()
    listed = b"\nsources:" in b"\n" + raw
    location = ("sources", 0, "level") if listed else ("source", "level")
    if well.level != chosen:
        write_whole(path, set_field(raw, str(path), location, chosen), MODE)
    return Told(well.level, chosen)
