"""What an executor gets for one step: its spec as its own model, verified payload, a folder, limits.

And how it is asked without being waited for for ever, whatever it does with its deadline.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from tiangong.documents.digest import sha512
from tiangong.documents.paths import names_in
from tiangong.errors import Failed, Misuse, Place, Problem, Refused, problem
from tiangong.model.environment import Envelope
from tiangong.model.product import Artifact
from tiangong.model.reference import Takes, misplaced, revealed, secrets_in
from tiangong.model.stages import Desired, Step, Tree, Vault
from tiangong.ports import CancelToken, Executor, Job, Pull, Supplies

T = TypeVar("T")

DEFAULT_TIMEOUT = timedelta(minutes=30)
LARGEST_PAYLOAD = 16 << 20
MOST_FLAWS = 20
FLAWS = {"extra_forbidden": "is not a field here", "missing": "is missing"}


class Bare:
    """A host that has neither secrets nor artifacts: implements `ports.Secrets` and `ports.Artifacts`."""

    def vault(self) -> Vault:
        """Nothing is there."""
        return Vault(whole=True)

    def value(self, name: str) -> str:
        """Failed."""
        raise Failed.of("step/no-secret", secret=name)

    def local(self, artifact: Artifact) -> Path:
        """Failed."""
        raise Failed.of("step/no-artifact", artifact=artifact.name)

    def fetch(self, pull: Pull) -> Path:
        """Failed."""
        return self.local(pull.artifact)


NOTHING = Supplies(Bare(), Bare())


@dataclass(frozen=True, slots=True)
class Site:
    """Where steps are done: one installation on this host. Payload comes from the tree the plan was made from.

    `release` is `product@version`; `state` the agent's state folder; `stores`: name → address, of artifacts.
    """

    tree: Tree
    installation: str
    release: str
    envelopes: tuple[Envelope, ...]
    state: Path
    supplies: Supplies = NOTHING
    stores: Mapping[str, str] = field(default_factory=dict)


def stores_of(desired: Desired) -> dict[str, str]:
    """Where the fleet keeps artifacts: name of the store → address."""
    return {name: store.url for name, store in desired.fleet.document.spec.artifact_stores.items()}


def make_job(
    site: Site,
    step: Step,
    executor: Executor,
    *,
    cancel: CancelToken,
    log: Callable[[str], None],
    within: float | None = None,
) -> Job:
    """Return all an executor may use for one step; Misuse when the step's values are not the executor's.

    `within`: seconds, in place of the step's own timeout; the executor is only asked then, and nothing is fetched.
    Secrets are read here, and nowhere earlier.
    """
    state = site.state / "installations" / site.installation
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    seconds = within if within is not None else (step.timeout or DEFAULT_TIMEOUT).total_seconds()
    deadline = time.monotonic() + seconds

    def artifact(name: str) -> Path:
        found = step.artifacts[name]
        if within is not None:
            return site.supplies.artifacts.local(found)
        return site.supplies.artifacts.fetch(Pull(found, site.stores.get(found.store, ""), deadline, cancel, log))

    return Job(
        spec=_revealed(step, executor, site.supplies),
        installation=site.installation,
        step=step.name,
        release=site.release,
        payload=lambda path: payload(site.tree, step, path),
        payload_paths=tuple(step.payload),
        state=state,
        envelopes=site.envelopes,
        deadline=deadline,
        cancel=cancel,
        log=log,
        artifacts=step.artifacts,
        artifact=artifact,
        secrets=frozenset(name for name, value in step.spec.items() if secrets_in(value)),
    )


def _revealed(step: Step, executor: Executor, supplies: Supplies) -> object:
    """The step's values with secrets in them; that they stand where they may is checked before."""
    spec = spec_of(step, executor)
    if not step.secrets:
        return spec
    return _as_spec(step, executor, revealed(step.spec, supplies.secrets.value))


def at_home(site: Site, step: Step) -> Site:
    """The same place for a step of another release: one that is undone belongs to the release being left."""
    names = names_in("Release", f"{step.folder}/release.yaml")
    return replace(site, release="{product}@{version}".format_map(names)) if names else site


def spec_of(step: Step, executor: Executor) -> object:
    """The executor's own model of a step's values, secrets by name; Misuse with every problem."""
    Misuse.when_any(misplaced_in(step, executor))
    return _as_spec(step, executor, step.spec)


def misplaced_in(step: Step, executor: Executor) -> Iterator[Problem]:
    """Secrets and artifacts in fields that don't take them (D22)."""
    place = Place(f"{step.folder}/release.yaml", field=f"step {step.name}")
    for name, what in misplaced(step.spec, executor.Spec):
        code = "step/no-secret-here" if what is Takes.SECRET else "step/no-artifact-here"
        yield problem(code, place, step=step.name, field=name)


def _as_spec(step: Step, executor: Executor, values: Mapping[str, Any]) -> object:
    try:
        return executor.Spec.model_validate(values)
    except ValidationError as error:
        place = Place(f"{step.folder}/release.yaml", field=f"step {step.name}")
        flaws = list(flaws_of(error))[:MOST_FLAWS]
        raise Misuse(
            *(problem("step/wrong-spec", place, step=step.name, field=field, why=why) for field, why in flaws)
        ) from None


def flaws_of(error: ValidationError) -> Iterator[tuple[str, str]]:
    """What a model of an executor says against its values: field and sentence, never a value."""
    for flaw in error.errors(include_url=False, include_input=False):
        field = ".".join(map(str, flaw["loc"])) or "it"
        said = flaw["msg"].removeprefix("Value error, ").replace("Input should", "should")
        yield field, FLAWS.get(flaw["type"], said)


def payload(tree: Tree, step: Step, path: str) -> bytes:
    """The bytes of a payload file, only if they are the ones the release names by digest (R13)."""
    expected = step.payload[path]
    where = Place(f"{step.folder}/{path}")
    entry = tree.entry(where.path)
    if entry is None or entry.is_folder:
        raise Failed.of("step/no-payload", where)
    if tree.size(entry) > LARGEST_PAYLOAD:
        raise Refused.of("document/too-large", where, size=tree.size(entry), limit=LARGEST_PAYLOAD)
    raw = tree.read(entry)
    if sha512(raw) != expected:
        raise Refused.of("step/payload-changed", where)
    return raw


class Inquirer:
    """Asks what may never be answered, such as a probe, each in a thread that keeps nobody from going on or ending.

    About one subject only one question is open: what hangs, hangs once.
    """

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._open: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, subject: str, question: Callable[[], T]) -> "Future[T] | None":
        """Start asking; None while an older question about the subject has no answer."""
        with self._lock:
            if subject in self._open:
                return None
            self._open.add(subject)
        answer: Future[T] = Future()
        threading.Thread(target=self._ask, args=(subject, question, answer), name=f"ask {subject}", daemon=True).start()
        return answer

    def ask(self, subject: str, question: Callable[[], T], within: float) -> T:
        """Ask and wait; Failed `step/deadline` when no answer comes in so many seconds."""
        answer = self.begin(subject, question)
        return wait_for(answer, within)

    def _ask(self, subject: str, question: Callable[[], T], answer: "Future[T]") -> None:
        try:
            found = question()
        except BaseException as error:  # noqa: BLE001 -- handed to whoever asked
            self._close(subject)
            answer.set_exception(error)
        else:
            self._close(subject)
            answer.set_result(found)

    def _close(self, subject: str) -> None:
        with self._lock:
            self._open.discard(subject)


def wait_for(answer: "Future[T] | None", within: float) -> T:
    """The answer to a question; Failed `step/deadline` when there is none in so many seconds."""
    try:
        if answer is not None:
            return answer.result(timeout=max(0.0, within))
    except TimeoutError:
        if answer is not None and answer.done():
            raise  # the question's own
    raise Failed.of("step/deadline", seconds=round(within))
