"""Judges documents one by one against one policy, and remembers: what fails keeps counting as it was last accepted (R24)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tiangong.documents.paths import kind_at
from tiangong.errors import Place, Problem, Refused, problem
from tiangong.model.document import Document
from tiangong.model.policy import TrustPolicy
from tiangong.model.product import Promotion
from tiangong.model.stages import Kept, Memory, Pins, Refusal, Signed, Tree
from tiangong.trust.authority import Keyring, judge, judge_quorum, keyring, quorum_ring
from tiangong.trust.marks import judge_mark, kept_of, same_bytes
from tiangong.trust.reading import Cache, Checked, File, checked, file_at, files_in, read, refused
from tiangong.trust.roots import Root, follow

D = TypeVar("D", bound=Document)
POLICY_PATH = "trust/policy.yaml"


@dataclass(slots=True)
class Court:
    """One verification under way: reads documents of a tree, collects refusals and what to remember."""

    tree: Tree
    pins: Pins
    memory: Memory | None
    cache: Cache
    refusals: list[Refusal] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)
    policy: TrustPolicy | None = None
    ring: Keyring = field(default_factory=dict)

    def open(self) -> tuple[Root, Signed[TrustPolicy]]:
        """Follow the root chain and accept the policy; Refused when there is none to trust."""
        root = follow(self.tree, self.pins, self.memory, self.cache, self.refusals)
        self.kept.update((kept.path, kept) for kept in root.kept)
        if root.document.metadata.repo != self.pins.repo:
            raise Refused.of(
                "trust/other-repo", Place("trust/root"), found=str(root.document.metadata.repo), expected=self.pins.repo
            )
        policy = self._policy(root)
        ring, problems = keyring(
            ((name, person.keys) for name, person in policy.document.spec.people.items()), POLICY_PATH
        )
        Refused.when_any(p for p in problems if p.code == "trust/shared-key")
        self.policy, self.ring = policy.document, ring
        return root, policy

    def one(self, path: str, kind: type[D]) -> Signed[D] | None:
        """The accepted document at a path, fresh or as remembered."""
        file = file_at(self.tree, path, self.refusals)
        return self._accept(path, self._judge(file) if file else None, kind)

    def all_in(self, folder: str, kind: type[D]) -> Iterator[Signed[D]]:
        """The accepted documents of a folder, fresh or as remembered."""
        files = {file.path: file for file in files_in(self.tree, folder, self.refusals)}
        for path in sorted({*files, *self._remembered_in(folder)}):
            if kind_at(path) != kind.__name__:
                continue
            file = files.get(path)
            signed = self._accept(path, self._judge(file) if file else None, kind)
            if signed:
                yield signed

    def refuse(self, path: str, why: Problem) -> None:
        """Note a refusal."""
        self.refusals.append(refused(path, why))

    def _remembered_in(self, folder: str) -> Iterable[str]:
        kept = self.memory.kept if self.memory else {}
        return (path for path in kept if path.rpartition("/")[0] == folder)

    def _judge(self, file: File) -> tuple[Checked, tuple[str, ...]] | None:
        """The document and who signed it with authority; None, and a refusal, when it doesn't count."""
        found = read(self.tree, file, self.cache)
        if isinstance(found, tuple):
            self.refusals.extend(refused(file.path, why) for why in found)
            return None
        why = judge_mark(found, self.pins.repo, self._before(file.path))
        verdict = why or self._authority(found)
        if isinstance(verdict, Problem):
            self.refuse(file.path, verdict)
            return None
        return found, verdict

    def _authority(self, found: Checked) -> tuple[str, ...] | Problem:
        assert self.policy is not None  # noqa: S101 -- open() comes first
        document = found.document
        if isinstance(document, Promotion) and document.spec.release.digest is None:
            return problem("trust/no-digest", Place(found.path, field="spec.release.digest"))
        return judge(found, self.policy.spec, self.ring)

    def _accept(self, path: str, fresh: tuple[Checked, tuple[str, ...]] | None, kind: type[D]) -> Signed[D] | None:
        if fresh is not None:
            found, signers = fresh
            self.kept[path] = kept_of(found, signers)
            return _signed(found, signers, kind)
        return self._as_remembered(path, kind)

    def _as_remembered(self, path: str, kind: type[D]) -> Signed[D] | None:
        before = self._before(path)
        if before is None or not same_bytes(before):
            return None
        old = checked(path, before.raw, ())
        if not isinstance(old, Checked):
            return None
        if self.tree.entry(path) is None:
            self.refuse(path, problem("trust/disappeared", Place(path), kind=before.kind))
        self.kept[path] = before
        return _signed(old, before.signers, kind)

    def _before(self, path: str) -> Kept | None:
        return self.memory.kept.get(path) if self.memory else None

    def _policy(self, root: Root) -> Signed[TrustPolicy]:
        file = file_at(self.tree, POLICY_PATH, self.refusals)
        found = read(self.tree, file, self.cache) if file else None
        fresh: tuple[Checked, tuple[str, ...]] | None = None
        why: tuple[Problem, ...] = (problem("trust/no-policy", Place(POLICY_PATH)),)
        if isinstance(found, tuple):
            why = found
        elif found is not None:
            verdict = self._judge_policy(found, root)
            if isinstance(verdict, Problem):
                why = (verdict,)
            else:
                fresh, why = (found, verdict), ()
        signed = self._accept(POLICY_PATH, fresh, TrustPolicy)
        if signed is None:
            raise Refused(*why)
        if fresh is None and file is not None:
            self.refusals.extend(refused(POLICY_PATH, p) for p in why)
        return signed

    def _judge_policy(self, found: Checked, root: Root) -> tuple[str, ...] | Problem:
        ring, problems = quorum_ring(root.document.spec.policy, found.path)
        if problems:
            return problems[0]
        why = judge_mark(found, self.pins.repo, self._before(found.path)) or _policy_flaw(found.document, self.pins)
        return why or judge_quorum(found, root.document.spec.policy, ring, "policy")


def _policy_flaw(document: Document, pins: Pins) -> Problem | None:
    """What can't be in a policy, whoever signed it."""
    if not isinstance(document, TrustPolicy):
        return problem("trust/no-policy", Place(POLICY_PATH))
    level = document.spec.security_level
    if level != "signatures" or pins.level != "signatures":
        return problem("trust/level", Place(POLICY_PATH, field="spec.securityLevel"), level=level, pinned=pins.level)
    known = document.spec.people
    for index, grant in enumerate(document.spec.roles):
        for person in grant.who:
            if person not in known:
                place = Place(POLICY_PATH, field=f"spec.roles[{index}].who")
                return problem("trust/unknown-person", place, person=person, role=grant.role)
    _, problems = keyring(((name, person.keys) for name, person in known.items()), POLICY_PATH)
    return next((p for p in problems if p.code == "trust/shared-key"), None)


def _signed(found: Checked, signers: tuple[str, ...], kind: type[D]) -> Signed[D] | None:
    document: Any = found.document
    if not isinstance(document, kind):
        return None
    return Signed(document, found.path, found.raw, found.digest, signers)
