"""Which steps are due (D19)."""

from collections.abc import Collection, Mapping, Sequence

from tiangong.model.stages import Step


def due(
    steps: Sequence[Step], done: Mapping[str, str], drifted: Collection[str], once: Collection[str]
) -> tuple[Step, ...]:
    """Return the steps to run: from the first whose digest differs from its last success, or that drifted, onwards.

    `once: true` steps whose digest ever succeeded are left out, and never start a change by drifting.
    """
    wanted = [step for step in steps if not (step.once and step.digest in once)]
    for index, step in enumerate(wanted):
        if done.get(step.name) != step.digest or step.name in drifted:
            return tuple(wanted[index:])
    return ()
