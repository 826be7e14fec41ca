"""Who may touch what: names that stay in one room, and a run-time proof that verifying and planning touch nothing."""

import ast
import subprocess
import sys

import pytest

from tests.architecture.code import calls, imports, modules

ONE_ROOM = {
    "yaml": {"documents"},
    "sqlite3": {"journal"},
    "httpx": {"executors", "artifacts"},
    "jinja2": {"executors"},
    "git": {"author"},
    "typer": {"cli"},
    "rich": {"cli"},
    "fcntl": {"rest", "author", "executors", "journal", "git"},
}
"""library → the only rooms that import it"""

STARTERS = {"run", "Popen", "call", "check_call", "check_output"}
PURE = """
import sys
from datetime import UTC, datetime
from tiangong.testing.fakes import FakeExecutors
from tiangong.testing.simulator import World
from tiangong.model.stages import Actual, History
from tiangong.planner.capabilities import Capabilities
from tiangong.planner.plan import make_plan
from tiangong.ports import Effects, Traits
from tiangong.trust.reading import Cache
from tiangong.trust.verify import verify

world = World.small()
world.release("shop", "1.0.0")
world.promote("shop", "1.0.0", "canary")
world.suppress("inc-1", environments=["prod-*"])
world.edit("environments/dev/environment.yaml", spec__windows={"allow": [{"name": "n", "cron": "0 1 * * *", "for": "4h"}]})
capabilities = Capabilities(frozenset({"file"}), lambda step: Effects(), lambda step: Traits())

def line():
    desired = verify(world.snapshot(), world.pins(), None, world.now, Cache())
    return make_plan(desired, Actual({}), History(), capabilities, world.now)

first = line()
FORBIDDEN = ("open", "socket.", "subprocess.", "os.", "sqlite3.", "shutil.", "tempfile.", "import")
touched = []
on = True
def hook(event, arguments):
    if on and event.startswith(FORBIDDEN):
        touched.append((event, str(arguments)[:200]))
sys.addaudithook(hook)
second = line()
on = False
assert first == second, "the same input gave another plan"
assert len(first.verdicts) == 1
for one in touched:
    print(one)
"""


@pytest.mark.parametrize("library", ONE_ROOM)
def test_a_library_stays_in_its_rooms(library: str) -> None:
    found = {
        module.room: str(module)
        for module in modules()
        if any(name == library or name.startswith(f"{library}.") for name in imports(module))
    }
    strangers = {room: file for room, file in found.items() if room not in ONE_ROOM[library] | {"testing", "demo"}}
    assert strangers == {}


def test_only_verify_builds_what_may_be_acted_on() -> None:
    builders = {str(module) for module in modules() for name, _ in calls(module) if name == "Desired"}
    assert builders == {"tiangong/trust/verify.py"}


def test_verifying_and_planning_touch_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", PURE], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_planner_and_trust_load_no_room_that_touches_the_world() -> None:
    heavy = ("pygit2", "httpx", "git", "sqlite3", "typer", "rich", "jinja2")
    rooms = ("git", "executors", "journal", "report", "act", "sources", "cli", "agent", "author", "fleet", "settings")
    code = (
        "import sys; import tiangong.planner.plan, tiangong.planner.guard, tiangong.trust.verify, tiangong.trust.audit;"
        f"print([m for m in sys.modules if m in {heavy} or m.split('.')[:1] == ['tiangong']"
        f" and len(m.split('.')) > 1 and m.split('.')[1] in {rooms}])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_no_shell_is_ever_asked_to_read_a_line() -> None:
    """`shell=True`, os.system and the like: programs are started by lists of words."""
    for module in modules():
        for name, call in calls(module):
            if name in STARTERS:
                assert not any(k.arg == "shell" and not _is_false(k.value) for k in call.keywords), str(module)
            assert not (name in ("system", "popen") and _of(call) == "os"), str(module)
            assert name not in ("eval", "exec") or _of(call) != "", str(module)


def test_nothing_is_unpickled() -> None:
    for module in modules():
        assert not {"pickle", "marshal", "shelve", "dill"} & set(imports(module)), str(module)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _of(call: ast.Call) -> str:
    """`os` in `os.system(…)`, empty for a bare name."""
    return getattr(call.func.value, "id", "?") if isinstance(call.func, ast.Attribute) else ""
