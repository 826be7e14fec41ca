"""The constraints: what may hold a change, in the order they are asked, from their own docstrings."""

import importlib
import inspect
import re
from collections.abc import Iterable

from docs.generate.markdown import code, table, whole
from tiangong.messages import explain
from tiangong.planner.constraints import FITNESS, GUARDS, RETREAT, TIMING, Constraint

INTRO = """\
What may hold a change: one file each in `tiangong/planner/constraints/`. `tiangong why ENV/INSTALLATION` names every
one that does, with its remedy and, where it can be known, the earliest time.
[Add one](../how-to/add-a-constraint.md)."""
CODE = re.compile(r'"(constraint/[a-z-]+)"')
LISTS = {
    "May this version be installed here at all? The newest one without an objection is the target": FITNESS,
    "May the target be approached now? All objections are told": TIMING,
    "Asked again right before every step": GUARDS,
    "Asked of going back and of uninstalling": RETREAT,
}


def page() -> str:
    """`reference/constraints.md`."""
    every = dict.fromkeys((*FITNESS, *TIMING, *GUARDS, *RETREAT))
    return whole(
        "Constraints",
        INTRO,
        *(f"## {title}\n\n{_names(asked)}\n" for title, asked in LISTS.items()),
        "## What each asks\n",
        *(_one(constraint) for constraint in every),
    )


def _names(asked: Iterable[Constraint]) -> str:
    return ", ".join(f"[{_name(one)}](#{_name(one)})" for one in asked) + "."


def _name(constraint: Constraint) -> str:
    return constraint.__module__.rpartition(".")[2].replace("_", "-")


def _one(constraint: Constraint) -> str:
    module = importlib.import_module(constraint.__module__)
    texts = [inspect.cleandoc(one.__doc__ or "") for one in (module, constraint)]
    codes = dict.fromkeys(CODE.findall(inspect.getsource(module)))
    rows = ((code(one), explain(one).text, explain(one).fix) for one in codes)
    return f"### {_name(constraint)}\n\n{' '.join(texts)}\n\n{table(('code', 'says', 'what to do'), rows)}"
