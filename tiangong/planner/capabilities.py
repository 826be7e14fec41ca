"""What this agent's executors say of a step without touching the world, as functions the pure planner may call."""

from collections.abc import Callable
from dataclasses import dataclass

from tiangong.model.stages import Step
from tiangong.ports import Effects, Traits


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`names`: executors enabled here. `effects` and `traits` raise Misuse when the spec is wrong for the executor."""

    names: frozenset[str]
    effects: Callable[[Step], Effects]
    traits: Callable[[Step], Traits]
